import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { extractInk, toGrey } from '@micronn/core/digit';
import { digits } from '@micronn/fixtures';
import { fixturePath } from '@micronn/fixtures/node';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import { encodeGreyPng, encodePng, type PngKind, pngChunk, pngFile, pngHeader } from '../../test/png-file.ts';
import { MicronnError } from '../errors.ts';
import { decodeImage, readImage } from './read-image.ts';

const three = digits.pixels().subarray(784 * 30, 784 * 31);
const grey: PngKind = { colorType: 0, bitDepth: 8 };

async function written(bytes: Uint8Array): Promise<string> {
  const file = path.join(await temporaryFolder(), 'image.png');
  await writeFile(file, bytes);
  return file;
}

async function errorOf(file: string): Promise<MicronnError> {
  const error: unknown = await readImage(file).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MicronnError)) throw new Error(`expected a MicronnError, got ${String(error)}`);
  return error;
}

describe('every kind of PNG is read', () => {
  const kinds: PngKind[] = [
    ...[1, 2, 4, 8, 16].map((bitDepth) => ({ colorType: 0, bitDepth }) as const),
    ...[8, 16].map((bitDepth) => ({ colorType: 2, bitDepth }) as const),
    ...[1, 2, 4, 8].map((bitDepth) => ({ colorType: 3, bitDepth }) as const),
    ...[8, 16].map((bitDepth) => ({ colorType: 4, bitDepth }) as const),
    ...[8, 16].map((bitDepth) => ({ colorType: 6, bitDepth }) as const),
  ];
  const palette = pngChunk('PLTE', Uint8Array.of(255, 255, 255, 0, 0, 0));
  const bilevel = three.map((level) => (level < 128 ? 0 : 255));

  test.each(kinds.flatMap((kind) => [kind, { ...kind, isInterlaced: true }]))('%o', async (kind) => {
    const full = 2 ** kind.bitDepth - 1;
    // Black on white; with alpha, black on nothing.
    const samples = (x: number, y: number): number[] => {
      const isInk = bilevel[28 * y + x] === 255;
      switch (kind.colorType) {
        case 0:
          return [isInk ? 0 : full];
        case 2:
          return isInk ? [0, 0, 0] : [full, full, full];
        case 3:
          return [isInk ? 1 : 0];
        case 4:
          return [0, isInk ? full : 0];
        case 6:
          return [0, 0, 0, isInk ? full : 0];
      }
    };
    const chunks = kind.colorType === 3 ? [palette] : [];
    const file = await written(encodePng(28, 28, { ...kind, chunks }, samples));
    const { width, height, rgba } = await readImage(file);
    expect([width, height]).toEqual([28, 28]);
    expect(extractInk(rgba, width, height)).toEqual(bilevel);
  });

  test('a palette with a transparent colour', async () => {
    const chunks = [palette, pngChunk('tRNS', Uint8Array.of(0, 255))];
    const png = encodePng(28, 28, { colorType: 3, bitDepth: 1, chunks }, (x, y) => [
      bilevel[28 * y + x] === 255 ? 1 : 0,
    ]);
    const { rgba } = await readImage(await written(png));
    expect(new Set(rgba.filter((_, k) => k % 4 === 3))).toEqual(new Set([0, 255]));
    expect(extractInk(rgba, 28, 28)).toEqual(bilevel);
  });

  test('chunks that say other things, and bytes behind the end', async () => {
    const png = encodePng(
      28,
      28,
      { ...grey, chunks: [pngChunk('tEXt', Buffer.from('Title\0three'))] },
      (x, y) => [three[28 * y + x]!],
    );
    const { rgba } = await readImage(await written(Buffer.concat([png, Buffer.from('and more')])));
    expect(extractInk(rgba, 28, 28)).toEqual(three);
  });
});

