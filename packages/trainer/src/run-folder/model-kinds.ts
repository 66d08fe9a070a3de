import path from 'node:path';
import { MicronnError } from '../errors.ts';

/** The kinds of files that people have models in, recognised by their first bytes. */

export type ModelFileKind = 'safetensors' | 'ONNX' | 'JSON';

/** The file of a TensorFlow SavedModel, which is a folder. */
export const TENSORFLOW_MODEL = 'saved_model.pb';

export const tensorflowKind =
  'a TensorFlow SavedModel is not read: convert it to ONNX with python -m tf2onnx.convert --saved-model FOLDER --output model.onnx';
const kerasKind =
  'a model of Keras is not read: convert it to ONNX with python -m tf2onnx.convert --keras MODEL --output model.onnx';
const pytorchKind =
  'a checkpoint of PyTorch is not read: save its weights with safetensors.torch.save_file(model.state_dict(), "model.safetensors"), or export it with torch.onnx.export';
const pickleKind =
  'a pickle of Python is not read, because it may run any code: save the weights as safetensors, or a model of scikit-learn as ONNX with skl2onnx.to_onnx';

const ownExtensions: Readonly<Record<string, ModelFileKind>> = {
  '.safetensors': 'safetensors',
  '.onnx': 'ONNX',
  '.json': 'JSON',
};

/**
 * Recognises the file of a model by its first bytes; where these say nothing, as in a damaged file, by its extension.
 *
 * @param start the file, or at least its first 64 bytes
 * @throws MicronnError (MODEL_KIND) with what another kind of file is, and what to do with it
 */
export function assertModelFile(file: string, start: Uint8Array): ModelFileKind {
  const other = otherKind(start);
  if (other !== undefined) throw new MicronnError('MODEL_KIND', other, { file });
  const found = kindOf(start) ?? ownExtensions[path.extname(file).toLowerCase()];
  if (found) return found;
  throw new MicronnError(
    'MODEL_KIND',
    'unknown model format: expected a file of safetensors, ONNX or JSON, or a run folder',
    { file },
  );
}

function kindOf(start: Uint8Array): ModelFileKind | undefined {
  // The length of the header, below 2^32, and its brace.
  if (start[8] === 0x7b && start.subarray(4, 8).every((byte) => byte === 0)) return 'safetensors';
  if (/^\s*\{/.test(text(start).replace(/^\xef\xbb\xbf/, ''))) return 'JSON';
  // The field of the version of the format.
  return start[0] === 0x08 ? 'ONNX' : undefined;
}

/** What a file of another kind is, and what to do with it. */
function otherKind(start: Uint8Array): string | undefined {
  const begin = text(start);
  if (begin.startsWith('PK\x03\x04')) return zipKind(start);
  if (begin.startsWith('\x89HDF\r\n')) return kerasKind;
  // The number with which torch.save began before it wrote ZIP.
  if (begin.startsWith('\x80\x02\x8a\x0al\xfc\x9cF\xf9')) return pytorchKind;
  if (start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5) return pickleKind;
  if (begin.startsWith('TFL3', 4)) {
    return 'a model of TensorFlow Lite is not read: convert it to ONNX with python -m tf2onnx.convert --tflite MODEL --output model.onnx';
  }
  if (begin.startsWith('GGUF')) {
    return 'a GGUF file holds a language model: expected a network of fully connected layers in safetensors, ONNX or JSON';
  }
  if (begin.startsWith('\x93NUMPY')) {
    return 'an .npy file holds a single array: save all weights and biases with safetensors.numpy.save_file({"fc1.weight": W1, "fc1.bias": b1, …}, "model.safetensors")';
  }
  // The version of its schema, and its first graph. ONNX files of version 1 have no operator set.
  if (begin.startsWith('\x08\x01\x12')) return tensorflowKind;
  if (begin.startsWith('\x1f\x8b'))
    return 'the model is compressed with gzip: unpack it first, as with gunzip';
  if (begin.startsWith('version https://git-lfs')) {
    return 'a pointer of Git LFS stands in place of the model: get the file with git lfs pull';
  }
  if (/^\s*<(!doctype|html)/i.test(begin))
    return 'a web page (HTML) was saved in place of the model: download the file itself';
  return undefined;
}

/** The names of a ZIP's files stand at its beginning and at its end. */
function zipKind(bytes: Uint8Array): string {
  const has = (name: string): boolean =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(name);
  if (has('data.pkl')) return pytorchKind;
  if (has('model.weights.h5') || has('metadata.json')) return kerasKind;
  if (has('.npy')) {
    return 'an .npz archive of NumPy is not read as a model: save it with safetensors.numpy.save_file(dict(numpy.load("weights.npz")), "model.safetensors")';
  }
  return 'a ZIP archive is not read as a model: unpack it, and give the file in it';
}

/**
 * What JSON of another program is; undefined if it is no JSON, or MicroNN's own.
 */
export function jsonKind(json: string): string | undefined {
  let root: unknown;
  try {
    root = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof root !== 'object' || root === null || (root as { format?: unknown }).format === 'micronn')
    return undefined;
  const names = new Set(Object.keys(root));
  if (names.has('modelTopology') || names.has('weightsManifest')) {
    return 'a model of TensorFlow.js is not read: convert it to Keras with tensorflowjs_converter, and that to ONNX with tf2onnx';
  }
  if (names.has('layers') && (names.has('sizes') || names.has('trainOpts'))) {
    return 'a network of brain.js is not read: write its weights and biases as safetensors, with names such as fc1.weight and fc1.bias';
  }
  if (names.has('class_name') && names.has('config')) {
    return 'the description of a Keras model has no weights: convert the model to ONNX with tf2onnx';
  }
  return 'JSON of another kind: expected a model that export --format json wrote, whose format is "micronn"';
}

/** One character per byte. */
function text(start: Uint8Array): string {
  return Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, 1024)).toString('latin1');
}
