import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { decodeSafetensors, forward, type Network, parameterCount, tensorPlaces } from '@micronn/core';
import { readMnist, type Samples, writeIdxFolder, writeKaggleCsv } from '@micronn/fixtures/node';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../../../testing/chromium.ts';
import { doneOf, runCli, temporaryFolder } from './run-cli.ts';

let browser: Browser;

beforeAll(async () => {
  ({ browser } = await launchChromium());
});

afterAll(async () => {
  await browser?.close();
});

interface OpenedReport {
  readonly page: Page;
  /** Requests for anything but the file itself, and errors of the browser. */
  readonly troubles: readonly string[];
}

async function openReport(
  file: string,
  width = 1440,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<OpenedReport> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  onTestFinished(() => page.close());
  const address = pathToFileURL(file).href;
  const troubles: string[] = [];
  page.on('request', (request) => {
    if (request.url() !== address && !request.url().startsWith('data:'))
      troubles.push(`asked: ${request.url()}`);
  });
  page.on('console', (message) => troubles.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => troubles.push(`uncaught: ${error.message}`));
  await page.goto(address, { waitUntil: 'load' });
  return { page, troubles };
}

/** The cells of a table, row by row, with its head. */
function cellsOf(page: Page, id: string): Promise<string[][]> {
  return page.evaluate<string[][]>(
    `[...document.querySelectorAll('#${id} tr')].map((row) => [...row.cells].map((cell) => cell.textContent))`,
  );
}

