import { type ErrorCode, MicronnError, type Place } from '../errors.ts';

/** An error loses its class and code between threads, so a fault in the data travels as a value. */
export interface Fault {
  readonly code: ErrorCode;
  readonly sentence: string;
  readonly place: Place;
}

/** The fault that an error of a thread reports; throws internal errors. */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof MicronnError)) throw error;
  const { code, sentence, place } = error;
  return { code, sentence, place };
}

/** Throws the first fault that the threads have found, if there is any. */
export function assertNoFault(faults: readonly (Fault | undefined)[]): void {
  const fault = faults.find(Boolean);
  if (fault) throw new MicronnError(fault.code, fault.sentence, fault.place);
}
