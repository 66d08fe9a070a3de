import { Barrier } from '../../src/training/barrier.ts';

const LONGEST_DELAY_MS = 3;

/** A barrier to which its worker always comes late, each time by a random delay. */
export class LateBarrier extends Barrier {
  override meet(team: number): boolean {
    // Not seeded: the tests hold for every order in which the workers arrive.
    const share = crypto.getRandomValues(new Uint8Array(1))[0]! / 255;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, share * LONGEST_DELAY_MS);
    return super.meet(team);
  }
}
