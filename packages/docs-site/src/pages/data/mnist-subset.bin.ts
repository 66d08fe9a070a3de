import type { APIRoute } from 'astro';
import { mnistSubset } from '../../build/mnist-subset.ts';

/** The digits that the page trains on, see mnist-subset.ts. */
export const GET: APIRoute = () =>
  new Response(mnistSubset(), { headers: { 'content-type': 'application/octet-stream' } });
