// Making the samples' lists of non-zero inputs; src/kernels/lists.ts describes their form. Only about one input in
// five is not 0, in no order that a processor could predict, so nothing branches on an input: every input is written
// behind the list, and the list's end moves on only if it is not 0.

/** Bytes of an entry of the patches' order: where the patch's two pairs of pixels lie in an image (u16), and a mask. */
const ORDERED_PATCH: usize = 8;
const LISTED_PATCH: usize = 6;
const LARGEST_STEP: usize = 255;

/**
 * Makes the lists of `count` images, one list behind the other.
 *
 * @param patches whether W is kept in patches
 * @param images address of the images, `size` bytes each; up to `size` bytes behind the last may be read
 * @param order the inputs in the order of W: for each row the input (u16), or an entry for each patch
 * @param rows u32 per list of an image: its first row or patch; one more for the end
 * @param counts u32 per list: receives its number of words
 * @param lists receives the lists, and up to a word for each row behind the last one
 */
export function makeLists(patches: bool, images: usize, size: usize, count: i32, order: usize, rows: usize, perSample: usize, counts: usize, lists: usize): void {
  const end = rows + (perSample << 2);
  for (let image = images; count > 0; count--, image += size) {
    for (let list = rows; list < end; list += 4, counts += 4) {
      const begin = lists;
      const first = <usize>load<u32>(list);
      const last = <usize>load<u32>(list, 4);
      lists = patches ? listPatches(image, order, first, last, begin) : listPixels(image, order, first, last, begin);
      store<u32>(counts, <u32>(lists - begin) >> 1);
    }
  }
}

/** Writes the list of the patches [first … end), and returns the list's end. */
// @ts-ignore: decorator
@inline
function listPatches(image: usize, order: usize, first: usize, end: usize, list: usize): usize {
  let at = order + first * ORDERED_PATCH;
  for (let patch = first; patch < end; patch++, at += ORDERED_PATCH) {
    const upper = <u32>load<u16>(image + <usize>load<u16>(at));
    const lower = <u32>load<u16>(image + <usize>load<u16>(at, 2));
    const pixels = (upper | (lower << 16)) & load<u32>(at, 4);
    store<u16>(list, <u16>patch);
    store<u32>(list, pixels, 2);
    list += select<usize>(LISTED_PATCH, 0, pixels != 0);
  }
  return list;
}

/** Writes the list of the rows [first … end), and returns the list's end. */
// @ts-ignore: decorator
@inline
function listPixels(image: usize, order: usize, first: usize, end: usize, list: usize): usize {
  // No list has more pixels than rows: an additional pixel stands for 255 rows.
  const room = end - first;
  let step = list;
  let before = first;
  for (let row = first; row < end; row++) {
    const value = load<u8>(image + <usize>load<u16>(order + (row << 1)));
    while (value != 0 && row - before > LARGEST_STEP) {
      store<u8>(step, <u8>LARGEST_STEP);
      store<u8>(step++ + room, 0);
      before += LARGEST_STEP;
    }
    store<u8>(step, <u8>(row - before));
    store<u8>(step + room, value);
    step += <usize>(value != 0);
    before = select<usize>(row, before, value != 0);
  }
  const pixels = step - list;
  memory.copy(step, list + room, pixels);
  return step + pixels;
}
