import { argmax } from '@micronn/core';
import { distanceFromClasses } from '@micronn/core/data';
import type { DataForm } from '../../data/data-form.ts';
import { type DataOptions, understood } from '../../data/dataset.ts';
import { withImages } from '../../data/images.ts';
import { readBlocks } from '../../data/source/read-source.ts';
import type { LoadOptions } from '../../data/source.ts';
import { type UnderstoodSet, understand } from '../../data/understand.ts';
import { MicronnError } from '../../errors.ts';
import type { Classifier } from './classifier.ts';
import { framedRow } from './frame.ts';
import type { Answer } from './prediction-file.ts';

/** What was predicted of the rows of a source. */
export interface RowsPredicted {
  readonly understood: string;
  readonly rows: number;
  /** How many of the rows have a label, and of how many it is the predicted one. */
  readonly labelled: number;
  readonly right: number;
  /** The rows that are unlike every class that the model has learned. */
  readonly unlike: number;
}

/** What rows are predicted with. */
export interface RowsRequest {
  readonly source: string;
  readonly form: DataForm;
  readonly classifier: Classifier;
  readonly options: DataOptions;
  /** Whether each row is framed as the training images are. */
  readonly frame: boolean;
  /** Whether the answers have the probability of each class. */
  readonly wanted: boolean;
  readonly load: LoadOptions;
}

/** Rows that are predicted between two looks at the signal. */
const AT_ONCE = 512;

/**
 * Predicts every row of a table, an archive or a folder: its test set, or its only set.
 *
 * @param take is given the answers, in the order of the rows
 * @throws MicronnError with exit code 3 when the source cannot be read
 */
export async function predictRows(
  { source, form, classifier, options, frame, wanted, load }: RowsRequest,
  take: (answers: readonly Answer[]) => Promise<void>,
): Promise<RowsPredicted> {
  let [rows, labelled, right, unlike] = [0, 0, 0, 0];
  let first: UnderstoodSet | undefined;
  for await (const raw of readBlocks(source, { ...options, unlabelled: true }, load)) {
    // What the first block shows holds for all.
    const set = first
      ? understand(
          raw,
          source,
          { ...options, invert: first.inverted, transpose: first.transposed },
          form.classes,
        )
      : understood(raw, source, options, form, load);
    first ??= set;
    const { samples, hasLabels } = set;
    const { count, inputs } = samples;
    for (let from = 0; from < count; from += AT_ONCE) {
      if (load.signal.aborted)
        throw new MicronnError('INTERRUPTED', 'interrupted before all rows were classified');
      const answers = withImages(samples, (read) => {
        const pixels = new Uint8Array(inputs);
        return Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, k) => {
          read(pixels, from + k);
          const seen = frame ? framedRow(pixels, form, `${source}, row ${rows + from + k + 1}`) : pixels;
          return answer(rows + from + k, seen, hasLabels ? samples.labels[from + k] : undefined);
        });
      });
      await take(answers);
    }
    rows += count;
    if (hasLabels) labelled += count;
  }
  return { understood: first?.line ?? 'no images', rows, labelled, right, unlike };

  function answer(row: number, pixels: Uint8Array, label: number | undefined): Answer {
    const probabilities = classifier.classify(pixels);
    const output = argmax(probabilities)[0]!;
    const isUnlike = isUnlikeAll(pixels, form);
    if (label === output) right++;
    if (isUnlike) unlike++;
    return {
      id: row + 1,
      output,
      probability: probabilities[output]!,
      ...(wanted && { probabilities: probabilities.slice() }),
      ...(label !== undefined && { label }),
      unlike: isUnlike,
    };
  }
}

/** Whether an image is further from every class than the training images are. */
export function isUnlikeAll(pixels: Uint8Array, form: DataForm): boolean {
  return (
    form.likeness !== undefined && distanceFromClasses(pixels, form, form.likeness) > form.likeness.farthest
  );
}
