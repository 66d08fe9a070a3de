/** One step of training on two workers. */
export interface ParallelStep {
  /** Number of shards of a minibatch, and of segments of the first layer. */
  readonly shards: number;
  /** One digit, 784 bytes row by row. */
  readonly pixels: Uint8Array;
}

export const WIDTH = 420;
export const HEIGHT = 590;

const WORKERS = 2;
const SIDE = 28;
const CELL = 3;
const margin = 8;
const lane = { width: 196, x: [margin, WIDTH - margin - 196] };

/** The drawing without its outer `<svg>`: time runs from top to bottom, a lane for each worker. */
export function drawParallelStep({ shards, pixels }: ParallelStep): string {
  const workers = [0, 1];
  return [
    text(WIDTH / 2, 18, 'patches of 2 × 2 pixels are dealt out like cards'),
    ...workers.flatMap((worker) => segmentBox(worker, shards, pixels)),
    ...workers.flatMap((worker) => arrow(middle(worker), 132, 150)),
    ...meeting(152, 'first meeting: all partial sums are there'),
    text(WIDTH / 2, 206, 'a minibatch of m samples is cut into shards'),
    ...shardBoxes(shards),
    ...workers.flatMap(computeBox),
    ...workers.flatMap((worker) => arrow(middle(worker), 366, 384)),
    ...meeting(386, 'second meeting: all a and dz are there'),
    ...workers.flatMap(stepBox),
    ...workers.flatMap((worker) => arrow(middle(worker), 544, 562)),
    text(WIDTH / 2, 580, 'next step: each has its own rows at hand'),
  ].join('\n');
}

/** The drawing's classes. The colours are variables of quantities.css and of the page. */
export const parallelStepRules = `.box{fill:var(--picture-sunken);stroke:var(--picture-line)}
.meeting{fill:var(--picture-text)}
.on-meeting{fill:var(--picture-ground);font-weight:600}
.arrow{fill:none;stroke:var(--picture-text);stroke-width:1.5}
.head{fill:var(--picture-text)}
.ink{fill:var(--quantity-x)}
text{font:14px system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;fill:var(--picture-text);text-anchor:middle}
.small{font-size:12.5px}
.strong{font-weight:600}
.letter{font:italic 15px Georgia,"Times New Roman",serif}
.index{font-size:10px;font-style:normal}
${['x', 'W1', 'b1', 'z1', 'a1', 'z2', 'a2', 'loss'].map((name) => `.of-${name}{fill:var(--quantity-${name})}`).join('\n')}`;

/** The segments or shards of a worker, divided as equally as possible. */
function ownOf(worker: number, shards: number): number[] {
  const from = Math.floor((worker * shards) / WORKERS);
  const to = Math.floor(((worker + 1) * shards) / WORKERS);
  return Array.from({ length: to - from }, (_, k) => from + k);
}

function segmentBox(worker: number, shards: number, pixels: Uint8Array): string[] {
  const x = lane.x[worker]!;
  const own = ownOf(worker, shards);
  const words = x + 141;
  return [
    `<rect class="box" x="${x}" y="28" width="${lane.width}" height="100" rx="8"/>`,
    ...inkPaths(x + 8, 36, pixels, (pixel) => own.includes(patchOf(pixel) % shards)),
    text(words, 52, `worker ${worker}`, 'strong'),
    text(words, 71, `segments ${own.join(', ')}`, 'small'),
    `<text class="small" x="${words}" y="97">Σ ${letter('W', '1')}${letter('x', '', ' dx="4" dy="-4"')}</text>`,
    text(words, 116, 'of its patches', 'small'),
  ];
}

/** The patch of a pixel, as in the trainer for a first layer of at most 20 outputs. */
function patchOf(pixel: number): number {
  return Math.floor(pixel / SIDE / 2) * (SIDE / 2) + Math.floor((pixel % SIDE) / 2);
}

/** The digit, with the pixels of this worker strong and the others faint. */
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

function shardBoxes(shards: number): string[] {
  const gap = 4;
  return [0, 1].flatMap((worker) => {
    const own = ownOf(worker, shards);
    const width = (lane.width - gap * (own.length - 1)) / own.length;
    return own.map((shard, k) => {
      const x = lane.x[worker]! + k * (width + gap);
      return [
        `<rect class="box" x="${x}" y="216" width="${width}" height="28" rx="5"/>`,
        text(x + width / 2, 235, `shard ${shard}`, 'small'),
      ].join('');
    });
  });
}

function computeBox(worker: number): string[] {
  const center = middle(worker);
  return [
    `<rect class="box" x="${lane.x[worker]}" y="250" width="${lane.width}" height="112" rx="8"/>`,
    text(center, 271, 'each sample of its shards:', 'small'),
    `<text class="small" x="${center}" y="296">${letter('z', '1')}<tspan dy="-4"> = all partial sums + </tspan>${letter('b', '1')}</text>`,
    formula(center, 322, ['a', '1'], ['z', '2'], ['a', '2'], ['loss', '']),
    formula(center, 348, ['dz', '2'], ['dz', '1']),
  ];
}

function stepBox(worker: number): string[] {
  const center = middle(worker);
  return [
    `<rect class="box" x="${lane.x[worker]}" y="428" width="${lane.width}" height="112" rx="8"/>`,
    text(center, 450, 'its rows of every W', 'strong'),
    text(center, 473, 'Σ dz·xᵀ over all samples,', 'small'),
    text(center, 490, 'in their order; ÷ m, once', 'small'),
    text(center, 518, 'W ← W − α·dW'),
  ];
}

function meeting(y: number, words: string): string[] {
  return [
    `<rect class="meeting" x="${margin}" y="${y}" width="${WIDTH - 2 * margin}" height="30" rx="5"/>`,
    text(WIDTH / 2, y + 20, words, 'on-meeting'),
  ];
}

function arrow(x: number, from: number, to: number): string[] {
  return [
    `<path class="arrow" d="M${x} ${from}V${to - 6}"/>`,
    `<path class="head" d="M${x - 5} ${to - 7}h10l-5 7z"/>`,
  ];
}

/** Quantities in a row, each in its colour. */
function formula(x: number, y: number, ...letters: readonly (readonly [string, string])[]): string {
  const spans = letters.map(([name, index], k) => {
    // An index lowers the baseline by 4, and the next text raises it again.
    const place = k === 0 ? '' : ` dx="9"${letters[k - 1]![1] === '' ? '' : ' dy="-4"'}`;
    return letter(name, index, place);
  });
  return `<text x="${x}" y="${y}">${spans.join('')}</text>`;
}

function letter(name: string, index: string, place = ''): string {
  const subscript = index === '' ? '' : `<tspan class="index" dy="4">${index}</tspan>`;
  const quantity = name.replace(/^d/, '') + index;
  return `<tspan class="letter of-${quantity}"${place}>${name}${subscript}</tspan>`;
}

function text(x: number, y: number, content: string, className = ''): string {
  return `<text${className === '' ? '' : ` class="${className}"`} x="${x}" y="${y}">${content}</text>`;
}

function middle(worker: number): number {
  return lane.x[worker]! + lane.width / 2;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
