import { digits } from '@micronn/fixtures';
import type { APIRoute } from 'astro';

/** A hundred digits of MNIST's test set as one file: a byte for each label, then 784 for each image. */
export const GET: APIRoute = () =>
  new Response(Uint8Array.from([...digits.labels, ...digits.pixels()]), {
    headers: { 'content-type': 'application/octet-stream' },
  });
