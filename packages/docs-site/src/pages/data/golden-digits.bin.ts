import { goldenDigits } from '@micronn/fixtures';
import type { APIRoute } from 'astro';

/** The digits of the golden runs as one file: a byte for each label, then 784 for each image. */
export const GET: APIRoute = () =>
  new Response(Uint8Array.from([...goldenDigits.labels, ...goldenDigits.pixels()]), {
    headers: { 'content-type': 'application/octet-stream' },
  });
