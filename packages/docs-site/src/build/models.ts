import type { ModelFacts } from '../desk/model-facts.ts';
import { networkOfSafetensors } from '../desk/model-tensors.ts';
import { type ModelName, trainedModel } from './trained-models.ts';

/** Address of a data file, under the site's base path. */
export function dataAddress(file: string): string {
  return underBase(`data/${file}`);
}

/** Address of a page, as `tutorial/draw-a-digit`. */
export function pageAddress(page: string): string {
  return underBase(`${page}/`);
}

function underBase(place: string): string {
  return `${import.meta.env.BASE_URL.replace(/\/$/, '')}/${place}`;
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

/** Facts about the two networks that the trainer trained for the site. */
export async function modelFacts(): Promise<[ModelFacts, ModelFacts]> {
  // One after the other, as each uses all cores.
  const ten = await factsOf('ten');
  return [ten, await factsOf('wide')];
}
