import { parameterBytes } from '@micronn/core';

/** SHA-256 over the parameters in core's canonical order, as the trainer prints it. */
export async function parametersSha256(parameters: Float64Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', parameterBytes(parameters));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
