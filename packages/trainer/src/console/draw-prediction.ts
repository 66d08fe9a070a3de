import { IMAGE_SIDE } from '../data/samples.ts';
import { count, share, shortPath } from './format.ts';
import type { DigitPrediction } from './reporter.ts';

/** The image that the network sees, and its ten probabilities. */

const BAR = 20;

/** From paper to ink, for terminals without greys. */
const RAMP = ' .:-=+*#%@';

/** The columns that image and bars need side by side. */
const BESIDE = 68;

/**
 * The image, one character for two pixels on top of each other, with the bars to its right, or below it in a narrow
 * terminal.
 */
export function drawPrediction(
  prediction: DigitPrediction,
  {
    greys,
    columns = Infinity,
    emphasize = (text) => text,
  }: { greys: boolean; columns?: number; emphasize?: (text: string) => string },
): string {
  const { file, width, height, digit, probabilities, pixels } = prediction;
  const best = share(probabilities[digit]!);
  const bars = probabilities.map((probability, k) => {
    const line = `${k}  ${bar(probability)}  ${share(probability).padStart(8)}`;
    return k === digit ? emphasize(line) : line;
  });
  const texts = ['', emphasize(`digit ${digit}  ${best}`), '', ...bars, ''];
  const image = greys ? halfBlocks(pixels) : characters(pixels);
  const drawn =
    columns < BESIDE
      ? [...image.map((row) => `  ${row}`), ...texts.slice(0, -1).map((text) => `  ${text}`)]
      : image.map((row, k) => `  ${row}    ${texts[k]!}`);
  return [
    `${shortPath(file)} · ${count(width)} × ${count(height)}`,
    ...drawn.map((line) => line.trimEnd()),
  ].join('\n');
}

function bar(probability: number): string {
  return '█'.repeat(Math.round(probability * BAR)).padEnd(BAR);
}

/** Upper half blocks: the upper pixel is the foreground, the lower one the background. */
function halfBlocks(pixels: readonly number[]): string[] {
  return rows(pixels, (upper, lower) => `\x1b[38;5;${grey(upper)};48;5;${grey(lower)}m▀`).map(
    (row) => `${row}\x1b[0m`,
  );
}

/** One of the terminal's 256 colours: black, or one of 24 greys. */
function grey(level: number): number {
  return level === 0 ? 16 : 232 + Math.floor((level * 24) / 256);
}

function characters(pixels: readonly number[]): string[] {
  return rows(pixels, (upper, lower) => {
    const mean = (upper + lower) / 2;
    return RAMP[Math.ceil((mean * (RAMP.length - 1)) / 255)]!;
  });
}

/** Rows of the image, two at a time. */
function rows(pixels: readonly number[], draw: (upper: number, lower: number) => string): string[] {
  return Array.from({ length: IMAGE_SIDE / 2 }, (_, row) =>
    Array.from({ length: IMAGE_SIDE }, (__, x) =>
      draw(pixels[2 * row * IMAGE_SIDE + x]!, pixels[(2 * row + 1) * IMAGE_SIDE + x]!),
    ).join(''),
  );
}
