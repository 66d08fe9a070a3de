/** A chunk of a minibatch of m samples: order[from … to). */
export interface Chunk {
  readonly from: number;
  readonly to: number;
  readonly m: number;
  readonly first: boolean;
  readonly last: boolean;
}

/** What a strategy has one worker do in a step. Each chunk of a minibatch goes through all of it. */
export interface KernelSteps {
  /** The most samples of a chunk. */
  readonly chunkSize: number;
  /** Forward and backward pass of this worker's part. After each of these, all workers meet. */
  readonly compute: readonly ((chunk: Chunk) => void)[];
  /** Sum of the losses, and number of hits, of a chunk that is computed: the same for every worker. */
  sums(chunk: Chunk): { readonly loss: number; readonly correct: number };
  /** Average and SGD step, on this worker's range of the parameters. */
  averageAndStep(chunk: Chunk): void;
  /** Whether all workers meet after that, as the next forward pass reads what other workers stepped. */
  readonly meetsAfterStep: boolean;
}
