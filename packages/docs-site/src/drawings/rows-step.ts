import {
  arrows,
  barrier,
  box,
  formula,
  lane,
  letter,
  middle,
  shardBoxes,
  shardsOf,
  text,
  WIDTH,
  workers,
} from './lanes.ts';

/** One training step of `--parallel rows` on two workers. */
export interface RowsStep {
  readonly shards: number;
  /** One digit, 784 bytes row by row; it shows which worker owns which patches. */
  readonly pixels: Uint8Array;
}

export const ROWS_HEIGHT = 590;

const SIDE = 28;
const CELL = 3;

/** The drawing without its outer `<svg>`. */
export function drawRowsStep({ shards, pixels }: RowsStep): string {
  return [
    text(WIDTH / 2, 18, 'each worker owns the rows of some patches'),
    ...workers.flatMap((worker) => patchBox(worker, shards, pixels)),
    ...arrows(132, 150),
    ...barrier(152, 'barrier: all partial sums are ready'),
    text(WIDTH / 2, 206, 'the minibatch is divided into shards'),
    ...shardBoxes(216, shards),
    ...workers.flatMap(computeBox),
    ...arrows(366, 384),
    ...barrier(386, 'barrier: all a and dz are ready'),
    ...workers.flatMap(stepBox),
    ...arrows(544, 562),
    text(WIDTH / 2, 580, 'next minibatch: no third barrier'),
  ].join('\n');
}

function patchBox(worker: number, shards: number, pixels: Uint8Array): string[] {
  const x = lane.x[worker]!;
  const own = shardsOf(worker, shards);
  const words = x + 141;
  return [
    box(worker, 28, 100),
    ...inkPaths(x + 8, 36, pixels, (pixel) => own.includes(patchOf(pixel) % shards)),
    text(words, 52, `worker ${worker}`, 'strong'),
    text(words, 71, 'all samples', 'small'),
    `<text class="small" x="${words}" y="97">Σ ${letter('W', '1')}${letter('x', '', ' dx="4" dy="-4"')}</text>`,
    text(words, 116, 'over its patches', 'small'),
  ];
}

/** The index of the patch that holds a pixel; patches are two by two pixels. */
function patchOf(pixel: number): number {
  return Math.floor(pixel / SIDE / 2) * (SIDE / 2) + Math.floor((pixel % SIDE) / 2);
}

/** The digit: dark where this worker owns the pixel, faint elsewhere. */
function inkPaths(x: number, y: number, pixels: Uint8Array, isOwn: (pixel: number) => boolean): string[] {
  const paths = new Map<number, string>();
  for (const [pixel, value] of pixels.entries()) {
    if (value === 0) continue;
    const opacity = round((isOwn(pixel) ? 1 : 0.15) * (Math.ceil(value / 64) / 4));
    const cell = `M${x + (pixel % SIDE) * CELL} ${y + Math.floor(pixel / SIDE) * CELL}h${CELL}v${CELL}h-${CELL}z`;
    paths.set(opacity, (paths.get(opacity) ?? '') + cell);
  }
  return Array.from(paths, ([opacity, d]) => `<path class="ink" opacity="${opacity}" d="${d}"/>`);
}

function computeBox(worker: number): string[] {
  const center = middle(worker);
  return [
    box(worker, 250, 112),
    text(center, 271, 'each sample of its shards:', 'small'),
    `<text class="small" x="${center}" y="296">${letter('z', '1')}<tspan dy="-4"> = all partial sums + </tspan>${letter('b', '1')}</text>`,
    formula(center, 322, ['a', '1'], ['z', '2'], ['a', '2'], ['loss', '']),
    formula(center, 348, ['dz', '2'], ['dz', '1']),
  ];
}

function stepBox(worker: number): string[] {
  const center = middle(worker);
  return [
    box(worker, 428, 112),
    text(center, 450, 'its own rows', 'strong'),
    text(center, 473, 'Σ dz·xᵀ over all samples,', 'small'),
    text(center, 490, 'in a fixed order, divided by m', 'small'),
    text(center, 518, 'W ← W − α·dW'),
  ];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
