import type { MicronnError } from '../errors.ts';
import type { EpochMetrics } from '../run-folder/metrics-files.ts';

/** A run, reported once before it trains. */
export interface RunStart {
  readonly config: Readonly<Record<string, unknown>>;
  readonly layers: readonly number[];
  readonly parameters: number;
  readonly threads: number;
  readonly shards: number;
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
  readonly samples: number;
  readonly accuracy: number;
  readonly loss: number;
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
export interface DigitPrediction {
  readonly file: string;
  /** The size of the image in the file. */
  readonly width: number;
  readonly height: number;
  readonly digit: number;
  /** Of the digits 0 to 9. */
  readonly probabilities: readonly number[];
  /** The 28 × 28 image that the network sees, from 0 (paper) to 255 (ink). */
  readonly pixels: readonly number[];
}

/** Reports what a command does. Three kinds: terminal, plain lines, JSON lines. */
export interface Reporter {
  /** Before a large network is prepared, which takes seconds; `start` follows. */
  preparing(parameters: number): void;
  start(run: RunStart): void;
  progress(progress: Progress): void;
  epoch(metrics: EpochMetrics, epochs: number): void;
  warning(code: string, message: string): void;
  done(run: RunDone): void;
  evaluation(evaluation: ModelEvaluation): void;
  exported(model: ModelExport): void;
  prediction(prediction: DigitPrediction): void;
  error(error: MicronnError): void;
}
