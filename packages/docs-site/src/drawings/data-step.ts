import {
  arrows,
  barrier,
  box,
  formula,
  lane,
  middle,
  shardBoxes,
  shardsOf,
  text,
  WIDTH,
  workers,
} from './lanes.ts';

const STRIP = 26;
const GAP = 4;

/** Where the parts of the drawing start, from top to bottom. */
function placesOf(shards: number) {
  const gradients = 258;
  const average = gradients + shards * (STRIP + GAP) + 8;
  return { gradients, average, last: average + 112, height: average + 176 };
}

/** The height of {@link drawDataStep}'s drawing. */
export function dataHeight(shards: number): number {
  return placesOf(shards).height;
}

/** One training step of `--parallel data` on two workers, without the outer `<svg>`. */
export function drawDataStep(shards: number): string {
  const { gradients, average, last, height } = placesOf(shards);
  return [
    text(WIDTH / 2, 18, 'the minibatch is divided into shards'),
    ...shardBoxes(28, shards),
    ...workers.flatMap(computeBox),
    ...arrows(184, 202),
    ...barrier(204, 'barrier: the gradient of every shard is ready'),
    text(WIDTH / 2, gradients - 6, 'one gradient per shard, one column per worker', 'small'),
    ...workers.flatMap((worker) => gradientStrips(worker, shards, gradients)),
    ...workers.flatMap((worker) => stepBox(worker, average)),
    ...arrows(average + 90, last - 2),
    ...barrier(last, 'barrier: all parameters are updated'),
    text(WIDTH / 2, height - 12, 'next minibatch'),
  ].join('\n');
}

/** Forward and backward of a worker's shards. */
function computeBox(worker: number): string[] {
  const center = middle(worker);
  return [
    box(worker, 62, 118),
    text(center, 84, `worker ${worker}`, 'strong'),
    text(center, 107, 'forward and backward', 'small'),
    formula(center, 132, ['z', '1'], ['a', '1'], ['z', '2'], ['a', '2'], ['loss', '']),
    formula(center, 152, ['dz', '2'], ['dz', '1']),
    text(center, 171, 'Σ dz·xᵀ over each shard', 'small'),
  ];
}

/** A worker's range of every shard's gradient; those that it computed itself are in colour. */
function gradientStrips(worker: number, shards: number, y: number): string[] {
  return Array.from({ length: shards }, (_, shard) => {
    const top = y + 6 + shard * (STRIP + GAP);
    const className = shardsOf(worker, shards).includes(shard) ? 'own' : 'box';
    return [
      `<rect class="${className}" x="${lane.x[worker]}" y="${top}" width="${lane.width}" height="${STRIP}"/>`,
      text(middle(worker), top + 18, `gradient of shard ${shard}`, 'small'),
    ].join('');
  });
}

/** Average and step of a worker's range of the parameters. */
function stepBox(worker: number, y: number): string[] {
  const center = middle(worker);
  const range = ['first', 'second'][worker]!;
  return [
    box(worker, y + 4, 82),
    text(center, y + 24, `parameters: ${range} half`, 'small'),
    text(center, y + 48, 'average: sum of shards ÷ m', 'small'),
    text(center, y + 72, 'step: W ← W − α·dW', 'small'),
  ];
}
