import {
  areDigits,
  type Classes,
  DIGITS,
  type Difference,
  differenceFrom,
  type ImageSize,
  type Likeness,
  meanImage,
  measureLikeness,
  orientationOfDigits,
  readLikeness,
  writeLikeness,
} from '@micronn/core/data';
import { type Framing, measureFraming } from '@micronn/core/digit';
import * as z from 'zod';
import { withImages } from './images.ts';
import type { SampleSet } from './samples.ts';
import type { Warn } from './source.ts';
import type { UnderstoodSet } from './understand.ts';

/** What a model keeps of the data that it has learned, so that it reads other images alike. */
export interface DataForm extends ImageSize {
  readonly classes: Classes;
  /** Whether black and white of the source were exchanged. */
  readonly inverted: boolean;
  /** Whether rows and columns of the source's images were exchanged. */
  readonly transposed: boolean;
  /** How the images are framed; undefined if that is unknown, as of models of other programs. */
  readonly framing?: Framing;
  /** What the images look like; undefined if that is unknown. */
  readonly likeness?: Likeness;
}

/** The images that are measured, spread evenly over the set. */
const MEASURED = 1000;

/** Measures the look and the framing of a training set, and warns if its images are black on white, or lie turned. */
export function formOf(
  { samples, width, height, classes, inverted, transposed }: UnderstoodSet,
  warn: Warn,
): DataForm {
  const { images, labels } = sampled(samples);
  const form: DataForm = {
    width,
    height,
    classes,
    inverted,
    transposed,
    framing: measureFraming(images, labels.length, width, height),
    likeness: measureLikeness(images, labels, classes.values.length, { width, height }),
  };
  warnOfLight(images, inverted, warn);
  warnOfTurned(form, warn);
  return form;
}

/** Some images of a set, spread evenly over it, and their labels. */
function sampled(samples: SampleSet): { images: Uint8Array; labels: Uint16Array } {
  const { count, inputs } = samples;
  const measured = Math.min(count, MEASURED);
  const images = new Uint8Array(measured * inputs);
  const labels = new Uint16Array(measured);
  withImages(samples, (read) => {
    for (let k = 0; k < measured; k++) {
      const place = Math.floor((k * count) / measured);
      read(images.subarray(k * inputs, (k + 1) * inputs), place);
      labels[k] = samples.labels[place]!;
    }
  });
  return { images, labels };
}

/** Paper is light, in a set whose pixels are mostly of this level and more. */
const LIGHT = 224;

/** Warns of images that are black on white. */
function warnOfLight(images: Uint8Array, inverted: boolean, warn: Warn): void {
  let light = 0;
  for (let k = 0; k < images.length; k++) if (images[k]! >= LIGHT) light++;
  if (2 * light > images.length) {
    warn(
      'DATA_INVERTED',
      inverted
        ? 'with --invert the images are black on white, where MNIST’s are white on black: leave it out'
        : 'the images are black on white, where MNIST’s are white on black: --invert exchanges the two, and the model remembers it',
    );
  }
}

/** Warns of digits that do not lie upright. */
function warnOfTurned(form: DataForm, warn: Warn): void {
  if (!form.likeness || !areDigits(form.classes)) return;
  const orientation = orientationOfDigits(form.likeness);
  if (orientation === undefined || orientation === 'upright') return;
  warn(
    'DATA_TURNED',
    `the digits lie ${orientation}${orientation === 'transposed' ? ': --transpose turns them upright, and the model remembers it' : '; upright digits will not be recognised'}`,
  );
}

/** The mean of fewer images says too little. */
const LEAST_IMAGES = 50;

/** In what a set differs from what a model has learned, if the model knows; of a few images, that is a guess. */
export function differenceOf(samples: SampleSet, form: DataForm): Difference | undefined {
  const { likeness } = form;
  if (!likeness || samples.count === 0) return undefined;
  return differenceFrom(meanImage(sampled(samples).images, form), likeness.mean, form);
}

