import { assertInk, assertLength, assertWholeNumber } from '../shapes.ts';
import { type Box, type Ink, inkBox } from './ink-box.ts';
import { normalizeInto, type Target } from './normalize-digit.ts';
import { resample } from './resample.ts';

/** How a length or a place varies over a data set, in pixels; by quantiles, so that a few odd images do not matter. */
export interface Spread {
  readonly median: number;
  /** Half the distance from the 16 % to the 84 % quantile: the standard deviation, if the values are normal. */
  readonly spread: number;
  /** The 1 % and the 99 % quantile. */
  readonly low: number;
  readonly high: number;
}

/**
 * How the images of a data set are framed; plain numbers and words, for JSON.
 *
 * kind 'mnist': the longer side of the ink's box has 20 of 28 pixels, the centre of mass lies in the middle.
 * 'box': the longer side has another constant length, or the centre another constant place.
 * 'stretched': both sides have a constant length, whatever the drawing.
 * 'as-is': nothing is constant, as with clothes or photographs; an image is only resampled.
 */
export interface Framing {
  readonly kind: 'mnist' | 'box' | 'stretched' | 'as-is';
  readonly width: number;
  readonly height: number;
  /** The longer side of the box. */
  readonly longer: Spread;
  readonly boxWidth: Spread;
  readonly boxHeight: Spread;
  /** Which centre varies less: that of mass, in pixel positions, or the middle of the box. */
  readonly center: 'mass' | 'box';
  readonly x: Spread;
  readonly y: Spread;
}

/** An image as the model expects it. */
export interface FramedDrawing {
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** False for an image that came with the right size and framing: its bytes are unchanged. */
  readonly isReframed: boolean;
}

/** Images that are measured, spread evenly over the set. */
const MEASURED = 2000;

/** A length with a smaller spread, as a share of the side, is constant; so is a place with twice of it. */
const CONSTANT = 0.03;

/** Both sides of a stretched box vary by less: soft edges move them. MNIST's width varies by 0.15 of the side. */
const STRETCHED = 0.06;

/** With a smaller share of paper, the set has no drawings on paper. */
const LEAST_PAPER = 0.25;

/** A drawing fits if it exceeds what 98 % of the set have by at most this share of the side. */
const FIT_SHARE = 0.06;

interface Measured extends Box {
  readonly massX: number;
  readonly massY: number;
}

/**
 * Measures how the images of a data set are framed, on up to 2,000 of them.
 *
 * Shapes: images is (count, height, width), bytes, 0 for paper.
 *
 * @throws ShapeError when images does not have count · height · width values
 */
export function measureFraming(images: Uint8Array, count: number, width: number, height: number): Framing {
  assertWholeNumber('measureFraming', 'count', count, 1, Number.MAX_SAFE_INTEGER);
  assertLength('measureFraming', 'images', images, count * width * height);
  const size = width * height;
  const measured: Measured[] = [];
  let paper = 0;
  const total = Math.min(count, MEASURED);
  for (let k = 0; k < total; k++) {
    const index = Math.floor((k * count) / total);
    const image = images.subarray(index * size, (index + 1) * size);
    for (const level of image) if (level < 16) paper++;
    const one = measure(image, width, height);
    if (one) measured.push(one);
  }
  const of = (value: (one: Measured) => number): Spread => spreadOf(measured.map(value));
  const longer = of((one) => Math.max(one.width, one.height));
  const boxWidth = of((one) => one.width);
  const boxHeight = of((one) => one.height);
  const mass = { x: of((one) => one.massX), y: of((one) => one.massY) };
  const box = { x: of((one) => one.left + one.width / 2), y: of((one) => one.top + one.height / 2) };
  const widest = ({ x, y }: { x: Spread; y: Spread }): number =>
    Math.max(x.spread / width, y.spread / height);
  const center = widest(mass) < widest(box) ? 'mass' : 'box';
  const place = center === 'mass' ? mass : box;
  const isPlaced =
    widest(place) <= 2 * CONSTANT && paper >= LEAST_PAPER * total * size && measured.length > 0;
  const isStretched = boxWidth.spread <= STRETCHED * width && boxHeight.spread <= STRETCHED * height;
  const isScaled = longer.spread <= CONSTANT * Math.max(width, height);
  const framing = { width, height, longer, boxWidth, boxHeight, center, ...place } as const;
  if (!isPlaced || (!isStretched && !isScaled)) return { kind: 'as-is', ...framing };
  if (isStretched) return { kind: 'stretched', ...framing };
  return { kind: isLikeMnist(framing) ? 'mnist' : 'box', ...framing };
}

/** Within half a pixel of 28. */
function isLikeMnist({ width, height, longer, center, x, y }: Omit<Framing, 'kind'>): boolean {
  const near = (value: number, share: number): boolean => Math.abs((value / width) * 28 - share) <= 0.5;
  return (
    width === height &&
    center === 'mass' &&
    near(longer.median, 20) &&
    near(x.median, 14) &&
    near(y.median, 14)
  );
}

