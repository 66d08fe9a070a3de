import { areDigits } from '@micronn/core/data';
import {
  countDrawings,
  extractDrawing,
  extractInk,
  frameDrawing,
  normalizeDigit,
  resample,
  toGrey,
} from '@micronn/core/digit';
import type { DataForm } from '../../data/data-form.ts';
import type { Warn } from '../../data/source.ts';
import { MicronnError } from '../../errors.ts';
import type { RgbaImage } from '../../images/png.ts';

/** What the network sees of a picture. */
export interface Seen {
  /** The model's height × width bytes from 0 (paper) to 255 (ink). */
  readonly pixels: Uint8Array;
  /** Whether the drawing was placed as those of the training images are. */
  readonly reframed: boolean;
}

/**
 * What a network sees of a picture: its drawing, placed as those of the training images are; or the picture itself, at the
 * size of the training images, if these have no drawings on paper, or if the picture is to be taken as it is.
 *
 * @param asIs whether the picture is to be taken as it is
 * @param file its name, for errors and warnings
 * @throws MicronnError (exit code 3) when the picture shows nothing, or its paper cannot be told from its ink
 */
export function seenOf(
  picture: RgbaImage,
  form: DataForm,
  { asIs, file, warn }: { asIs: boolean; file: string; warn: Warn },
): Seen {
  const { rgba, width, height } = picture;
  const hasDrawings = form.framing ? form.framing.kind !== 'as-is' : isMnistLike(form);
  if (asIs || !hasDrawings) return { pixels: greyOf(picture, form), reframed: false };
  if (form.framing && width === form.width && height === form.height) {
    // A picture out of the data set itself, even if its drawing touches the edges.
    const seen = frameDrawing(greyOf(picture, form), width, height, form.framing);
    if (seen && !seen.isReframed) return { pixels: seen.pixels, reframed: false };
  }
  const drawing = extractDrawing(rgba, width, height);
  if (drawing.problem === 'paper') {
    throw new MicronnError(
      'IMAGE_PAPER',
      'the paper is not of one colour, and the drawing cannot be told from it: crop the picture to the drawing, or light it evenly',
      { file },
    );
  }
  const drawings = countDrawings(drawing.ink, drawing.width, drawing.height);
  if (drawings > 1) {
    warn(
      'IMAGE_DRAWINGS',
      `${file}: the picture shows ${drawings} drawings, but the network takes them for one`,
    );
  }
  return placed(drawing.ink, drawing.width, drawing.height, form, file);
}

/**
 * The drawing in the image of a row, placed as those of the training images are.
 *
 * @param file where the row is, for errors
 * @throws MicronnError (exit code 3) when the image shows nothing
 */
export function framedRow(pixels: Uint8Array, form: DataForm, file: string): Uint8Array {
  const { width, height } = form;
  const rgba = new Uint8Array(4 * pixels.length);
  for (const [k, level] of pixels.entries()) rgba.set([level, level, level, 255], 4 * k);
  return placed(extractInk(rgba, width, height), width, height, form, file).pixels;
}

function placed(ink: Uint8Array, width: number, height: number, form: DataForm, file: string): Seen {
  // A model that does not know its framing has learned MNIST.
  const seen = form.framing
    ? frameDrawing(ink, width, height, form.framing)
    : { pixels: normalizeDigit(ink, width, height), isReframed: true };
  if (!seen?.pixels) {
    throw new MicronnError('IMAGE_NO_INK', 'the image is blank: expected a drawing', { file });
  }
  return { pixels: seen.pixels, reframed: seen.isReframed };
}

/** Whether a model that does not know its framing can only have learned MNIST. */
function isMnistLike({ width, height, classes }: DataForm): boolean {
  return width === 28 && height === 28 && areDigits(classes);
}

/** The picture in grey, at the size of the training images, with black and white as they have them. */
function greyOf({ rgba, width, height }: RgbaImage, form: DataForm): Uint8Array {
  const grey = resample(toGrey(rgba), width, height, form.width, form.height);
  return form.inverted ? grey.map((level) => 255 - level) : grey;
}
