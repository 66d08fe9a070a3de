import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodeIdxImages, encodeIdxLabels, readMnist } from '@micronn/fixtures/node';
import { describe, expect, test } from 'vitest';
import { doneOf, runCli, temporaryFolder } from './run-cli.ts';

/**
 * Data sets in the shape of public ones, made of MNIST's digits: trained on, evaluated, predicted, exported and reported
 * on the command line, with their own classes.
 */

const trainCount = 6000;
const testCount = 1000;

interface Images {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/** MNIST's images, each changed by its place. */
function mnist(
  set: 'train' | 'test',
  change: (image: Uint8Array, label: number, i: number) => [image: Uint8Array, label: number],
): Images {
  const { images, labels } = readMnist(set, 0, set === 'train' ? trainCount : testCount);
  const changed = [...labels].map((label, i) => change(images.subarray(784 * i, 784 * (i + 1)), label, i));
  return {
    images: Uint8Array.from(changed.flatMap(([image]) => [...image])),
    labels: Uint8Array.from(changed.map(([, label]) => label)),
  };
}

const upsideDown = (image: Uint8Array): Uint8Array =>
  image.map((_, k) => image[784 - 28 + (k % 28) - (k - (k % 28))]!);
const transposed = (image: Uint8Array): Uint8Array =>
  image.map((_, k) => image[28 * (k % 28) + Math.floor(k / 28)]!);

/** Writes images and labels as IDX, under the names of a public data set. */
async function writeIdx(folder: string, stem: string, { images, labels }: Images): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `${stem}-images-idx3-ubyte`), encodeIdxImages(images));
  await writeFile(path.join(folder, `${stem}-labels-idx1-ubyte`), encodeIdxLabels(labels));
}

async function writeCsv(file: string, { images, labels }: Images, labelled = true): Promise<void> {
  const pixels = Array.from({ length: 784 }, (_, k) => `pixel${k + 1}`);
  const rows = [...labels].map((label, i) => [
    ...(labelled ? [label] : []),
    ...images.subarray(784 * i, 784 * (i + 1)),
  ]);
  await writeFile(file, `${[[...(labelled ? ['label'] : []), ...pixels], ...rows].join('\n')}\n`);
}

/** Trains, evaluates, predicts, exports and reports; checks that all speak of the same classes. */
async function wholeWay(
  cwd: string,
  args: readonly string[],
  testData: string,
  names: readonly string[],
): Promise<number> {
  const run = await runCli(
    [...args, '--epochs', '3', '--hidden', '32', '--init', 'he', '--out', 'run', '--json'],
    {
      cwd,
      report: true,
    },
  );
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
  expect(run.events[0]).toMatchObject({ event: 'start', classes: names, layers: [784, 32, names.length] });
  const done = run.events.at(-1)!;
  const evaluated = await doneOf(['evaluate', 'run', '--data', testData], { cwd });
  expect(evaluated).toMatchObject({ accuracy: done['testAccuracy'], classes: names });
  expect(evaluated['confusionMatrix']).toHaveLength(names.length);

  const predicted = await doneOf(['predict', 'run', testData, '--out', 'answers.csv'], { cwd });
  expect(predicted).toMatchObject({ images: testCount, accuracy: done['testAccuracy'] });
  expect(await readFile(path.join(cwd, 'answers.csv'), 'utf8')).toMatch(/^ImageId,Label\n1,/);

  // A model in another format has the same classes.
  for (const format of ['onnx', 'json', 'safetensors']) {
    await doneOf(['export', 'run/last.safetensors', '--format', format], { cwd });
    expect(await doneOf(['evaluate', `model.${format}`, '--data', testData], { cwd })).toMatchObject({
      accuracy: done['testAccuracy'],
      classes: names,
    });
  }
  const report = await readFile(path.join(cwd, 'run', 'report.html'), 'utf8');
  expect(names.filter((name) => !report.includes(`>${name}<`))).toEqual([]);
  return done['testAccuracy'] as number;
}

