import type { StepsEnd } from './worker.ts';

/** How the threads of a pool form a team. */
export interface TeamPolicy {
  /** The largest number of threads in a team. */
  readonly cores: number;
  /** How many milliseconds the others wait for a thread before it is late. */
  readonly patience: number;
  /** The shortest time until a smaller team may grow again, in milliseconds. */
  readonly pause: number;
}

/** The time until a smaller team may grow again doubles up to this, in milliseconds. */
const LONGEST_PAUSE = 1000;
/** A team that stayed larger for so long was worth it: the next pause is the shortest again. In milliseconds. */
const WORTHWHILE = 200;

/** The main thread's side of the team: starts the threads, and starts those again that the leader dismissed. */
export interface Crew {
  /** The number of threads that train at present, or will when training continues. */
  readonly size: number;
  /**
   * Runs the leader, and as many other threads as the team can use, until all have ended.
   *
   * @param most the largest size of the team
   * @param start starts the thread of a rank, the `threads` ranks from 0 on together
   * @returns how each started thread ended, the leader first
   */
  run(
    most: number,
    start: (rank: number, threads: number) => Promise<StepsEnd>,
  ): Promise<PromiseSettledResult<StepsEnd>[]>;
}

/**
 * Creates the {@link Crew} of a pool. Other programs keep the cores busy for longer than an epoch, so the team keeps
 * its size from epoch to epoch. A thread is tried again after a pause, and after a pause of twice the length if it
 * is soon dismissed again.
 */
export function createCrew({ cores, pause: shortestPause }: TeamPolicy): Crew {
  let size = cores;
  let pause = shortestPause;
  /** When the team grew, and when it may grow again, in milliseconds. */
  let grownAt = 0;
  let growsAt = 0;

  function grow(most: number): void {
    size = Math.min(most, 2 * size);
    grownAt = performance.now();
    growsAt = grownAt + pause;
  }

  function shrink(rank: number): void {
    size = Math.min(size, rank);
    const now = performance.now();
    pause = now - grownAt > WORTHWHILE ? shortestPause : Math.min(LONGEST_PAUSE, 2 * pause);
    growsAt = now + pause;
  }

  return {
    get size() {
      return size;
    },
    async run(limit, start) {
      const most = Math.min(limit, cores);
      const running = new Set<number>();
      const ends: Promise<PromiseSettledResult<StepsEnd>>[] = [];
      let timer: NodeJS.Timeout | undefined;
      let isOver = false;

      async function runRank(rank: number, threads: number): Promise<StepsEnd> {
        running.add(rank);
        // Any other end, and the death of a thread, is the end of the team: a thread that started now could take the place
        // of one that is done.
        let isDismissed = false;
        try {
          const end = await start(rank, threads);
          isDismissed = end.kind === 'dismissed';
          return end;
        } finally {
          running.delete(rank);
          if (!isDismissed) isOver = true;
          if (isDismissed && rank < size) shrink(rank);
          growLater();
        }
      }

      function startMissing(): void {
        const threads = Math.min(size, most);
        for (let rank = 0; rank < threads; rank++) {
          if (!running.has(rank)) ends.push(settled(runRank(rank, threads)));
        }
      }

      function growLater(): void {
        clearTimeout(timer);
        if (isOver || size >= most) return;
        timer = setTimeout(
          () => {
            grow(most);
            startMissing();
            growLater();
          },
          Math.max(0, growsAt - performance.now()),
        );
      }

      if (size < most && performance.now() >= growsAt) grow(most);
      startMissing();
      growLater();
      await ends[0];
      return Promise.all(ends);
    },
  };
}

/** Never rejects, so a thread may die while the crew waits for another one. */
async function settled<Value>(task: Promise<Value>): Promise<PromiseSettledResult<Value>> {
  return (await Promise.allSettled([task]))[0];
}
