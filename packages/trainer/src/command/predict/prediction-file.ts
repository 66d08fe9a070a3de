import type { Classes } from '@micronn/core/data';
import type { AnswerFields } from '../../console/reporter.ts';
import type { PredictionFormat } from './predict-options.ts';

/** What is said of one image: a row of a source, or a file. */
export interface Answer {
  /** The number of the row in its source, from 1, or the name of the file. */
  readonly id: number | string;
  /** The predicted class, an output of the network. */
  readonly output: number;
  /** That of the predicted class. */
  readonly probability: number;
  /** Of each class, where they are wanted. */
  readonly probabilities?: Float64Array;
  /** The true class, where the source has it. */
  readonly label?: number;
  /** Whether the image is unlike every class that the model has learned. */
  readonly unlike: boolean;
}

/** How answers are written. */
export interface AnswerText {
  /** The first lines of a file. */
  readonly head: string;
  line(this: void, answer: Answer): string;
}

/**
 * Answers as text. CSV has the two columns of Kaggle's sample_submission.csv, `ImageId,Label`, or `File,Label` of files,
 * and on wish a column for the probability of each class; JSON lines have all that is known.
 */
export function answerText(
  format: PredictionFormat,
  { values, names }: Classes,
  { files, probabilities: wanted }: { files: boolean; probabilities: boolean },
): AnswerText {
  if (format === 'jsonl') {
    return {
      head: '',
      line: (answer) => `${JSON.stringify(answerFields(answer, { values, names }, files))}\n`,
    };
  }
  const columns = [files ? 'File' : 'ImageId', 'Label', ...(wanted ? names.map((name) => `P(${name})`) : [])];
  return {
    head: `${columns.map(field).join(',')}\n`,
    line: ({ id, output, probabilities = [] }) =>
      `${[typeof id === 'number' ? String(id) : field(id), field(values[output]!), ...probabilities].join(',')}\n`,
  };
}

/** All that is known of an image, for JSON. */
export function answerFields(
  { id, output, probability, probabilities, label, unlike }: Answer,
  { values, names }: Classes,
  files: boolean,
): AnswerFields {
  return {
    ...(files ? { file: String(id) } : { row: id as number }),
    label: values[output]!,
    ...(names[output] !== values[output] && { name: names[output]! }),
    probability,
    ...(label !== undefined && { trueLabel: values[label]! }),
    ...(unlike && { unlike }),
    ...(probabilities && { probabilities: [...probabilities] }),
  };
}

/** A field of a CSV, in quotes if it needs them (RFC 4180). */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
