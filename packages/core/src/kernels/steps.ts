/** A chunk of a minibatch of m samples: order[from … to); whether it is the minibatch's first, and its last. */
export interface Chunk {
  readonly from: number;
  readonly to: number;
  readonly m: number;
  readonly first: boolean;
  readonly last: boolean;
}

/** What one worker does in a step of a strategy. Each chunk of a minibatch goes through all of it. */
export interface KernelSteps {
  /** The largest number of samples in a chunk. */
  readonly chunkSize: number;
  /**
   * Forward and backward pass, as far as this worker computes them. After each of these functions, all workers meet.
   */
  readonly compute: readonly ((chunk: Chunk) => void)[];
  /**
   * Sum of the losses and number of hits of a chunk, the same for every worker; only after the last meeting of
   * `compute`.
   */
  sums(chunk: Chunk): { readonly loss: number; readonly correct: number };
  /** Average and SGD step, on the parameters that this worker owns. */
  averageAndStep(chunk: Chunk): void;
  /**
   * Whether all workers meet after the step, because the next forward pass reads parameters that other workers
   * stepped.
   */
  readonly meetsAfterStep: boolean;
}
