import { parameterBytes } from '@micronn/core';
import type { Samples } from '../../worker/messages.ts';

const PIXELS = 784;

/** Labels and images out of a file with a byte for each label, then 784 for each image. */
export function parseSamples(bytes: Uint8Array): Samples {
  const count = bytes.length / (PIXELS + 1);
  if (!Number.isInteger(count) || count === 0) {
    throw new RangeError(
      `digits: a file of whole samples has a multiple of ${PIXELS + 1} bytes, got ${bytes.length}`,
    );
  }
  return { labels: bytes.slice(0, count), images: bytes.slice(count) };
}

/** SHA-256 over the parameters in core's canonical order, as the trainer prints it. */
export async function parametersSha256(parameters: Float64Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', parameterBytes(parameters));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The browser by its name and version, as it gives them itself; what it does not say is not guessed. */
export function browserName(userAgent: string): string {
  const known: readonly (readonly [name: string, pattern: RegExp])[] = [
    ['Edge', /\bEdg\/(\d+)/],
    ['Opera', /\bOPR\/(\d+)/],
    ['Firefox', /\b(?:Firefox|FxiOS)\/(\d+)/],
    ['Chrome', /\b(?:Headless)?(?:Chrome|CriOS)\/(\d+)/],
    ['Safari', /\bVersion\/(\d+)[\d.]* .*Safari\//],
  ];
  for (const [name, pattern] of known) {
    const version = pattern.exec(userAgent)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return 'your browser';
}

/** The outcome in a sentence. */
export function describeBits(browser: string, here: string, there: string): string {
  return here === there
    ? `Equal: ${browser} has the very bits that the trainer has.`
    : `Not equal: ${browser} trained to other bits than the trainer. That should not be.`;
}