function openTables(page: Page): Promise<unknown> {
  return page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`);
}

async function savedNetwork(file: string, layers: readonly number[]): Promise<Network> {
  const { tensors } = decodeSafetensors(await readFile(file));
  const parameters = new Float64Array(parameterCount(layers));
  for (const { name, offset } of tensorPlaces(layers)) parameters.set(tensors.get(name)!.values, offset);
  return { layers, parameters };
}

/** The ten probabilities of every sample, from the saved model by core's reference. */
function probabilitiesOf(network: Network, { images, labels }: Samples): number[][] {
  const { probabilities } = forward(
    network,
    Float64Array.from(images, (value) => value / 255),
  );
  return Array.from(labels, (_, i) => [...probabilities.subarray(10 * i, 10 * i + 10)]);
}

const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;

test('the report of a run: opened from disk it loads nothing else, and every number is that of the run', async () => {
  const cwd = await temporaryFolder();
  const tested = readMnist('test', 0, 1000);
  await writeIdxFolder(path.join(cwd, 'digits'), { train: readMnist('train', 0, 3000), test: tested });
  const done = await doneOf(
    // The reference backend predicts exactly as core's reference does.
    [
      '--data',
      'digits',
      '--epochs',
      '4',
      '--validation-split',
      '0.1',
      '--backend',
      'reference',
      '--out',
      'run',
    ],
    { cwd, report: true },
  );
  const file = path.join(cwd, 'run', 'report.html');
  expect(done['report']).toBe(file);

  const { page, troubles } = await openReport(file);
  const metrics = (await readFile(path.join(cwd, 'run', 'metrics.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number>);
  expect(metrics).toHaveLength(4);
  const epochs = await cellsOf(page, 'epochs');
  expect(epochs[0]).toEqual([
    'epoch',
    'training loss',
    'training accuracy',
    'validation loss',
    'validation accuracy',
    'test loss',
    'test accuracy',
    'seconds',
    'images/s',
  ]);
  expect(epochs.slice(1).map((row) => row.slice(0, 7))).toEqual(
    metrics.map((epoch) => [
      String(epoch['epoch']),
      epoch['trainLoss']!.toFixed(4),
      percent(epoch['trainAccuracy']!),
      epoch['validationLoss']!.toFixed(4),
      percent(epoch['validationAccuracy']!),
      epoch['testLoss']!.toFixed(4),
      percent(epoch['testAccuracy']!),
    ]),
  );
  expect(epochs.slice(1).map((row) => row[8]!.replaceAll(',', ''))).toEqual(
    metrics.map((epoch) => String(epoch['samplesPerSecond'])),
  );

  const network = await savedNetwork(path.join(cwd, 'run', 'last.safetensors'), [784, 10, 10]);
  const probabilities = probabilitiesOf(network, tested);
  const predictions = probabilities.map((ten) => ten.indexOf(Math.max(...ten)));
  const pairs = Array.from(tested.labels, (label, i) => `${label} ${predictions[i]}`);
  const times = (label: number, prediction: number): number =>
    pairs.filter((pair) => pair === `${label} ${prediction}`).length;
  const ten = Array.from({ length: 10 }, (_, k) => k);
  expect((await cellsOf(page, 'confusion-matrix')).slice(1)).toEqual(
    ten.map((label) => [label, ...ten.map((prediction) => times(label, prediction))].map(String)),
  );
  expect((await cellsOf(page, 'class-scores')).slice(1)).toEqual(
    ten.map((digit) => {
      const support = tested.labels.filter((label) => label === digit).length;
      const predicted = predictions.filter((prediction) => prediction === digit).length;
      const right = times(digit, digit);
      return [
        String(digit),
        percent(right / predicted),
        percent(right / support),
        String(support),
        String(predicted),
      ];
    }),
  );

  const surest = predictions
    .map((prediction, i) => ({ i, prediction, sureness: probabilities[i]![prediction]! }))
    .filter(({ i, prediction }) => prediction !== tested.labels[i])
    .toSorted((a, b) => b.sureness - a.sureness)
    .slice(0, 12);
  expect((await cellsOf(page, 'mistake-probabilities')).slice(1)).toEqual(
    surest.map(({ i, prediction }) => [
      ...[i, tested.labels[i]!, prediction].map(String),
      ...probabilities[i]!.map((p) => (100 * p).toFixed(2)),
    ]),
  );
  // The image shows the digit, pixel by pixel.
  const ink = await page.evaluate<number[]>(`(() => {
    const image = document.querySelector('.mistakes img');
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 28;
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, 28, 28);
    return Array.from({ length: 784 }, (_, j) => data[4 * j + 3]);
  })()`);
  expect(ink).toEqual([...tested.images.subarray(surest[0]!.i * 784, (surest[0]!.i + 1) * 784)]);

  const right = predictions.filter((prediction, i) => prediction === tested.labels[i]).length;
  expect(await page.textContent('h1')).toBe(`${percent(right / 1000)} test accuracy`);
  expect(await page.textContent('#parameters-sha256')).toBe(done['parametersSha256']);
  const main = (await page.textContent('main'))!;
  expect(main).toContain('npm start -- --config run/config.json');
  expect(main).toContain(
    `${(done['samplesPerSecond'] as number).toLocaleString('en-US')} images per second overall`,
  );
  expect(main).toContain(process.versions.node);
  expect(await page.locator('.weights img').count()).toBe(10);
  expect(await page.locator('svg.plot[role=img][aria-label]').count()).toBe(5);
  expect(troubles).toEqual([]);
});

describe('the look of a report', () => {
  let cwd: string;
  let file: string;

  beforeAll(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'micronn-test-'));
    file = path.join(cwd, 'run', 'report.html');
    await writeIdxFolder(path.join(cwd, 'digits'), {
      train: readMnist('train', 0, 2000),
      test: readMnist('test', 0, 500),
    });
    await doneOf(['--data', 'digits', '--hidden', '70', '--epochs', '3', '--out', 'run'], {
      cwd,
      report: true,
    });
  });

  afterAll(() => rm(cwd, { recursive: true, force: true }));

  test.each(['light', 'dark'] as const)(
    'in %s axe finds nothing serious, with all tables open',
    async (scheme) => {
      const { page, troubles } = await openReport(file, 1440, scheme);
      const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      expect(ground).toBe(scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(21, 22, 26)');
      await openTables(page);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<AxeResults>('axe.run()');
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(troubles).toEqual([]);
    },
  );

  test.each([360, 768])('at %i pixels the page does not scroll sideways', async (width) => {
    const { page } = await openReport(file, width);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await openTables(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  test('of a wide network it shows the first 64 neurons, and says so', async () => {
    const { page } = await openReport(file);
    expect(await page.locator('.weights img').count()).toBe(64);
    expect(await page.locator('#weights + p').textContent()).toContain('The first 64 of 70 hidden neurons');
  });

  test('printed from the dark it is dark on white', async () => {
    const { page } = await openReport(file, 1440, 'dark');
    await page.emulateMedia({ media: 'print' });
    const inks = await page.evaluate<string[]>(
      `['--ground', '--ink'].map((name) => {
        const probe = document.body.appendChild(document.createElement('i'));
        probe.style.color = 'var(' + name + ')';
        return getComputedStyle(probe).color;
      })`,
    );
    expect(inks).toEqual(['rgb(255, 255, 255)', 'rgb(25, 28, 34)']);
    expect(
      await page
        .locator('.ink')
        .first()
        .evaluate((image) => getComputedStyle(image).filter),
    ).toBe('none');
  });
});

test('without a test set it evaluates the validation set, and says so; one epoch is enough', async () => {
  const cwd = await temporaryFolder();
  await writeKaggleCsv(path.join(cwd, 'digits.csv'), readMnist('train', 0, 500));
  const done = await doneOf(['--data', 'digits.csv', '--epochs', '1', '--out', 'run'], { cwd, report: true });
  const { page, troubles } = await openReport(path.join(cwd, 'run', 'report.html'));
  expect(await page.textContent('h1')).toBe(
    `${percent(done['validationAccuracy'] as number)} validation accuracy`,
  );
  expect(await page.textContent('header')).toContain('the validation set (there is no test set)');
  expect(troubles).toEqual([]);
});

test('without a validation set it shows the curves and the weights', async () => {
  const cwd = await temporaryFolder();
  await writeKaggleCsv(path.join(cwd, 'digits.csv'), readMnist('train', 0, 200));
  const args = ['--data', 'digits.csv', '--validation-split', '0', '--epochs', '2', '--out', 'run'];
  await doneOf(args, { cwd, report: true });
  const { page } = await openReport(path.join(cwd, 'run', 'report.html'));
  expect(await page.locator('h2').allTextContents()).toEqual([
    'Loss and accuracy',
    'Weights of the first layer',
    'Throughput',
    'Repeat this run',
  ]);
});

test('an interrupted run writes a report of its last network', async () => {
  const cwd = await temporaryFolder();
  await writeIdxFolder(path.join(cwd, 'digits'), {
    train: readMnist('train', 0, 500),
    test: readMnist('test', 0, 100),
  });
  const { code, events } = await runCli(
    ['--data', 'digits', '--epochs', '100000', '--out', 'run', '--json'],
    {
      cwd,
      report: true,
      onEvent: ({ event, epoch }, kill) => {
        if (event === 'epoch' && epoch === 2) kill('SIGINT');
      },
    },
  );
  expect(code).toBe(130);
  expect(events.filter(({ event }) => event === 'warning')).toEqual([]);
  const { page } = await openReport(path.join(cwd, 'run', 'report.html'));
  expect(await page.textContent('header')).toContain('The run was interrupted');
  const network = await savedNetwork(path.join(cwd, 'run', 'last.safetensors'), [784, 10, 10]);
  const tested = readMnist('test', 0, 100);
  const right = probabilitiesOf(network, tested).filter(
    (ten, i) => ten.indexOf(Math.max(...ten)) === tested.labels[i],
  );
  expect(await page.textContent('h1')).toContain(percent(right.length / 100));
});

test('a report that cannot be written is a warning, and the run is done', async () => {
  const cwd = await temporaryFolder();
  await writeKaggleCsv(path.join(cwd, 'digits.csv'), readMnist('train', 0, 100));
  await doneOf(['--data', 'digits.csv', '--epochs', '0', '--out', 'run'], { cwd, report: true });
  const file = path.join(cwd, 'run', 'report.html');
  await mkdir(file);
  await writeFile(path.join(file, 'mine.txt'), 'mine');
  const { code, events } = await runCli(['--resume', 'run', '--epochs', '1', '--json'], {
    cwd,
    report: true,
  });
  expect(code).toBe(0);
  expect(events.find(({ event }) => event === 'warning')).toMatchObject({ code: 'REPORT_FAILED' });
  expect(events.at(-1)).toMatchObject({ event: 'done', epochs: 1 });
  expect(events.at(-1)).not.toHaveProperty('report');
  expect(await readFile(path.join(file, 'mine.txt'), 'utf8')).toBe('mine');
});
