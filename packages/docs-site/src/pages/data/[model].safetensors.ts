import type { APIRoute } from 'astro';
import { type ModelName, modelOptions, trainedModel } from '../../build/trained-models.ts';

export function getStaticPaths(): { params: { model: string } }[] {
  return Object.keys(modelOptions).map((model) => ({ params: { model } }));
}

/** A model trained by the trainer's command. */
export const GET: APIRoute = async ({ params }) => {
  const { safetensors } = await trainedModel(params['model'] as ModelName);
  return new Response(new Uint8Array(safetensors), {
    headers: { 'content-type': 'application/octet-stream' },
  });
};
