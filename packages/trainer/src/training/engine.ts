import { MicronnError } from '../errors.ts';
import type { BackendName } from './backend.ts';

/** A module with one function, which returns a vector. */
const SIMD_MODULE = Buffer.from(
  [
    '0061736d01000000',
    // A type: no parameters, one v128.
    '0105016000017b',
    // A function of that type.
    '03020100',
    // Its body: i32.const 0, i8x16.splat, end.
    '0a080106004100fd0f0b',
  ].join(''),
  'hex',
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
    // oxlint-disable-next-line typescript/no-implied-eval -- only this shows whether it is allowed
    return new Function('return true')() === true;
  } catch {
    return false;
  }
}
