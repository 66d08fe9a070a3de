import type { ModelFacts } from '../desk/model-facts.ts';
import { networkOfSafetensors } from '../desk/model-tensors.ts';
import { type ModelName, trainedModel } from './trained-models.ts';

/** Under the site's base path. */
export function dataAddress(file: string): string {
  return `${import.meta.env.BASE_URL.replace(/\/$/, '')}/data/${file}`;
}

async function factsOf(name: ModelName): Promise<ModelFacts> {
  const { safetensors, testAccuracy } = await trainedModel(name);
  return {
    id: name,
    address: dataAddress(`${name}.safetensors`),
    hidden: networkOfSafetensors(safetensors).layers[1]!,
    bytes: safetensors.length,
    testAccuracy,
  };
}

/** What a page is told of the two networks that the trainer trained for it. */
export async function modelFacts(): Promise<[ModelFacts, ModelFacts]> {
  // One after the other: each takes all cores.
  const ten = await factsOf('ten');
  return [ten, await factsOf('wide')];
}