describe('an invalid file gets its sentence', () => {
  const png = encodeGreyPng(three, 28);
  const pixels = (bytes: number): Buffer => pngChunk('IDAT', deflateSync(Buffer.alloc(bytes)));
  const end = pngChunk('IEND');
  const header = pngHeader(28, 28, grey);
  const interlaced = pngHeader(28, 28, { ...grey, isInterlaced: true });

  const cases: [string, Uint8Array, string, string][] = [
    ['an empty file', Buffer.alloc(0), 'IMAGE_KIND', 'expected a PNG or JPEG, got an empty file'],
    ['a text', Buffer.from('a seven'), 'IMAGE_KIND', 'expected a PNG or JPEG, got a file of an unknown type'],
    ...(
      [
        ['a GIF', 'GIF89a'],
        ['a WebP', 'RIFF\0\0\0\0WEBPVP8 '],
        ['a BMP', 'BM\0\0'],
        ['a TIFF', 'II*\0'],
        ['a HEIC', '\0\0\0\x18ftypheic'],
        ['an AVIF', '\0\0\0\x18ftypavif'],
        ['a PDF', '%PDF-1.7'],
        ['an HTML page', '<!DOCTYPE html><html>'],
        ['an SVG', '<?xml version="1.0"?>\n<svg xmlns="…">'],
      ] as const
    ).map(([kind, begin]): [string, Uint8Array, string, string] => [
      kind,
      Buffer.from(begin, 'latin1'),
      'IMAGE_KIND',
      `expected a PNG or JPEG, got ${kind}: save it as PNG`,
    ]),
    [
      'the beginning of a JPEG',
      Buffer.from('\xff\xd8\xff\xe0', 'latin1'),
      'IMAGE_DAMAGED',
      'truncated file: expected another segment at byte 2, but the file has 4 bytes',
    ],
    [
      'nothing but the signature',
      png.subarray(0, 8),
      'IMAGE_DAMAGED',
      'truncated header: expected 33 bytes, got 8',
    ],
    [
      'another first chunk',
      pngFile(end, Buffer.alloc(30)),
      'IMAGE_DAMAGED',
      'the first chunk must be IHDR with 13 bytes, got "IEND"',
    ],
    [
      'no width',
      pngFile(pngHeader(0, 28, grey), pixels(10), end),
      'IMAGE_DAMAGED',
      'invalid image size 0 × 28',
    ],
    [
      'an unknown colour type',
      pngFile(pngHeader(28, 28, { ...grey, colorType: 5 as 0 }), pixels(812), end),
      'IMAGE_DAMAGED',
      'unknown colour type 5: expected 0, 2, 3, 4 or 6',
    ],
    [
      'a header that claims ten thousand million pixels',
      pngFile(pngHeader(100_000, 100_000, grey), pixels(10), end),
      'IMAGE_SIZE',
      'expected an image of at most 10000 pixels a side and 16777216 in all, got 100000 × 100000',
    ],
    [
      'a column of few pixels, one a row',
      pngFile(pngHeader(1, 10_001, grey), pixels(20_002), end),
      'IMAGE_SIZE',
      'expected an image of at most 10000 pixels a side and 16777216 in all, got 1 × 10001',
    ],
    [
      'a row of few pixels',
      pngFile(pngHeader(10_001, 1, grey), pixels(10_002), end),
      'IMAGE_SIZE',
      'expected an image of at most 10000 pixels a side and 16777216 in all, got 10001 × 1',
    ],
    [
      'pixels that unpack to far more than the image has',
      pngFile(header, pixels(20_000_000), end),
      'IMAGE_DAMAGED',
      'expected 812 bytes of pixels, got more',
    ],
    [
      'the same, interlaced',
      pngFile(interlaced, pixels(20_000_000), end),
      'IMAGE_DAMAGED',
      'expected 837 bytes of pixels, got more',
    ],
    [
      'too few pixels',
      pngFile(header, pixels(811), end),
      'IMAGE_DAMAGED',
      'expected 812 bytes of pixels, got 811',
    ],
    ['no pixels', pngFile(header, end), 'IMAGE_DAMAGED', 'no IDAT chunk'],
    [
      'pixels that are not packed',
      pngFile(header, pngChunk('IDAT', Buffer.from('pixels')), end),
      'IMAGE_DAMAGED',
      'cannot decompress the pixels: incorrect header check',
    ],
    [
      'no end',
      pngFile(header, pixels(812)),
      'IMAGE_DAMAGED',
      `truncated file: expected another chunk at byte ${33 + pixels(812).length}, but the file has ${33 + pixels(812).length} bytes`,
    ],
    [
      'a chunk that is longer than the file',
      png.subarray(0, 100),
      'IMAGE_DAMAGED',
      `truncated file: expected ${png.readUInt32BE(33)} bytes of IDAT at byte 41, but the file has 100 bytes`,
    ],
    [
      'a palette that is not there',
      pngFile(pngHeader(28, 28, { ...grey, colorType: 3 }), pixels(812), end),
      'IMAGE_DAMAGED',
      'cannot decode the image: Expected palette not found',
    ],
  ];
  test.each(cases)('%s', async (_, bytes, code, sentence) => {
    const file = await written(bytes);
    expect(await errorOf(file)).toMatchObject({ code, sentence, place: { file }, exitCode: 3 });
  });

  test('no file, a folder, and what is neither', async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, 'folder.png'));
    expect(await errorOf(path.join(folder, 'none.png'))).toMatchObject({
      code: 'DATA_NOT_FOUND',
      sentence: 'file not found',
    });
    expect(await errorOf(path.join(folder, 'folder.png'))).toMatchObject({
      code: 'DATA_UNREADABLE',
      sentence: 'expected a file, but this is a folder',
    });
    expect(await errorOf('/dev/null')).toMatchObject({
      code: 'DATA_UNREADABLE',
      sentence: 'expected a file, but this is a device',
    });
  });

  test('a file that is cut off anywhere, or has any one byte flipped', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'image.png');
    for (let length = 0; length < png.length; length++) {
      await writeFile(file, png.subarray(0, length));
      expect((await errorOf(file)).code).toBe(length === 0 ? 'IMAGE_KIND' : 'IMAGE_DAMAGED');
    }
    for (let at = 0; at < png.length; at++) {
      const flipped = Buffer.from(png);
      flipped[at]! ^= 0xff;
      await writeFile(file, flipped);
      expect((await errorOf(file)).code).toMatch(/^IMAGE_(?:KIND|SIZE|DAMAGED)$/);
    }
  });
});

