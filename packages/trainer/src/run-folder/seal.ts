import { createHash } from 'node:crypto';
import { encodeSafetensors, type Safetensors, SafetensorsError } from '@micronn/core';

/**
 * A sealed safetensors file contains its own SHA-256 as the first entry of the metadata: the hash of the whole file,
 * header included, with 64 zeros in place of the hash. It reveals any changed byte.
 */

const OPENING = '{"__metadata__":{"contentSha256":"';
const ZEROS = '0'.repeat(64);
/** Follows the 8 bytes of the header's length. */
const SUM_BEGIN = 8 + OPENING.length;
const SUM_END = SUM_BEGIN + ZEROS.length;

export function encodeSealed({ tensors, metadata }: Safetensors): Uint8Array<ArrayBuffer> {
  const bytes = encodeSafetensors({ tensors, metadata: { contentSha256: ZEROS, ...metadata } });
  bytes.set(Buffer.from(contentSha256(bytes)), SUM_BEGIN);
  return bytes;
}

/** Whether the file has a seal, valid or not. */
export function isSealed(bytes: Uint8Array): boolean {
  return textOf(bytes, 8, SUM_BEGIN) === OPENING;
}

/** @throws SafetensorsError when the file differs from what was written */
export function assertSealed(bytes: Uint8Array): void {
  if (!isSealed(bytes)) {
    throw new SafetensorsError('the header does not begin with the SHA-256 of the content');
  }
  const expected = textOf(bytes, SUM_BEGIN, SUM_END);
  const found = contentSha256(bytes);
  if (found !== expected) {
    throw new SafetensorsError(
      `expected content with SHA-256 ${JSON.stringify(expected).slice(1, -1)}, got ${found}`,
    );
  }
}

function contentSha256(bytes: Uint8Array): string {
  return createHash('sha256')
    .update(bytes.subarray(0, SUM_BEGIN))
    .update(ZEROS)
    .update(bytes.subarray(SUM_END))
    .digest('hex');
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.subarray(from, to)).toString('latin1');
}
