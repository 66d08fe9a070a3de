/** Classes from 0 to C − 1: bytes, or words where C is above 256. */
export type Labels = Uint8Array | Uint16Array;
