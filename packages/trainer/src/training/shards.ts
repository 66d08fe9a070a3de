/** A range of places: from included, to not. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * The part'th of `parts` consecutive ranges that together cover 0 … length − 1, as even as can be.
 *
 * Cuts a minibatch into shards, shards among workers, and parameters among workers. Parts may be empty.
 */
export function evenRange(length: number, parts: number, part: number): Range {
  return { from: Math.floor((part * length) / parts), to: Math.floor(((part + 1) * length) / parts) };
}
