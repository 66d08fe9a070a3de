import type { MicronnError } from '../errors.ts';
import type { EpochMetrics } from '../run-folder/metrics-files.ts';

/** A run, reported once before it trains. */
export interface RunStart {
  readonly config: Readonly<Record<string, unknown>>;
  readonly layers: readonly number[];
  readonly parameters: number;
  readonly threads: number;
  readonly shards: number;
  /** What was understood of the training data. */
  readonly data: string;
  /** What was understood of the test data. */
  readonly testData?: string;
  /** The names of the classes, by output. */
  readonly classes: readonly string[];
  readonly trainSamples: number;
  readonly validationSamples: number;
  readonly testSamples: number;
  readonly runDir: string;
  /** The position from which a resumed run continues: completed epochs, and completed steps of the next one. */
  readonly resumed?: { readonly epoch: number; readonly step: number };
}

/** The progress of an epoch, reported several times a second. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  /** Share of the epoch's steps done, from 0 to 1. */
  readonly share: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly samplesPerSecond: number;
  readonly secondsLeft: number;
}

export interface RunDone {
  readonly testAccuracy?: number;
  readonly testLoss?: number;
  readonly validationAccuracy?: number;
  readonly validationLoss?: number;
  /** Epochs trained, in this and earlier processes. */
  readonly epochs: number;
  /** Present if early stopping ended the run. */
  readonly stoppedEarly?: {
    readonly epochsWithoutBetter: number;
    readonly bestEpoch: number;
    readonly bestValidationLoss: number;
  };
  readonly trainSeconds: number;
  readonly totalSeconds: number;
  readonly samplesPerSecond: number;
  readonly parametersSha256: string;
  readonly runDir: string;
  /** The path of report.html; absent if no epoch is complete, or if the report could not be written. */
  readonly report?: string;
}

/** The result of `evaluate`. */
export interface ModelEvaluation {
  readonly model: string;
  /** The value of `--data`. */
  readonly source: string;
  /** What was understood of it. */
  readonly understood: string;
  readonly samples: number;
  readonly accuracy: number;
  readonly loss: number;
  /** The names of the classes, in the order of the rows. */
  readonly classes: readonly string[];
  /** Row: label. Column: prediction. */
  readonly confusionMatrix: readonly (readonly number[])[];
  readonly parametersSha256: string;
}

/** The result of `export`. */
export interface ModelExport {
  /** The file of the exported model. */
  readonly model: string;
  readonly format: string;
  /** Where an ONNX model divides pixels by 255. */
  readonly scale?: string;
  readonly layers: readonly number[];
  readonly parametersSha256: string;
  readonly file: string;
}

/** The result of `predict` for one image. */
export interface Prediction {
  readonly file: string;
  /** The size of the image in the file. */
  readonly width: number;
  readonly height: number;
  /** The name of the class. */
  readonly label: string;
  /** The same as a number, if the classes are digits. */
  readonly digit?: number;
  /** Of each class. */
  readonly probabilities: readonly number[];
  /** The names of the classes, in the same order. */
  readonly classes: readonly string[];
  /** Whether the image was framed as the training images are; otherwise the network sees it as it is. */
  readonly reframed: boolean;
  /** The image that the network sees, row by row, from 0 (paper) to 255 (ink). */
  readonly pixels: readonly number[];
  /** Its size. */
  readonly pixelsWidth: number;
  readonly pixelsHeight: number;
}

/** What `predict` says of one image of many. */
export interface AnswerFields {
  /** The number of its row, from 1. */
  readonly row?: number;
  /** The file of a picture. */
  readonly file?: string;
  /** The predicted class, as the data has it. */
  readonly label: string;
  /** The name of the class, where it has another. */
  readonly name?: string;
  readonly probability: number;
  /** The label of the source. */
  readonly trueLabel?: string;
  /** Present if the image is unlike every class that the model has learned. */
  readonly unlike?: boolean;
  /** Of each class. */
  readonly probabilities?: readonly number[];
}

/** The result of `predict` for a source of many images. */
export interface PredictedSource {
  readonly source?: string;
  /** What was understood of it. */
  readonly understood?: string;
  readonly images: number;
  /** The share of images whose label is the predicted one, if the source has labels. */
  readonly accuracy?: number;
  /** The number of images that are unlike every class that the model has learned. */
  readonly unlike?: number;
  /** The file that was written. */
  readonly out?: string;
}

/** Reports what a command does. Three kinds: terminal, plain lines, JSON lines. */
export interface Reporter {
  /** While a source is read for more than a second; the share is undefined where it is unknown. */
  reading(source: string, share: number | undefined): void;
  /** Before a large network is prepared, which takes seconds; `start` follows. */
  preparing(parameters: number): void;
  start(run: RunStart): void;
  progress(progress: Progress): void;
  epoch(metrics: EpochMetrics, epochs: number): void;
  warning(code: string, message: string): void;
  done(run: RunDone): void;
  evaluation(evaluation: ModelEvaluation): void;
  exported(model: ModelExport): void;
  prediction(prediction: Prediction): void;
  /** Some answers of many, as fields and as text. */
  answers(source: string, fields: readonly AnswerFields[], text: string): void;
  predicted(source: PredictedSource): void;
  error(error: MicronnError): void;
}
