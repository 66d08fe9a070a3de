import { MicronnError } from '../errors.ts';
import type { BackendName } from './backend.ts';

/** A module with one function, which returns a vector. */
const SIMD_MODULE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  // A type: no parameters, one v128.
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b],
  // A function of that type.
  ...[0x03, 0x02, 0x01, 0x00],
  // Its body: i32.const 0, i8x16.splat, end.
  ...[0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x0b],
);

/**
 * Checks that this Node has what the worker threads and the backend need.
 *
 * @throws MicronnError (exit code 2) with what is missing
 */
export function assertEngine(backend: BackendName): void {
  if (!generatesCode()) {
    throw new MicronnError(
      'ENGINE',
      'this Node does not generate code from strings, which the worker threads need: run it without --disallow-code-generation-from-strings',
    );
  }
  if (backend !== 'wasm') return;
  const missing = missingWasm();
  if (missing === undefined) return;
  throw new MicronnError('ENGINE', `this Node runs without ${missing}: use --backend reference`);
}

function missingWasm(): string | undefined {
  if (typeof WebAssembly === 'undefined') return 'WebAssembly';
  return WebAssembly.validate(SIMD_MODULE) ? undefined : 'the SIMD instructions of WebAssembly';
}

/** Whether `new Function` works; piscina imports the worker module with it. */
function generatesCode(): boolean {
  try {
    return new Function('return true')() === true;
  } catch {
    return false;
  }
}
