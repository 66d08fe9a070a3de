import { DataFormatError, elementsOf, shapeText } from './number-type.ts';

/** How an array of images lies in its file. */
export interface ImageLayout {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: 1 | 3;
  /**
   * The place of each element of an image among its height × width × channels numbers, by its place in the file; undefined
   * where the two are the same.
   */
  readonly places?: Uint32Array;
  /** Whether the file holds the first element of all images, then the second of all, as Fortran order does. */
  readonly isSampleFastest: boolean;
}

/**
 * The layout of an array of images: n × height × width, n × pixels (of square images), or n × height × width × channels,
 * n × channels × height × width, with 1 or 3 channels.
 *
 * @param mostPixels the largest number of numbers in an image
 * @throws DataFormatError when the shape is none of these
 */
export function imageLayout(
  shape: readonly number[],
  isFortranOrder: boolean,
  mostPixels: number,
): ImageLayout {
  const got = `got an array of ${shapeText(shape)}`;
  const [count = 0, ...rest] = shape;
  if (elementsOf(shape) === 0) throw new DataFormatError(`expected images, ${got}`);
  const image = sizesOf(rest);
  if (!image) {
    const flat = rest.length === 1 ? ', which are not square: give them as n × height × width' : '';
    throw new DataFormatError(`expected images as n × height × width or n × pixels, ${got}${flat}`);
  }
  const pixels = elementsOf(rest);
  if (pixels > mostPixels) {
    throw new DataFormatError(`expected images of at most ${mostPixels} pixels, ${got}`);
  }
  const places = placesOf(rest, image, isFortranOrder);
  return {
    count,
    height: image.height,
    width: image.width,
    channels: image.channels,
    ...(places && { places }),
    isSampleFastest: isFortranOrder && count > 1 && pixels > 1,
  };
}

interface Sizes {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly areChannelsFirst: boolean;
}

function sizesOf(rest: readonly number[]): Sizes | undefined {
  const [first = 0, second = 0, third = 0] = rest;
  if (rest.length === 1) {
    const side = Math.round(Math.sqrt(first));
    return side * side === first
      ? { height: side, width: side, channels: 1, areChannelsFirst: false }
      : undefined;
  }
  if (rest.length === 2) return { height: first, width: second, channels: 1, areChannelsFirst: false };
  if (rest.length !== 3) return undefined;
  if (third === 1 || third === 3)
    return { height: first, width: second, channels: third, areChannelsFirst: false };
  if (first === 1 || first === 3)
    return { height: second, width: third, channels: first, areChannelsFirst: true };
  return undefined;
}

/** The place of each element within its image, in the order of the file. */
function placesOf(rest: readonly number[], image: Sizes, isFortranOrder: boolean): Uint32Array | undefined {
  const { width, channels, areChannelsFirst } = image;
  if (!(isFortranOrder && rest.length > 1) && !(areChannelsFirst && channels > 1)) return undefined;
  const order = rest.map((_, d) => d);
  // The dimension whose index runs fastest comes first.
  if (!isFortranOrder) order.reverse();
  const index = rest.map(() => 0);
  return new Uint32Array(elementsOf(rest)).map((_, k) => {
    let left = k;
    for (const d of order) {
      index[d] = left % rest[d]!;
      left = Math.floor(left / rest[d]!);
    }
    const [a = 0, b = 0, c = 0] = index;
    if (areChannelsFirst) return (b * width + c) * channels + a;
    return (a * width + b) * channels + c;
  });
}

/**
 * Writes the elements of an array of images, which come part by part in the order of the file, to their places.
 *
 * @param values count × height × width × channels bytes
 * @param toByte the byte of a number; undefined if the numbers are bytes
 * @returns the function that takes the next part
 */
export function createImageWriter(
  values: Uint8Array,
  { count, places, isSampleFastest }: ImageLayout,
  toByte?: (value: number) => number,
): (numbers: ArrayLike<number>) => void {
  const perImage = values.length / count;
  let sample = 0;
  let element = 0;
  if (!places && !isSampleFastest && !toByte) {
    let next = 0;
    return (numbers) => {
      values.set(numbers, next);
      next += numbers.length;
    };
  }
  return (numbers) => {
    for (let k = 0; k < numbers.length; k++) {
      const place = places ? places[element]! : element;
      values[sample * perImage + place] = toByte ? toByte(numbers[k]!) : numbers[k]!;
      if (isSampleFastest) {
        if (++sample === count) [sample, element] = [0, element + 1];
      } else if (++element === perImage) [sample, element] = [sample + 1, 0];
    }
  };
}

/** Grey levels of red, green and blue, by the weights of `toGrey`. Shapes: colours is (pixels, 3), grey (pixels). */
export function greyInto(grey: Uint8Array, colours: Uint8Array): void {
  for (let k = 0; k < grey.length; k++) {
    const at = 3 * k;
    const sum = 299 * colours[at]! + 587 * colours[at + 1]! + 114 * colours[at + 2]!;
    grey[k] = Math.floor((sum + 500) / 1000);
  }
}
