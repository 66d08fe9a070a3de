// The order of an epoch, the same as that of src/random: Fisher–Yates with draws of Philox4x32-10.

const PERMUTATION: u32 = 3; // what the draws are for, in the counter

// The words of the block of draws, and the number of those that are not drawn yet. Each instance has its own.
let w0: u32 = 0;
let w1: u32 = 0;
let w2: u32 = 0;
let w3: u32 = 0;

/** Philox4x32-10: the block of four words for the counter (block, 0, number, purpose) and a key of two words. */
function philox(block: u32, number: u32, k0: u32, k1: u32): void {
  let c0 = block;
  let c1: u32 = 0;
  let c2 = number;
  let c3 = PERMUTATION;
  for (let round = 0; round < 10; round++) {
    const p0 = <u64>0xd2511f53 * <u64>c0;
    const p1 = <u64>0xcd9e8d57 * <u64>c2;
    c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
    c1 = <u32>p1;
    c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
    c3 = <u32>p0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  w0 = c0;
  w1 = c1;
  w2 = c2;
  w3 = c3;
}

/** Shuffles n numbers (u32) at `order` with the draws of (seed, permutation, epoch). */
export function shuffle(order: usize, n: u32, seedLow: u32, seedHigh: u32, epoch: u32): void {
  let block: u32 = 0;
  let left = 0;
  for (let i = n - 1; <i32>i > 0; i--) {
    const below = i + 1;
    let product: u64;
    // Lemire's method: a new draw in the few cases that would make some numbers more probable.
    do {
      if (left == 0) {
        philox(block++, epoch, seedLow, seedHigh);
        left = 4;
      }
      product = <u64>w0 * <u64>below;
      w0 = w1;
      w1 = w2;
      w2 = w3;
      left--;
    } while (<u32>product < below && <u32>product < (0 - below) % below);
    const at = order + (<usize>i << 2);
    const other = order + (<usize>(product >> 32) << 2);
    const last = load<u32>(at);
    store<u32>(at, load<u32>(other));
    store<u32>(other, last);
  }
}