/**
 * Brings a drawing to the size and the framing of a model's data.
 *
 * Shapes: ink is (height, width), bytes; the pixels are (framing.height, framing.width); undefined without ink, except
 * for the framing 'as-is'.
 *
 * @throws ShapeError when ink does not have width · height values
 */
export function frameDrawing(
  ink: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
  framing: Framing,
): FramedDrawing | undefined {
  assertInk('frameDrawing', ink, width, height);
  const isSize = width === framing.width && height === framing.height;
  if (framing.kind === 'as-is') {
    return { pixels: resample(ink, width, height, framing.width, framing.height), isReframed: false };
  }
  const own = measure(ink, width, height);
  if (!own) return undefined;
  if (isSize && fits(own, framing)) return { pixels: new Uint8Array(ink), isReframed: false };
  const pixels =
    framing.kind === 'stretched' ? stretch(ink, width, own, framing) : scale(ink, width, height, framing);
  return pixels && { pixels, isReframed: true };
}

function fits(own: Measured, framing: Framing): boolean {
  const near = (value: number, { low, high }: Spread, side: number): boolean =>
    value >= low - FIT_SHARE * side && value <= high + FIT_SHARE * side;
  const { width, height, center } = framing;
  const x = center === 'mass' ? own.massX : own.left + own.width / 2;
  const y = center === 'mass' ? own.massY : own.top + own.height / 2;
  const isPlaced = near(x, framing.x, width) && near(y, framing.y, height);
  return framing.kind === 'stretched'
    ? isPlaced && near(own.width, framing.boxWidth, width) && near(own.height, framing.boxHeight, height)
    : isPlaced && near(Math.max(own.width, own.height), framing.longer, Math.max(width, height));
}

function scale(
  ink: Ink,
  width: number,
  height: number,
  framing: Framing,
): Uint8Array<ArrayBuffer> | undefined {
  const isMnist = framing.kind === 'mnist';
  const side = framing.width;
  const target: Target = {
    width: framing.width,
    height: framing.height,
    boxSide: Math.min(
      Math.round(isMnist ? (20 * side) / 28 : framing.longer.median),
      Math.min(framing.width, framing.height),
    ),
    center: framing.center,
    x: isMnist ? side / 2 : framing.x.median,
    y: isMnist ? side / 2 : framing.y.median,
  };
  return normalizeInto(target, ink, width, height);
}

/** The box of the ink, stretched to the mean box in its mean place. */
function stretch(
  ink: Uint8Array | Uint8ClampedArray,
  stride: number,
  box: Box,
  framing: Framing,
): Uint8Array<ArrayBuffer> {
  const part = new Uint8Array(box.width * box.height);
  for (let y = 0; y < box.height; y++) {
    const start = (box.top + y) * stride + box.left;
    part.set(ink.subarray(start, start + box.width), y * box.width);
  }
  const size = (mean: number, most: number): number => Math.min(Math.max(Math.round(mean), 1), most);
  const toWidth = size(framing.boxWidth.median, framing.width);
  const toHeight = size(framing.boxHeight.median, framing.height);
  const scaled = resample(part, box.width, box.height, toWidth, toHeight);
  const first = (middle: number, size_: number, side: number): number =>
    Math.min(Math.max(Math.round(middle - size_ / 2), 0), side - size_);
  // The middle of a constant box; for a centre of mass, the middle is that of the image.
  const isBox = framing.center === 'box';
  const left = first(isBox ? framing.x.median : framing.width / 2, toWidth, framing.width);
  const top = first(isBox ? framing.y.median : framing.height / 2, toHeight, framing.height);
  const pixels = new Uint8Array(framing.width * framing.height);
  for (let y = 0; y < toHeight; y++) {
    pixels.set(scaled.subarray(y * toWidth, (y + 1) * toWidth), (top + y) * framing.width + left);
  }
  return pixels;
}

function measure(ink: Ink, width: number, height: number): Measured | undefined {
  const box = inkBox(ink, width, height);
  if (!box) return undefined;
  let [mass, momentX, momentY] = [0, 0, 0];
  for (let k = 0; k < ink.length; k++) {
    mass += ink[k]!;
    momentX += ink[k]! * (k % width);
    momentY += ink[k]! * Math.floor(k / width);
  }
  const { left, top, width: boxWidth, height: boxHeight } = box;
  return { left, top, width: boxWidth, height: boxHeight, massX: momentX / mass, massY: momentY / mass };
}

/** Rounded to hundredths of a pixel. */
function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).toSorted();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1) + 0.5)] ?? 0;
  const round = (value: number): number => Math.floor(100 * value + 0.5) / 100;
  return {
    median: round(at(0.5)),
    spread: round((at(0.84) - at(0.16)) / 2),
    low: round(at(0.01)),
    high: round(at(0.99)),
  };
}