/** Warns of a set that differs from what a model has learned. */
export function warnOfDifference(difference: Difference | undefined, count: number, warn: Warn): void {
  if (!difference || count < LEAST_IMAGES) return;
  warn('DATA_UNLIKE', `the images are unlike those that the model has learned: ${described(difference)}`);
}

function described(difference: Difference): string {
  switch (difference.kind) {
    case 'inverted':
      return 'black and white are exchanged; --invert exchanges them back';
    case 'orientation':
      return `they lie ${difference.orientation}${difference.orientation === 'transposed' ? '; --transpose turns them' : ''}`;
    case 'shifted': {
      const { right, down } = difference;
      const parts = [
        ...(right === 0 ? [] : [`${Math.abs(right)} pixels to the ${right > 0 ? 'right' : 'left'}`]),
        ...(down === 0 ? [] : [`${Math.abs(down)} pixels ${down > 0 ? 'down' : 'up'}`]),
      ];
      return `they lie ${parts.join(' and ')} of them; predict --frame centres them`;
    }
  }
}

/** The key of a form in a model's metadata. */
export const DATA_FORM = 'dataForm';

const side = z.int().min(1);
const texts = z.array(z.string());
const spread = z.object({ median: z.number(), spread: z.number(), low: z.number(), high: z.number() });
const framingSchema: z.ZodType<Framing> = z.object({
  kind: z.enum(['mnist', 'box', 'stretched', 'as-is']),
  width: side,
  height: side,
  longer: spread,
  boxWidth: spread,
  boxHeight: spread,
  center: z.enum(['mass', 'box']),
  x: spread,
  y: spread,
});
const formSchema = z.object({
  width: side,
  height: side,
  classes: z.object({ values: texts, names: texts }),
  inverted: z.boolean(),
  transposed: z.boolean(),
  framing: framingSchema.optional(),
  likeness: z.object({ mean: z.string(), classGrids: z.string(), farthest: z.number() }).optional(),
});

/** A form as text for a model's metadata. */
export function writeForm(form: DataForm): string {
  const { likeness, ...rest } = form;
  return JSON.stringify({ ...rest, ...(likeness && { likeness: writeLikeness(likeness) }) });
}

/**
 * The form in a model's metadata. A model without one is of an earlier version, which has learned digits of 28 × 28, or of
 * another program: of its classes and its images no more is known than their number, and images are square.
 *
 * @param size the size of the images, for a model that does not know it
 * @returns undefined if the metadata has a form that cannot be read, or if the size does not fit the layers
 */
export function readForm(
  metadata: Readonly<Record<string, string>>,
  layers: readonly number[],
  size?: ImageSize,
): DataForm | undefined {
  const text = metadata[DATA_FORM];
  const [inputs, outputs] = [layers[0]!, layers.at(-1)!];
  if (text === undefined) return formOfLayers(inputs, outputs, size);
  try {
    const { framing, likeness, ...form } = formSchema.parse(JSON.parse(text));
    const fits =
      form.width * form.height === inputs &&
      form.classes.values.length === outputs &&
      form.classes.names.length === outputs;
    if (!fits) return undefined;
    return { ...form, ...(framing && { framing }), ...(likeness && { likeness: readLikeness(likeness) }) };
  } catch {
    return undefined;
  }
}

function formOfLayers(inputs: number, outputs: number, size: ImageSize | undefined): DataForm | undefined {
  const square = Math.sqrt(inputs);
  const { width, height } = size ?? { width: square, height: square };
  if (!Number.isInteger(width) || width * height !== inputs) return undefined;
  const values = Array.from({ length: outputs }, (_, k) => String(k));
  return {
    width,
    height,
    classes: outputs === DIGITS.values.length ? DIGITS : { values, names: values },
    inverted: false,
    transposed: false,
  };
}
