import type { Initialization, Layers } from '@micronn/core';
import type { Stroke } from '@micronn/core/digit';
import type { OwnData, OwnFile, OwnOptions } from '../own-data/own-data.ts';

/** A network, as page and worker send it. */
interface NetworkMessage {
  readonly layers: Layers;
  readonly parameters: Float64Array;
}

/** The settings of a run. */
interface TrainingSettings {
  readonly layers: Layers;
  readonly init: Initialization;
  readonly seed: number;
  readonly batchSize: number;
  readonly shards: number;
  readonly learningRate: number;
  readonly momentum: number;
}

export interface Samples {
  /** m images of D bytes. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array | Uint16Array;
}

/** Progress of a run. */
export interface TrainingReport {
  /** Steps since the start of the run. */
  readonly steps: number;
  /** Mean loss and accuracy of the samples since the last report. */
  readonly loss: number;
  readonly accuracy: number;
  /** Samples trained since the start of the run, and the seconds that their training took. */
  readonly samples: number;
  readonly seconds: number;
}

export interface EvaluationMessage {
  readonly loss: number;
  readonly accuracy: number;
  readonly predictions: Uint8Array | Uint16Array;
}

/**
 * The requests that the worker answers, by kind. `start` sends reports before its answer; every other request gets
 * an answer only.
 */
interface Requests {
  /** Creates a run and draws its parameters. It replaces the run before it. */
  readonly init: {
    readonly question: { readonly settings: TrainingSettings; readonly samples: Samples };
    readonly answer: { readonly network: NetworkMessage };
  };
  /** Trains until the run has this number of steps, or until the request is cancelled. */
  readonly start: {
    readonly question: { readonly steps: number };
    readonly answer: { readonly report: TrainingReport | undefined; readonly network: NetworkMessage };
  };
  /** Loss, accuracy and predictions of the run's current network on these samples. */
  readonly evaluate: {
    readonly question: { readonly samples: Samples };
    readonly answer: EvaluationMessage;
  };
  /** The image that the network receives for a drawing, or for the ink of a picture; undefined without ink. */
  readonly preprocess: {
    readonly question:
      | { readonly strokes: readonly Stroke[] }
      | { readonly ink: Uint8Array; readonly width: number; readonly height: number };
    readonly answer: { readonly image: Uint8Array | undefined };
  };
  /** A data set in files of the reader's, which stay in the page. */
  readonly read: {
    readonly question: { readonly files: readonly OwnFile[]; readonly options: OwnOptions };
    readonly answer: OwnData;
  };
}

export type RequestKind = keyof Requests;
export type Question<Kind extends RequestKind> = Requests[Kind]['question'];
export type Answer<Kind extends RequestKind> = Requests[Kind]['answer'];

/** From the page: a request, or the cancellation of one. */
export type ToWorker =
  | {
      readonly [Kind in RequestKind]: {
        readonly id: number;
        readonly kind: Kind;
        readonly question: Question<Kind>;
      };
    }[RequestKind]
  | { readonly id: number; readonly kind: 'cancel' };

/** From the worker; `id` is the request's. */
export type FromWorker =
  | { readonly id: number; readonly kind: 'answer'; readonly answer: Answer<RequestKind> }
  | { readonly id: number; readonly kind: 'report'; readonly report: TrainingReport }
  | {
      readonly id: number;
      readonly kind: 'failed';
      readonly name: string;
      readonly message: string;
      readonly code?: string;
    };
