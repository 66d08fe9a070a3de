import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createNetwork } from '@micronn/core';
import { stringifyModel } from '@micronn/core/json';
import { digits } from '@micronn/fixtures';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeGreyPng, encodePng } from './png-file.ts';
import { type CliResult, type JsonEvent, runCli } from './run-cli.ts';

/** `predict` on the command line, with a model that the command trained. */

const pixels = digits.pixels();
/** The first of each class. */
const ten = digits.labels.flatMap((label, i) => (label === digits.labels[i - 1] ? [] : [i]));

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'micronn-test-'));
  const { code, stderr } = await runCli(['--out', 'run', '--json'], { cwd });
  if (code !== 0) throw new Error(stderr);
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

function image(i: number): Uint8Array {
  return pixels.subarray(784 * i, 784 * (i + 1));
}

/** Linear interpolation, as in image editors. */
function scaled(drawing: Uint8Array, side: number): Uint8Array {
  const level = (x: number, y: number): number =>
    x < 0 || y < 0 || x > 27 || y > 27 ? 0 : drawing[28 * y + x]!;
  return Uint8Array.from({ length: side * side }, (_, k) => {
    const x = (((k % side) + 0.5) * 28) / side - 0.5;
    const y = ((Math.floor(k / side) + 0.5) * 28) / side - 0.5;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const upper = level(left, top) * (left + 1 - x) + level(left + 1, top) * (x - left);
    const lower = level(left, top + 1) * (left + 1 - x) + level(left + 1, top + 1) * (x - left);
    return Math.round(upper * (top + 1 - y) + lower * (y - top));
  });
}

/** The drawing in the lower right corner of a larger image. */
function inCorner(drawing: Uint8Array, side: number): Uint8Array {
  const large = new Uint8Array(side * side);
  for (let y = 0; y < 28; y++) {
    large.set(drawing.subarray(28 * y, 28 * y + 28), (side - 28 + y) * side + side - 28);
  }
  return large;
}

async function write(name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(path.join(cwd, name), bytes);
  return name;
}

async function predicted(files: readonly string[]): Promise<readonly JsonEvent[]> {
  const { code, events, stderr } = await runCli(['predict', 'run', ...files, '--json'], { cwd });
  // Of some drawings it is said that they may be two.
  const predictions = events.filter(({ event }) => event === 'prediction');
  expect({ code, stderr, count: predictions.length }).toEqual({ code: 0, stderr: '', count: files.length });
  return predictions;
}

describe('MNIST’s test images as PNG', () => {
  const variants: [string, (drawing: Uint8Array) => Uint8Array][] = [
    ['plain', (drawing) => encodeGreyPng(drawing, 28)],
    ['inverted', (drawing) => encodeGreyPng(drawing, 28, { isInverted: true })],
    ['scaled to 200 × 200', (drawing) => encodeGreyPng(scaled(drawing, 200), 200)],
    ['scaled and inverted', (drawing) => encodeGreyPng(scaled(drawing, 200), 200, { isInverted: true })],
    ['moved to a corner', (drawing) => encodeGreyPng(inCorner(drawing, 90), 90)],
    [
      'black on nothing, interlaced, 16 bits',
      (drawing) =>
        encodePng(28, 28, { colorType: 6, bitDepth: 16, isInterlaced: true }, (x, y) => [
          0,
          0,
          0,
          257 * drawing[28 * y + x]!,
        ]),
    ],
    [
      'blue on yellow',
      (drawing) =>
        encodePng(28, 28, { colorType: 2, bitDepth: 8 }, (x, y) => {
          const level = drawing[28 * y + x]!;
          return [255 - level, 255 - level, level];
        }),
    ],
  ];
  let found: ReadonlyMap<string, number[]>;

  beforeAll(async () => {
    // One command for all images: most of its time is start-up.
    const files = await Promise.all(
      variants.flatMap(([name, draw]) =>
        digits.labels.map((_, i) => write(`${name}-${i}.png`, draw(image(i)))),
      ),
    );
    const all = (await predicted(files)).map(({ digit }) => digit as number);
    found = new Map(variants.map(([name], k) => [name, all.slice(100 * k, 100 * (k + 1))]));
  });

  /** The predictions of the first of each class. */
  const tenOf = (name: string): number[] => ten.map((i) => found.get(name)![i]!);

  test('at least 9 of 10 are right, and 90 of 100', () => {
    expect(tenOf('plain').filter((digit, label) => digit === label).length).toBeGreaterThanOrEqual(9);
    const right = found.get('plain')!.filter((digit, i) => digit === digits.labels[i]);
    expect(right.length).toBeGreaterThanOrEqual(90);
  });

  test.each(variants)('%s the ten are the same digits, and of all 100 at least 95', (name) => {
    expect(tenOf(name)).toEqual(tenOf('plain'));
    const same = found.get(name)!.filter((digit, i) => digit === found.get('plain')![i]);
    expect(same.length).toBeGreaterThanOrEqual(95);
  });

  test('moved or inverted, the network sees the same image to the byte', async () => {
    const files = await Promise.all([
      write('three.png', encodeGreyPng(image(30), 28)),
      write('three-moved.png', encodeGreyPng(inCorner(image(30), 61), 61, { isInverted: true })),
    ]);
    const [still, moved] = await predicted(files);
    expect(still!['pixels']).toEqual([...image(30)]);
    expect(moved!['pixels']).toEqual(still!['pixels']);
    expect(moved!['probabilities']).toEqual(still!['probabilities']);
    expect(moved).toMatchObject({ width: 61, height: 61, file: path.join(cwd, 'three-moved.png') });
  });
});

