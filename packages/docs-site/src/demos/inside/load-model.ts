import { putYours, selectNetwork } from '../../desk/desk.ts';
import { formatBytes } from '../../desk/format-number.ts';
import { decodeModelFile } from './model-file.ts';

/** The largest file that is read: a hundred times the largest network of the site. */
const MAX_FILE_BYTES = 64e6;

/** Loads a model file, puts the network on the desk and selects it. Gives the outcome in a sentence. */
export async function loadModel(file: File): Promise<string> {
  try {
    if (file.size > MAX_FILE_BYTES) {
      throw new Error(`expected at most ${formatBytes(MAX_FILE_BYTES)}, got ${formatBytes(file.size)}`);
    }
    const network = decodeModelFile(new Uint8Array(await file.arrayBuffer()));
    await putYours(network);
    selectNetwork('yours');
    return `${file.name} is loaded: ${network.layers.join(' → ')}. It classifies this digit now.`;
  } catch (error) {
    return `Could not load ${file.name}: ${(error as Error).message}.`;
  }
}
