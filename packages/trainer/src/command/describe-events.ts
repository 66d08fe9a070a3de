import type {
  AnswerFields,
  ModelEvaluation,
  ModelExport,
  PredictedSource,
  Prediction,
  RunDone,
  RunStart,
} from '../console/reporter.ts';
import type { Place } from '../errors.ts';
import type { EpochMetrics } from '../run-folder/metrics-files.ts';

/** The types whose fields the events of `--json` carry. */
interface EventTypes {
  readonly RunStart: RunStart;
  readonly EpochMetrics: EpochMetrics;
  readonly RunDone: RunDone;
  readonly ModelEvaluation: ModelEvaluation;
  readonly ModelExport: ModelExport;
  readonly Prediction: Prediction;
  readonly AnswerFields: AnswerFields;
  readonly PredictedSource: PredictedSource;
  readonly Place: Place;
}

export type EventTypeName = keyof EventTypes;

/** A field of an event. */
export interface EventField {
  readonly name: string;
  readonly type: string;
  /** Whether some events of the kind lack the field. */
  readonly optional: boolean;
  readonly meaning: string;
}

/** How the reference writes the type of a value. */
type TypeName<Value> = Value extends number
  ? 'number'
  : Value extends string
    ? 'string'
    : Value extends boolean
      ? 'boolean'
      : Value extends readonly string[]
        ? 'string[]'
        : Value extends readonly number[]
          ? 'number[]'
          : Value extends readonly (readonly number[])[]
            ? 'number[][]'
            : 'object';

/** Type and meaning of each field. A field that is missing, or whose type or optionality is wrong, does not compile. */
type Described<Type> = {
  readonly [Key in keyof Type]-?: readonly [
    type: `${TypeName<NonNullable<Type[Key]>>}${Type extends Record<Key, Type[Key]> ? '' : '?'}`,
    meaning: string,
  ];
};

