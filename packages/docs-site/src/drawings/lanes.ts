/** What the pictures of a training step share: two lanes, one for each worker; time runs from top to bottom. */
export const WIDTH = 420;

const WORKERS = 2;
export const workers: readonly number[] = [0, 1];
const margin = 8;
export const lane: { readonly width: number; readonly x: readonly number[] } = {
  width: 196,
  x: [margin, WIDTH - margin - 196],
};

/** The classes of the drawings; colours are variables of the page and of quantities.css. */
export const laneRules: string = `.box{fill:var(--picture-sunken);stroke:var(--picture-line)}
.barrier{fill:var(--picture-text)}
.on-barrier{fill:var(--picture-ground);font-weight:600}
.arrow{fill:none;stroke:var(--picture-text);stroke-width:1.5}
.head{fill:var(--picture-text)}
.ink{fill:var(--quantity-x)}
.own{fill:var(--quantity-W1);fill-opacity:.2;stroke:var(--picture-line)}
text{font:14px system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;fill:var(--picture-text);text-anchor:middle}
.small{font-size:12.5px}
.strong{font-weight:600}
.letter{font:italic 15px Georgia,"Times New Roman",serif}
.index{font-size:10px;font-style:normal}
${['x', 'W1', 'b1', 'z1', 'a1', 'z2', 'a2', 'loss'].map((name) => `.of-${name}{fill:var(--quantity-${name})}`).join('\n')}`;

/** The shards of a worker: as even a division as possible. */
export function shardsOf(worker: number, shards: number): number[] {
  const from = Math.floor((worker * shards) / WORKERS);
  const to = Math.floor(((worker + 1) * shards) / WORKERS);
  return Array.from({ length: to - from }, (_, k) => from + k);
}

/** A box for each shard, in the lane of its worker. */
export function shardBoxes(y: number, shards: number): string[] {
  const gap = 4;
  return workers.flatMap((worker) => {
    const own = shardsOf(worker, shards);
    const width = (lane.width - gap * (own.length - 1)) / own.length;
    return own.map((shard, k) => {
      const x = lane.x[worker]! + k * (width + gap);
      return [
        `<rect class="box" x="${x}" y="${y}" width="${width}" height="28" rx="5"/>`,
        text(x + width / 2, y + 19, `shard ${shard}`, 'small'),
      ].join('');
    });
  });
}

export function box(worker: number, y: number, height: number): string {
  return `<rect class="box" x="${lane.x[worker]}" y="${y}" width="${lane.width}" height="${height}" rx="8"/>`;
}

/** A barrier across both lanes. */
export function barrier(y: number, words: string): string[] {
  return [
    `<rect class="barrier" x="${margin}" y="${y}" width="${WIDTH - 2 * margin}" height="30" rx="5"/>`,
    text(WIDTH / 2, y + 20, words, 'on-barrier'),
  ];
}

/** An arrow in each lane. */
export function arrows(from: number, to: number): string[] {
  return workers.flatMap((worker) => {
    const x = middle(worker);
    return [
      `<path class="arrow" d="M${x} ${from}V${to - 6}"/>`,
      `<path class="head" d="M${x - 5} ${to - 7}h10l-5 7z"/>`,
    ];
  });
}

/** Quantities side by side, each in its colour. */
export function formula(x: number, y: number, ...letters: readonly (readonly [string, string])[]): string {
  const spans = letters.map(([name, index], k) => {
    // An index sits 4 lower; the next letter returns to the line.
    const place = k === 0 ? '' : ` dx="9"${letters[k - 1]![1] === '' ? '' : ' dy="-4"'}`;
    return letter(name, index, place);
  });
  return `<text x="${x}" y="${y}">${spans.join('')}</text>`;
}

export function letter(name: string, index: string, place = ''): string {
  const subscript = index === '' ? '' : `<tspan class="index" dy="4">${index}</tspan>`;
  const quantity = name.replace(/^d/, '') + index;
  return `<tspan class="letter of-${quantity}"${place}>${name}${subscript}</tspan>`;
}

export function text(x: number, y: number, content: string, className = ''): string {
  return `<text${className === '' ? '' : ` class="${className}"`} x="${x}" y="${y}">${content}</text>`;
}

export function middle(worker: number): number {
  return lane.x[worker]! + lane.width / 2;
}