describe('sets in the shape of', () => {
  test('Fashion-MNIST: MNIST’s file names, ten garments', async () => {
    const cwd = await temporaryFolder();
    const folder = path.join(cwd, 'FashionMNIST', 'raw');
    const garment = (image: Uint8Array, label: number): [Uint8Array, number] => [
      upsideDown(image),
      (label + 3) % 10,
    ];
    await writeIdx(folder, 'train', mnist('train', garment));
    await writeIdx(folder, 't10k', mnist('test', garment));
    const names = [
      'T-shirt/top',
      'Trouser',
      'Pullover',
      'Dress',
      'Coat',
      'Sandal',
      'Shirt',
      'Sneaker',
      'Bag',
      'Ankle boot',
    ];
    expect(await wholeWay(cwd, ['--data', 'FashionMNIST'], 'FashionMNIST', names)).toBeGreaterThan(0.85);
    const { stdout } = await runCli(['predict', 'run', 'FashionMNIST', '--format', 'jsonl'], { cwd });
    expect(JSON.parse(stdout.split('\n')[0]!)).toMatchObject({
      label: '0',
      name: 'T-shirt/top',
      trueLabel: '0',
    });
  });

  test('EMNIST letters: labels from 1, images that lie transposed, names from the mapping file', async () => {
    const cwd = await temporaryFolder();
    const folder = path.join(cwd, 'emnist');
    // 26 letters: upright digits, digits upside down, and six digits transposed.
    const letter = (image: Uint8Array, label: number, i: number): [Uint8Array, number] => {
      const kind = i % 3;
      if (kind === 1) return [transposed(upsideDown(image)), 11 + label];
      return kind === 2 && label < 6 ? [image, 21 + label] : [transposed(image), 1 + label];
    };
    await writeIdx(folder, 'emnist-letters-train', mnist('train', letter));
    await writeIdx(folder, 'emnist-letters-test', mnist('test', letter));
    const codes = Array.from({ length: 26 }, (_, k) => `${k + 1} ${65 + k} ${97 + k}`);
    await writeFile(path.join(folder, 'emnist-letters-mapping.txt'), `${codes.join('\n')}\n`);
    const names = Array.from(
      { length: 26 },
      (_, k) => `${String.fromCharCode(65 + k)}/${String.fromCharCode(97 + k)}`,
    );
    expect(await wholeWay(cwd, ['--data', 'emnist'], 'emnist', names)).toBeGreaterThan(0.7);
    const { events } = await runCli(['evaluate', 'run', '--data', 'emnist', '--json'], { cwd });
    expect(events[0]!['understood']).toContain('turned upright');
  });

  test('Sign Language MNIST: a CSV whose labels 0 to 24 have no 9', async () => {
    const cwd = await temporaryFolder();
    // 24 signs: upright digits, digits upside down, and four digits transposed.
    const sign = (image: Uint8Array, label: number, i: number): [Uint8Array, number] => {
      const kind = i % 3;
      const output = kind === 1 ? 10 + label : kind === 2 && label < 4 ? 20 + label : label;
      const changed = kind === 1 ? upsideDown(image) : output >= 20 ? transposed(image) : image;
      return [changed.map((level) => 255 - level), output < 9 ? output : output + 1];
    };
    await writeCsv(path.join(cwd, 'sign_mnist_train.csv'), mnist('train', sign));
    await writeCsv(path.join(cwd, 'sign_mnist_test.csv'), mnist('test', sign));
    const names = Array.from({ length: 25 }, (_, k) => String(k)).filter((name) => name !== '9');
    const args = ['--data', 'sign_mnist_train.csv', '--test-data', 'sign_mnist_test.csv', '--invert'];
    expect(await wholeWay(cwd, args, 'sign_mnist_test.csv', names)).toBeGreaterThan(0.7);
    const answers = await readFile(path.join(cwd, 'answers.csv'), 'utf8');
    const labels = new Set(
      answers
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')[1]),
    );
    expect(labels.has('24') && !labels.has('9')).toBe(true);
  });

  test('Kaggle’s Digit Recognizer: test.csv has no labels, and gets a submission', async () => {
    const cwd = await temporaryFolder();
    const plain = (image: Uint8Array, label: number): [Uint8Array, number] => [image, label];
    const held = mnist('test', plain);
    await writeCsv(path.join(cwd, 'train.csv'), mnist('train', plain));
    await writeCsv(path.join(cwd, 'test.csv'), held, false);
    const wide = ['--hidden', '32', '--init', 'he'];
    await doneOf(['--data', 'train.csv', '--epochs', '3', ...wide, '--out', 'run'], { cwd });
    const done = await doneOf(['predict', 'run', 'test.csv', '--out', 'submission.csv'], { cwd });
    expect(done).toMatchObject({
      event: 'done',
      images: testCount,
      out: path.join(cwd, 'submission.csv'),
      understood: expect.stringMatching(/no labels$/),
    });
    expect(done).not.toHaveProperty('accuracy');
    const [header, ...rows] = (await readFile(path.join(cwd, 'submission.csv'), 'utf8'))
      .trimEnd()
      .split('\n');
    expect(header).toBe('ImageId,Label');
    expect(rows.map((row) => row.split(',')[0])).toEqual(
      Array.from({ length: testCount }, (_, k) => String(k + 1)),
    );
    const right = rows.filter((row, i) => Number(row.split(',')[1]) === held.labels[i]).length;
    expect(right / testCount).toBeGreaterThan(0.8);
    expect(
      await runCli(['predict', 'run', 'test.csv', '--out', 'submission.csv', '--json'], { cwd }),
    ).toMatchObject({
      code: 2,
      events: [{ code: 'EXPORT_FILE', message: expect.stringMatching(/the file already exists$/) }],
    });
  });
});