const described: { readonly [Name in EventTypeName]: Described<EventTypes[Name]> } = {
  RunStart: {
    config: ['object', 'every option of the run, as in config.json'],
    layers: ['number[]', 'layer sizes, from the inputs to the classes'],
    parameters: ['number', 'number of weights and biases'],
    threads: ['number', 'number of workers'],
    shards: ['number', 'number of shards in a minibatch'],
    data: ['string', 'what was understood of the training data'],
    testData: ['string?', 'what was understood of the test data'],
    classes: ['string[]', 'names of the classes, by output'],
    trainSamples: ['number', 'samples to train on'],
    validationSamples: ['number', 'samples held back for validation'],
    testSamples: ['number', 'samples of the test set'],
    runDir: ['string', 'run folder'],
    resumed: ['object?', 'with --resume: completed epochs (epoch) and steps of the next epoch (step)'],
  },
  EpochMetrics: {
    epoch: ['number', 'the epoch, from 1'],
    trainLoss: [
      'number',
      'mean loss of the training samples, each computed before the step of its minibatch',
    ],
    trainAccuracy: ['number', 'accuracy on the same samples, computed at the same time'],
    validationLoss: ['number?', 'mean loss of the validation samples after the epoch'],
    validationAccuracy: ['number?', 'accuracy on the validation samples after the epoch'],
    testLoss: ['number?', 'mean loss of the test set after the epoch'],
    testAccuracy: ['number?', 'accuracy on the test set after the epoch'],
    seconds: ['number', 'time for gradients and steps, without evaluation'],
    samplesPerSecond: ['number', 'training samples per second of that time'],
  },
  RunDone: {
    testAccuracy: ['number?', 'accuracy on the test set'],
    testLoss: ['number?', 'mean loss of the test set'],
    validationAccuracy: ['number?', 'accuracy on the validation samples'],
    validationLoss: ['number?', 'mean loss of the validation samples'],
    epochs: ['number', 'epochs trained, by this process and by the runs it resumed'],
    stoppedEarly: [
      'object?',
      'with --early-stop: epochs without a lower validation loss (epochsWithoutBetter), the best epoch (bestEpoch) and its loss (bestValidationLoss)',
    ],
    trainSeconds: ['number', 'time for gradients and steps'],
    totalSeconds: ['number', 'time for the whole run'],
    samplesPerSecond: ['number', 'training samples per second of trainSeconds'],
    parametersSha256: ['string', 'SHA-256 of the parameters: little-endian float32 in canonical order'],
    runDir: ['string', 'run folder'],
    report: ['string?', 'path of report.html, if an epoch is complete and the file could be written'],
  },
  ModelEvaluation: {
    model: ['string', 'model file'],
    source: ['string', 'the data, as given on the command line'],
    understood: ['string', 'what was understood of it'],
    samples: ['number', 'number of samples'],
    accuracy: ['number', 'share of samples classified correctly'],
    loss: ['number', 'mean loss'],
    classes: ['string[]', 'names of the classes, in the order of the rows'],
    confusionMatrix: ['number[][]', 'counts; the row is the label, the column the prediction'],
    parametersSha256: ['string', 'SHA-256 of the parameters'],
  },
  ModelExport: {
    model: ['string', 'the model file that was read'],
    format: ['string', 'safetensors, onnx or json'],
    scale: ['string?', 'for ONNX: whether pixels are divided by 255 inside or outside the model'],
    layers: ['number[]', 'layer sizes, from the inputs to the classes'],
    parametersSha256: ['string', 'SHA-256 of the parameters'],
    file: ['string', 'the file that was written'],
  },
  Prediction: {
    file: ['string', 'image file'],
    width: ['number', 'width of the image in pixels'],
    height: ['number', 'height of the image in pixels'],
    label: ['string', 'name of the predicted class'],
    digit: ['number?', 'the same as a number, if the classes are the digits'],
    probabilities: ['number[]', 'probability of each class'],
    classes: ['string[]', 'names of the classes, in the same order'],
    reframed: ['boolean', 'whether the image was framed as the training images are'],
    pixels: ['number[]', 'the image that the network receives, row by row, from 0 (paper) to 255 (ink)'],
    pixelsWidth: ['number', 'its width'],
    pixelsHeight: ['number', 'its height'],
  },
  AnswerFields: {
    row: ['number?', 'number of the row, from 1'],
    file: ['string?', 'file of the picture, in a file of --out'],
    label: ['string', 'predicted class, as the training data has it'],
    name: ['string?', 'name of the class, if it has another'],
    probability: ['number', 'probability of the class'],
    trueLabel: ['string?', 'label of the source'],
    unlike: ['boolean?', 'true if the image is unlike every class that the model has learned'],
    probabilities: ['number[]?', 'with --probabilities: probability of each class'],
  },
  PredictedSource: {
    source: ['string?', 'the source'],
    understood: ['string?', 'what was understood of it'],
    images: ['number', 'number of images'],
    accuracy: ['number?', 'share of images whose label is the predicted class, if the source has labels'],
    unlike: ['number?', 'number of images that are unlike every class that the model has learned'],
    out: ['string?', 'file that was written'],
  },
  Place: {
    file: ['string?', 'the file'],
    line: ['number?', 'line, from 1'],
    column: ['number?', 'column, from 1; in a CSV the field'],
  },
};

/** The fields of each event type, in the order in which the reference shows them. */
export function describeEvents(): Readonly<Record<EventTypeName, readonly EventField[]>> {
  const entries = Object.entries(described).map(([type, fields]) => [type, eventFields(fields)]);
  return Object.fromEntries(entries) as Record<EventTypeName, readonly EventField[]>;
}

function eventFields(
  fields: Readonly<Record<string, readonly [type: string, meaning: string]>>,
): EventField[] {
  return Object.entries(fields).map(([name, [type, meaning]]) => ({
    name,
    type: type.replace('?', ''),
    optional: type.endsWith('?'),
    meaning,
  }));
}
