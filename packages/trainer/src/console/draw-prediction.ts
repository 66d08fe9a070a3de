import { count, share, shortPath } from './format.ts';
import type { Prediction } from './reporter.ts';

/** The image that the network sees, and its probabilities. */

const BAR = 20;

/** From paper to ink, for terminals without greys. */
const RAMP = ' .:-=+*#%@';

/** The columns of a bar and its percentage. */
const BARS = BAR + 12;

/** Longer names are cut. */
const MOST_LETTERS = 24;

/** The most probable classes that have a bar. */
const MOST_BARS = 10;

/**
 * The image, one character for two pixels on top of each other, with the bars to its right, or below it in a narrow
 * terminal. Of more than ten classes, the ten most probable have bars.
 */
export function drawPrediction(
  prediction: Prediction,
  {
    greys,
    columns = Infinity,
    emphasize = (text) => text,
  }: { greys: boolean; columns?: number; emphasize?: (text: string) => string },
): string {
  const { file, width, height, label, classes, probabilities, pixelsWidth } = prediction;
  const all = probabilities.map((probability, k) => ({ probability, name: classes[k]! }));
  const best = all.reduce((most, one) => (one.probability > most.probability ? one : most));
  const shown =
    all.length <= MOST_BARS
      ? all
      : all.toSorted((one, other) => other.probability - one.probability).slice(0, MOST_BARS);
  const names = Math.min(MOST_LETTERS, Math.max(...shown.map(({ name }) => name.length)));
  const bars = shown.map((one) => {
    const line = `${cut(one.name).padEnd(names)}  ${bar(one.probability)}  ${share(one.probability).padStart(8)}`;
    return one.name === best.name ? emphasize(line) : line;
  });
  const what = prediction.digit === undefined ? label : `digit ${label}`;
  const texts = ['', emphasize(`${what}  ${share(best.probability)}`), '', ...bars, ''];
  const image = greys ? halfBlocks(prediction) : characters(prediction);
  const blank = ' '.repeat(pixelsWidth);
  const drawn =
    columns < pixelsWidth + 6 + names + BARS
      ? [...image.map((row) => `  ${row}`), ...texts.slice(0, -1).map((text) => `  ${text}`)]
      : Array.from(
          { length: Math.max(image.length, texts.length - 1) },
          (_, k) => `  ${image[k] ?? blank}    ${texts[k] ?? ''}`,
        );
  const title = `${shortPath(file)} · ${count(width)} × ${count(height)}`;
  const placed = `${title} · placed like the training images`;
  return [
    prediction.reframed && placed.length <= columns ? placed : title,
    ...drawn.map((line) => line.trimEnd()),
  ].join('\n');
}

function cut(name: string): string {
  return name.length <= MOST_LETTERS ? name : `${name.slice(0, MOST_LETTERS - 1)}…`;
}

function bar(probability: number): string {
  return '█'.repeat(Math.round(probability * BAR)).padEnd(BAR);
}

/** Upper half blocks: the upper pixel is the foreground, the lower one the background. */
function halfBlocks(prediction: Prediction): string[] {
  return rows(prediction, (upper, lower) => `\x1b[38;5;${grey(upper)};48;5;${grey(lower)}m▀`).map(
    (row) => `${row}\x1b[0m`,
  );
}

/** One of the terminal's 256 colours: black, or one of 24 greys. */
function grey(level: number): number {
  return level === 0 ? 16 : 232 + Math.floor((level * 24) / 256);
}

function characters(prediction: Prediction): string[] {
  return rows(prediction, (upper, lower) => {
    const mean = (upper + lower) / 2;
    return RAMP[Math.ceil((mean * (RAMP.length - 1)) / 255)]!;
  });
}

/** Rows of the image, two at a time; below the last one of an odd number is paper. */
function rows(
  { pixels, pixelsWidth, pixelsHeight }: Prediction,
  draw: (upper: number, lower: number) => string,
): string[] {
  return Array.from({ length: Math.ceil(pixelsHeight / 2) }, (_, row) =>
    Array.from({ length: pixelsWidth }, (__, x) =>
      draw(pixels[2 * row * pixelsWidth + x]!, pixels[(2 * row + 1) * pixelsWidth + x] ?? 0),
    ).join(''),
  );
}
