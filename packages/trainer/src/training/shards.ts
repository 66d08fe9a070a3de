/** A range of numbers: `from` is included, `to` is not. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Range number `part` of `parts` consecutive ranges that divide 0 … length − 1 as evenly as possible.
 *
 * Divides a minibatch into shards, and shards and parameters among workers. A range may be empty.
 */
export function evenRange(length: number, parts: number, part: number): Range {
  return { from: Math.floor((part * length) / parts), to: Math.floor(((part + 1) * length) / parts) };
}
