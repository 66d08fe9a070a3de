/**
 * What a decoder says of a file that it does not read: the file is damaged, or whole and of a kind that is not read, or
 * its weights may lie in two ways and the caller must say in which.
 */
export type Failure = 'damaged' | 'unsupported' | 'ambiguous';

/** Options of the errors of the formats; a file is damaged unless another failure is given. */
export interface FailureOptions extends ErrorOptions {
  readonly failure?: Failure;
}
