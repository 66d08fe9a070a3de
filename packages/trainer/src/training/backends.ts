import type { BackendKind, BackendName } from './backend.ts';
import { referenceBackend } from './reference-backend.ts';
import { wasmBackend } from './wasm-backend.ts';

/** Every backend by its name. */
export const backends: Readonly<Record<BackendName, BackendKind>> = {
  wasm: wasmBackend,
  reference: referenceBackend,
};