describe('what is printed', () => {
  test('for people: the image that the network sees, the digit, ten probabilities', async () => {
    const file = await write('one.png', encodeGreyPng(image(10), 28, { isInverted: true }));
    const { code, stdout, stderr } = await runCli(['predict', 'run', file], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('\x1b');
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('one.png · 28 × 28');
    expect(lines.slice(1, 15).map((line) => line.slice(0, 30).trimEnd())).toMatchInlineSnapshot(`
      [
        "",
        "",
        "                  -@=",
        "                 .##",
        "                 *@:",
        "                -@%",
        "               :#@:",
        "               *@+",
        "              -@#",
        "              #@=",
        "             =@@:",
        "            .%%-",
        "",
        "",
      ]
    `);
    expect(lines[2]).toMatch(/ {4}digit 1 {2}\d\d\.\d\d %$/);
    const bars = lines.slice(4, 14).map((line) => line.slice(34));
    for (const [digit, line] of bars.entries()) {
      expect(line).toMatch(new RegExp(`^${digit}  █* +\\d+\\.\\d\\d %$`));
    }
    const shares = bars.map((line) => Number(/([\d.]+) %$/.exec(line)![1]));
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(100, 0);
  });

  test('with --json: a line for each file, errors among them, and the exit code of the first error', async () => {
    const files = [
      await write('blank.png', encodeGreyPng(new Uint8Array(400).fill(200), 20)),
      await write('nine.png', encodeGreyPng(image(91), 28)),
      await write('text.png', Buffer.from('nine')),
      'none.png',
    ];
    await mkdir(path.join(cwd, 'folder.png'), { recursive: true });
    const { code, events, stderr } = await runCli(['predict', 'run', ...files, 'folder.png', '--json'], {
      cwd,
    });
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    const place = (name: string): string => path.join(cwd, name);
    const error = (name: string, errorCode: string, sentence: string): object => ({
      event: 'error',
      code: errorCode,
      message: `${place(name)}: ${sentence}`,
      file: place(name),
    });
    expect(events).toEqual([
      error('blank.png', 'IMAGE_NO_INK', 'the image is blank: expected a drawing'),
      {
        event: 'prediction',
        file: place('nine.png'),
        width: 28,
        height: 28,
        label: expect.stringMatching(/^\d$/) as string,
        digit: expect.any(Number) as number,
        probabilities: expect.any(Array) as number[],
        classes: Array.from('0123456789'),
        reframed: false,
        pixels: [...image(91)],
        pixelsWidth: 28,
        pixelsHeight: 28,
      },
      error('text.png', 'IMAGE_KIND', 'expected a PNG or JPEG, got a file of an unknown type'),
      error('none.png', 'DATA_NOT_FOUND', 'file not found'),
      error(
        'folder.png',
        'DATA_NOT_FOUND',
        'no data in it: expected IDX, NumPy, Parquet or CSV files, or a folder of images per class',
      ),
    ]);
    const probabilities = events[1]!['probabilities'] as number[];
    expect(probabilities).toHaveLength(10);
    expect(probabilities.reduce((sum, probability) => sum + probability)).toBeCloseTo(1, 9);
    expect(probabilities[events[1]!['digit'] as number]).toBe(Math.max(...probabilities));
  });

  test('no input gives a stack trace, but DEBUG=micronn does', async () => {
    const file = await write('broken.png', encodeGreyPng(image(0), 28).subarray(0, 90));
    const told = 'truncated file: expected 108 bytes of IDAT at byte 41, but the file has 90 bytes';
    const quiet = await runCli(['predict', 'run', file], { cwd });
    const length = encodeGreyPng(image(0), 28).readUInt32BE(33);
    const sentence = told.replace('108', String(length));
    expect(quiet).toMatchObject({
      code: 3,
      stdout: '',
      stderr: `error IMAGE_DAMAGED: ${path.join(cwd, file)}: ${sentence}\n`,
    });
    const loud = await runCli(['predict', 'run', file], { cwd, env: { DEBUG: 'micronn' } });
    expect(loud.stderr).toMatch(/^ {4}at .*images\/png\.ts/m);
  });
});

describe('the model', () => {
  async function failed(...args: string[]): Promise<CliResult> {
    return runCli(['predict', ...args, '--json'], { cwd });
  }

  test('whose images have no known size is refused before any image is read', async () => {
    const network = createNetwork([6, 10], { seed: 42 });
    await write('tiny.json', Buffer.from(stringifyModel({ network, metadata: {} })));
    const sizes = [
      [[], 'its 6 inputs are no square'],
      [['--size', '2x2'], 'its 6 inputs are not those of 2x2'],
    ] as const;
    for (const [size, why] of sizes) {
      expect(await failed('tiny.json', 'none.png', ...size)).toMatchObject({
        code: 6,
        events: [
          {
            code: 'MODEL_SHAPE',
            message: `${path.join(cwd, 'tiny.json')}: the model does not say how large its images are, and ${why}: say it with --size, as 28x28`,
          },
        ],
      });
    }
  });

  test('that is missing gets exit code 6; no image at all gets 2', async () => {
    expect(await failed('none', 'one.png')).toMatchObject({ code: 6, events: [{ code: 'MODEL_NOT_FOUND' }] });
    expect(await failed('run')).toMatchObject({
      code: 2,
      events: [{ code: 'COMMAND_LINE', message: 'missing argument <source>' }],
    });
  });
});
