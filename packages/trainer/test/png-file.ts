import { crc32, deflateSync } from 'node:zlib';

/** A PNG encoder for tests, for every kind of PNG and for invalid files. */

export interface PngKind {
  /** 0 grey, 2 colour, 3 palette, 4 grey with alpha, 6 colour with alpha */
  readonly colorType: 0 | 2 | 3 | 4 | 6;
  readonly bitDepth: number;
  readonly isInterlaced?: boolean;
  /** Chunks between the header and the pixels, as the palette. */
  readonly chunks?: readonly Buffer[];
}

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const WHOLE: readonly Pass[] = [[0, 0, 1, 1]];
const ADAM7: readonly Pass[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

type Pass = readonly [x: number, y: number, stepX: number, stepY: number];

/** Length, type, content and checksum. */
export function pngChunk(type: string, content: Uint8Array = new Uint8Array()): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const chunk = Buffer.alloc(named.length + 8);
  chunk.writeUInt32BE(content.length, 0);
  named.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(named), named.length + 4);
  return chunk;
}

/** The chunk IHDR. */
export function pngHeader(
  width: number,
  height: number,
  { colorType, bitDepth, isInterlaced = false }: PngKind,
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bitDepth, colorType, 0, 0, isInterlaced ? 1 : 0], 8);
  return pngChunk('IHDR', header);
}

/** A PNG file of these chunks. */
export function pngFile(...chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([SIGNATURE, ...chunks]);
}

/** @param samples the levels of the pixel in a column and a row, each of `bitDepth` bits */
export function encodePng(
  width: number,
  height: number,
  kind: PngKind,
  samples: (x: number, y: number) => readonly number[],
): Buffer {
  const { bitDepth } = kind;
  const bytes: number[] = [];
  for (const [x0, y0, stepX, stepY] of kind.isInterlaced ? ADAM7 : WHOLE) {
    if (x0 >= width) continue;
    for (let y = y0; y < height; y += stepY) {
      // The filter: none.
      bytes.push(0);
      let bits = 0;
      let pending = 0;
      for (let x = x0; x < width; x += stepX) {
        for (const level of samples(x, y)) {
          bits = (bits << bitDepth) | level;
          pending += bitDepth;
          for (; pending >= 8; pending -= 8) bytes.push((bits >> (pending - 8)) & 255);
          bits &= 255;
        }
      }
      if (pending > 0) bytes.push((bits << (8 - pending)) & 255);
    }
  }
  return pngFile(
    pngHeader(width, height, kind),
    ...(kind.chunks ?? []),
    pngChunk('IDAT', deflateSync(Buffer.from(bytes))),
    pngChunk('IEND'),
  );
}

/** An 8-bit grey image: ink white on black, or inverted. */
export function encodeGreyPng(
  ink: Uint8Array,
  width: number,
  { isInverted = false }: { isInverted?: boolean } = {},
): Buffer {
  return encodePng(width, ink.length / width, { colorType: 0, bitDepth: 8 }, (x, y) => {
    const level = ink[y * width + x]!;
    return [isInverted ? 255 - level : level];
  });
}
