import type { MicronnError } from '../errors.ts';
import type { EpochMetrics } from '../run-folder/metrics-files.ts';

/** What is trained, told once before it begins. */
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
  /** Where a run goes on: epochs that are over, and steps of the one after them. */
  readonly resumed?: { readonly epoch: number; readonly step: number };
}

/** Where an epoch stands, told several times a second while it runs. */
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
  /** That were trained, in this and earlier processes. */
  readonly epochs: number;
  /** Why there are fewer than was asked for. */
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
  /** The file to look at; there is none when no epoch is over, or when it could not be written. */
  readonly report?: string;
}

/** What `evaluate` found. */
export interface ModelEvaluation {
  readonly model: string;
  /** What it was evaluated on, as it was typed. */
  readonly source: string;
  readonly samples: number;
  readonly accuracy: number;
  readonly loss: number;
  /** Row: label. Column: prediction. */
  readonly confusionMatrix: readonly (readonly number[])[];
  readonly parametersSha256: string;
}

/** What `export` wrote. */
export interface ModelExport {
  /** The file that it comes from. */
  readonly model: string;
  readonly format: string;
  /** Where an ONNX model divides pixels by 255. */
  readonly scale?: string;
  readonly layers: readonly number[];
  readonly parametersSha256: string;
  readonly file: string;
}

/** What `predict` found in one file. */
export interface DigitPrediction {
  readonly file: string;
  /** Of the file's image. */
  readonly width: number;
  readonly height: number;
  readonly digit: number;
  /** Of the digits from 0 to 9. */
  readonly probabilities: readonly number[];
  /** The 28 × 28 image that the network sees, from 0 (paper) to 255 (ink). */
  readonly pixels: readonly number[];
}

/** Tells a person or a program what happens. Three kinds: terminal, plain lines, JSON lines. */
export interface Reporter {
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
