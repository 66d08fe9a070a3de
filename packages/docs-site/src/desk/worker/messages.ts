import type { Initialization, Layers } from '@micronn/core';
import type { Stroke } from '@micronn/core/digit';

/** A network as it travels between page and worker. */
export interface NetworkMessage {
  readonly layers: Layers;
  readonly parameters: Float64Array;
}

/** A training run on images that the page sends along: bytes, one image after another. */
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
  readonly labels: Uint8Array;
}

/** Loss and accuracy of an epoch's own samples, each as it was in its minibatch. */
export interface EpochReport {
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
}

/** Where a run stands. */
export interface TrainingReport {
  /** Whole epochs and minibatches that were trained since the run was laid out. */
  readonly epochs: number;
  readonly steps: number;
  /** Loss and accuracy of what was trained since the report before. */
  readonly loss: number;
  readonly accuracy: number;
  /** Epochs that ended since the report before: these are the same in every run of the same settings. */
  readonly ended: readonly EpochReport[];
  /** Samples trained since the run was laid out, and the seconds of training alone that they took. */
  readonly samples: number;
  readonly seconds: number;
}

export interface EvaluationMessage {
  readonly loss: number;
  readonly accuracy: number;
  readonly predictions: Uint8Array;
}

/**
 * What the worker does: for each kind of request its question and its answer. `start` reports on its way and
 * answers when the run has stopped; every other request answers once.
 */
interface Requests {
  /** Lays a run out and draws its first parameters; takes the place of the run before. */
  readonly init: {
    readonly question: { readonly settings: TrainingSettings; readonly samples: Samples };
    readonly answer: { readonly network: NetworkMessage };
  };
  /**
   * Trains until so many epochs, or so many steps, were trained since the run was laid out, or until the request is
   * cancelled: the answer says how far it came.
   */
  readonly start: {
    readonly question: { readonly epochs: number } | { readonly steps: number };
    readonly answer: { readonly report: TrainingReport | undefined; readonly network: NetworkMessage };
  };
  /** Trains a number of minibatches and no more; `start` goes on from there, to the same bits. */
  readonly step: {
    readonly question: { readonly steps: number };
    readonly answer: { readonly report: TrainingReport; readonly network: NetworkMessage };
  };
  /** The network as it stands. */
  readonly network: {
    readonly question: Record<string, never>;
    readonly answer: { readonly network: NetworkMessage };
  };
  /** Loss, accuracy and predictions of the network as it stands, on samples of its own or those it trains on. */
  readonly evaluate: {
    readonly question: { readonly samples?: Samples };
    readonly answer: EvaluationMessage;
  };
  /** The probabilities of each image, by the network that comes along. */
  readonly predict: {
    readonly question: { readonly network: NetworkMessage; readonly x: Float64Array };
    readonly answer: { readonly probabilities: Float64Array };
  };
  /** A drawing, or a picture's ink, as the network is to see it; no image for one without ink. */
  readonly preprocess: {
    readonly question:
      | { readonly strokes: readonly Stroke[] }
      | { readonly ink: Uint8Array; readonly width: number; readonly height: number };
    readonly answer: { readonly image: Uint8Array | undefined };
  };
}

export type RequestKind = keyof Requests;
export type Question<Kind extends RequestKind> = Requests[Kind]['question'];
export type Answer<Kind extends RequestKind> = Requests[Kind]['answer'];

/** From the page: a request, or the wish that one end early. */
export type ToWorker =
  | {
      readonly [Kind in RequestKind]: {
        readonly id: number;
        readonly kind: Kind;
        readonly question: Question<Kind>;
      };
    }[RequestKind]
  | { readonly id: number; readonly kind: 'cancel' };

/** From the worker, with the request's id. */
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
