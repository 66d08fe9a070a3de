// Making the samples' lists of non-zero inputs; src/kernels/lists.ts describes their form.
//
// Four in five inputs are 0. So a mask of the image is made first, a bit per pixel or patch in the order of the image,
// sixteen at a time; then the bits of each segment are visited in the order of W.

const LISTED_PATCH: usize = 6;
const LARGEST_STEP: usize = 255;

/**
 * Makes the lists of `count` images, one list behind the other, of the segments [first … end), `perList` segments each.
 *
 * @param images address of the images, `size` bytes each; up to 32 bytes behind the last are read
 * @param form 0 for lists of pixels, 1 for lists of patches of four pixels in a row; otherwise patches are of
 *   2 × 2 pixels, and `form` is the side of an image
 * @param firstRows u32 per segment: its first row, or patch; one more for the end
 * @param mask receives the mask of an image, in words of 64 bits; 0 before the first call
 * @param patches receives the patches of an image in its order, and up to 32 bytes behind them
 * @param counts u32 per list: receives its number of words
 * @param lists receives the lists; behind a list of pixels, its values are written before they are moved
 * @param writes whether the lists are needed; if not, patches are only counted
 */
export function makeLists(images: usize, count: i32, size: usize, form: usize, shards: usize, firstRows: usize, first: usize, end: usize, perList: usize, mask: usize, patches: usize, counts: usize, lists: usize, writes: bool): void {
  const elements = form == 0 ? size : (size + 3) >> 2;
  // The bits of the first segment, if the first bit is one of them.
  let every: u64 = 0;
  for (let k: usize = 0; k < 64; k += shards) every |= <u64>1 << k;
  for (let image = images; count > 0; count--, image += size) {
    if (form == 0) {
      maskPixels(image, size, mask);
    } else {
      gatherPatches(image, size, form, patches);
      maskPatches(patches, elements, mask);
    }
    for (let segment = first; segment < end; segment += perList, counts += 4) {
      const begin = lists;
      const row = <usize>load<u32>(firstRows + (segment << 2));
      const last = min(segment + perList, end);
      // No list has more pixels than rows: an additional pixel stands for 255 rows.
      const room = <usize>load<u32>(firstRows + (last << 2)) - row;
      let before = row;
      for (let s = segment; s < last; s++) {
        let r = <usize>load<u32>(firstRows + (s << 2));
        for (let j = s; j < elements;) {
          const own = every << <u64>(j & 63);
          let bits = load<u64>(mask + ((j >> 6) << 3)) & own;
          if (form != 0 && !writes) {
            lists += LISTED_PATCH * <usize>popcnt(bits);
            bits = 0;
          }
          for (; bits != 0; bits &= bits - 1) {
            const at = (j & ~63) + <usize>ctz(bits);
            const row = r + <usize>popcnt(own & ((bits & (0 - bits)) - 1));
            if (form == 0) {
              for (; row - before > LARGEST_STEP; before += LARGEST_STEP) {
                store<u8>(lists, <u8>LARGEST_STEP);
                store<u8>(room + lists++, 0);
              }
              store<u8>(lists, <u8>(row - before));
              store<u8>(room + lists++, load<u8>(image + at));
              before = row;
            } else {
              store<u16>(lists, <u16>row);
              store<u32>(lists, load<u32>(patches + (at << 2)), 2);
              lists += LISTED_PATCH;
            }
          }
          const visited = <usize>popcnt(own);
          r += visited;
          j += visited * shards;
        }
      }
      if (form == 0) {
        const pixels = lists - begin;
        memory.copy(lists, begin + room, pixels);
        lists += pixels;
      }
      store<u32>(counts, <u32>(lists - begin) >> 1);
    }
  }
}

/** Writes a mask of the pixels that are not 0. */
// @ts-ignore: decorator
@inline
function maskPixels(image: usize, size: usize, mask: usize): void {
  for (let k: usize = 0; k < size; k += 16, mask += 2) {
    const bits = i8x16.bitmask(i8x16.ne(v128.load(image + k), i8x16.splat(0)));
    // Without the next image's pixels.
    store<u16>(mask, <u16>(bits & ((1 << <i32>min<usize>(16, size - k)) - 1)));
  }
}

/** Writes the patches of an image one after another, in its order; missing pixels of the last are 0. */
// @ts-ignore: decorator
@inline
function gatherPatches(image: usize, size: usize, form: usize, patches: usize): void {
  if (form == 1) {
    memory.copy(patches, image, size);
    store<u32>(patches + size, 0);
    return;
  }
  // What is written behind the end of a row of patches is overwritten by the next row.
  for (let row: usize = 0; row < size; row += form << 1, patches += form << 1) {
    for (let x: usize = 0; x < form; x += 16) {
      const upper = v128.load(image + row + x);
      const lower = v128.load(image + row + x + form);
      v128.store(patches + (x << 1), v128.shuffle<i16>(upper, lower, 0, 8, 1, 9, 2, 10, 3, 11));
      v128.store(patches + (x << 1), v128.shuffle<i16>(upper, lower, 4, 12, 5, 13, 6, 14, 7, 15), 16);
    }
  }
}

/** Writes a mask of the patches with a pixel that is not 0. */
// @ts-ignore: decorator
@inline
function maskPatches(patches: usize, count: usize, mask: usize): void {
  const none = i32x4.splat(0);
  for (let k: usize = 0; k < count; k += 16, mask += 2, patches += 64) {
    const a = i16x8.narrow_i32x4_s(i32x4.ne(v128.load(patches), none), i32x4.ne(v128.load(patches, 16), none));
    const b = i16x8.narrow_i32x4_s(i32x4.ne(v128.load(patches, 32), none), i32x4.ne(v128.load(patches, 48), none));
    const bits = i8x16.bitmask(i8x16.narrow_i16x8_s(a, b));
    store<u16>(mask, <u16>(bits & ((1 << <i32>min<usize>(16, count - k)) - 1)));
  }
}
