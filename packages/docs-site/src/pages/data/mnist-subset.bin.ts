import type { APIRoute } from 'astro';
import { mnistSubset } from '../../build/mnist-subset.ts';

/** The digits for training in the page, see mnist-subset.ts. */
export const GET: APIRoute = () =>
  new Response(mnistSubset(), { headers: { 'content-type': 'application/octet-stream' } });