describe('images that Pillow wrote', () => {
  const bilevel = async (name: string): Promise<[number, number, number[]]> => {
    const { width, height, rgba } = await readImage(fixturePath(`images/${name}`));
    return [width, height, [...toGrey(rgba)].map((level) => (level < 128 ? 0 : 255))];
  };
  const orientations = [2, 3, 4, 5, 6, 7, 8];

  test.each(orientations.flatMap((n) => [`orientation-${n}.png`, `orientation-${n}.jpg`]))(
    '%s is turned upright',
    async (name) => {
      expect(await bilevel(name)).toEqual(await bilevel('upright.png'));
    },
  );

  test('a progressive JPEG in colour', async () => {
    expect(await bilevel('progressive.jpg')).toEqual(await bilevel('upright.png'));
  });

  test('a JPEG in four inks is refused', async () => {
    expect(await errorOf(fixturePath('images/cmyk.jpg'))).toMatchObject({
      code: 'IMAGE_KIND',
      sentence: 'expected a grey or RGB JPEG, got 4 components (CMYK): save it as RGB',
    });
  });

  test('a JPEG that is cut off anywhere, or claims to be huge', async () => {
    const jpeg = await readFile(fixturePath('images/progressive.jpg'));
    for (let length = 3; length < jpeg.length - 2; length += 7) {
      expect((await errorOf(await written(jpeg.subarray(0, length)))).code).toBe('IMAGE_DAMAGED');
    }
    const huge = Buffer.from(jpeg);
    huge.writeUInt16BE(60_000, jpeg.indexOf(Buffer.from([0xff, 0xc2])) + 5);
    expect((await errorOf(await written(huge))).code).toBe('IMAGE_SIZE');
  });

  test('an image in memory is decoded alike', async () => {
    const bytes = await readFile(fixturePath('images/orientation-6.jpg'));
    expect(await decodeImage(bytes, 'archive.zip: a.jpg')).toEqual(
      await readImage(fixturePath('images/orientation-6.jpg')),
    );
  });
});
