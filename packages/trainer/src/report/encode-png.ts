import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Red, green, blue and alpha, a byte each. */
const CHANNELS = 4;
const BITS = 8;
const RGBA = 6;

/**
 * Encodes an image as PNG: one IDAT chunk, no interlacing, no filters, which save little in so small an image.
 *
 * Shape: rgba is height rows of width pixels of 4 bytes.
 *
 * Source: PNG specification, third edition (https://www.w3.org/TR/png-3/)
 */
export function encodePng(rgba: Uint8Array, width: number): Buffer {
  const rowBytes = CHANNELS * width;
  const height = rgba.length / rowBytes;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([BITS, RGBA], 8);
  // Each row begins with the number of its filter: 0, none.
  const rows = new Uint8Array(height * (1 + rowBytes));
  for (let row = 0; row < height; row++) {
    rows.set(rgba.subarray(row * rowBytes, (row + 1) * rowBytes), row * (1 + rowBytes) + 1);
  }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Length, type, content, and a checksum of type and content. */
function chunk(type: string, content: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + content.length);
  bytes.writeUInt32BE(content.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(content, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), 8 + content.length);
  return bytes;
}
