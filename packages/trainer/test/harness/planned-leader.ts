import { teamSize } from '../../src/training/memory.ts';
import { Leader } from '../../src/training/team.ts';

/** A leader of teams of planned sizes, which waits for every thread that it needs. */
export class PlannedLeader extends Leader {
  readonly #control: Int32Array;
  readonly #sizes: Uint32Array;

  /** @param sizes the size of the team in each step of an epoch, and after the last one */
  constructor(control: Int32Array, workers: number, sizes: Uint32Array) {
    super(control, workers, Number.POSITIVE_INFINITY);
    this.#control = control;
    this.#sizes = sizes;
  }

  override gather(_threads: number, step: number): void {
    this.decide(step, 0);
  }

  override decide(step: number, meetings: number): void {
    const size = this.#sizes[step]!;
    for (let rank = teamSize(this.#control); rank < size; rank++) {
      this.isReady(rank, Number.POSITIVE_INFINITY);
    }
    this.resize(size, step, meetings);
  }
}
