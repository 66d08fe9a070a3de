import type { Tensor } from '@micronn/core';
import { unzipSync, zipSync } from 'fflate';
import { ModelFileError } from '../../desk/model-tensors.ts';

/**
 * NumPy's .npz: a zip with an .npy file for each array.
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0: magic, version, the
 * header's length, a Python dictionary padded with blanks so that the numbers begin at a multiple of 64 bytes.
 */

const MAGIC = [0x93, ...Array.from('NUMPY', (letter) => letter.charCodeAt(0))];
/** Length of magic, version (two bytes) and header length (two bytes). */
const PREFIX = MAGIC.length + 4;
const ALIGNMENT = 64;
/** The largest array, above the size of any network for 28 × 28 pixels. A zip can claim more than the memory. */
const MAX_BYTES = 256 * 2 ** 20;
/** A fixed date, the earliest in a zip, so that equal networks give equal files. */
const DATE = new Date(1980, 0, 1);

/** Writes arrays of float64, NumPy's default type. */
export function encodeNpz(arrays: ReadonlyMap<string, Tensor>): Uint8Array<ArrayBuffer> {
  const files = Object.fromEntries(
    Array.from(arrays, ([name, tensor]) => [`${name}.npy`, encodeNpy(tensor)] as const),
  );
  return zipSync(files, { level: 0, mtime: DATE });
}

/**
 * Reads the arrays of an .npz, of float32 or float64, as float32.
 *
 * @throws ModelFileError if the file is not an .npz, or has other content
 */
export function decodeNpz(bytes: Uint8Array): Map<string, Tensor> {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (originalSize > MAX_BYTES) throw new RangeError(`${name} would take ${originalSize} bytes`);
        return name.endsWith('.npy');
      },
    });
  } catch (cause) {
    throw new ModelFileError(
      `expected a zip of .npy files, got something else: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
  return new Map(
    Object.entries(files).map(([file, content]) => [file.replace(/\.npy$/, ''), decodeNpy(file, content)]),
  );
}

function encodeNpy({ shape, values }: Tensor): Uint8Array {
  const list = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '<f8', 'fortran_order': False, 'shape': (${list}), }`;
  const begin = Math.ceil((PREFIX + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(begin + 8 * values.length);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  bytes.set([1, 0], MAGIC.length);
  view.setUint16(MAGIC.length + 2, begin - PREFIX, true);
  bytes.set(new TextEncoder().encode(`${dictionary.padEnd(begin - PREFIX - 1)}\n`), PREFIX);
  for (const [k, value] of values.entries()) view.setFloat64(begin + 8 * k, value, true);
  return bytes;
}

function decodeNpy(file: string, bytes: Uint8Array): Tensor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < PREFIX || MAGIC.some((byte, k) => bytes[k] !== byte)) {
    throw new ModelFileError(`${file}: expected an array as NumPy saves it, got something else`);
  }
  // Version 1 counts the header's bytes with two bytes, the later ones with four.
  const isFirst = bytes[MAGIC.length] === 1;
  const begin = isFirst ? PREFIX : PREFIX + 2;
  const length = isFirst ? view.getUint16(PREFIX - 2, true) : view.getUint32(PREFIX - 2, true);
  const header = new TextDecoder().decode(bytes.subarray(begin, begin + length));
  const descr = /'descr': '([^']*)'/.exec(header)?.[1];
  const isFortran = /'fortran_order': True/.test(header);
  const shape = /'shape': \(([\d, ]*)\)/.exec(header)?.[1]?.match(/\d+/g)?.map(Number);
  const width = descr === '<f8' ? 8 : descr === '<f4' ? 4 : undefined;
  if (width === undefined || !shape) {
    throw new ModelFileError(
      `${file}: expected float32 or float64, got ${descr ?? 'a header without descr'}`,
    );
  }
  const count = shape.reduce((product, size) => product * size, 1);
  const at = begin + length;
  if (bytes.length - at !== count * width) {
    throw new ModelFileError(
      `${file}: expected ${count} numbers for the shape (${shape.join(', ')}), got ${bytes.length - at} bytes`,
    );
  }
  const values = new Float32Array(count);
  const [rows, columns] = shape.length === 2 ? (shape as [number, number]) : [count, 1];
  for (let k = 0; k < count; k++) {
    // Fortran order stores column by column.
    const place = isFortran ? (k % rows) * columns + Math.floor(k / rows) : k;
    const where = at + width * k;
    values[place] = width === 8 ? view.getFloat64(where, true) : view.getFloat32(where, true);
  }
  return { shape, values };
}
