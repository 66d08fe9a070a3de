/** The values of a network of 784 inputs, ten hidden neurons and ten classes for one digit. */
export interface NetworkPicture {
  /** 784 bytes, row by row; 0 is paper. */
  readonly pixels: Uint8Array;
  /** Ten rows of 28: the contribution of each row of pixels to z1 of a hidden neuron. */
  readonly rowContributions: readonly (readonly number[])[];
  readonly a1: readonly number[];
  /** Ten rows of 10: the contribution of each hidden neuron to z2 of a class, W2[c][h]·a1[h]. */
  readonly outputContributions: readonly (readonly number[])[];
  readonly probabilities: readonly number[];
  /** Alternative text. */
  readonly title: string;
  readonly parameterCount: number;
}

export const WIDTH = 900;
export const HEIGHT = 420;

const SIDE = 28;
const CELL = 8;
const image = { x: 36, y: 86.5, size: SIDE * CELL };
const hidden = { x: 456, r: 11 };
const output = { x: 664, r: 11 };
const bars = { x: 708, width: 120 };
const neuronY = (k: number): number => 68 + k * 29;

/** The drawing without its outer `<svg>`; colours come from the classes of {@link pictureRules}. */
export function drawNetwork(picture: NetworkPicture): string {
  const { pixels, rowContributions, a1, outputContributions, probabilities, parameterCount } = picture;
  const best = probabilities.indexOf(Math.max(...probabilities));
  const mostActive = Math.max(...a1);
  const hiddenNeurons = a1.map((value, h) =>
    neuron('a1', hidden.x, hidden.r, h, value > 0 ? 0.15 + (0.85 * value) / mostActive : 0),
  );
  const outputNeurons = probabilities.map((value, c) => neuron('a2', output.x, output.r, c, value));
  const digits = probabilities.map((_, c) =>
    text(bars.x - 16, neuronY(c) + 5, String(c), c === best ? 'digit best' : 'digit'),
  );
  const barRects = probabilities.map(
    (p, c) =>
      `<rect class="track" x="${bars.x}" y="${neuronY(c) - 6}" width="${bars.width}" height="12" rx="3"/>` +
      (p >= 0.004
        ? `<rect class="fill-a2" x="${bars.x}" y="${neuronY(c) - 6}" width="${round(Math.max(p * bars.width, 2))}" height="12" rx="3"/>`
        : ''),
  );
  const percents = probabilities.map((p, c) =>
    p >= 0.005
      ? text(
          bars.x + bars.width + 8,
          neuronY(c) + 4,
          `${Math.round(p * 100)} %`,
          c === best ? 'small start best' : 'small start',
        )
      : '',
  );
  return [
    `<rect class="paper" x="${image.x - 1}" y="${image.y - 1}" width="${image.size + 2}" height="${image.size + 2}" rx="6"/>`,
    ...inkPaths(pixels),
    ...lines('W1', inputLines(rowContributions)),
    ...lines('W2', outputLines(outputContributions)),
    ...hiddenNeurons,
    ...outputNeurons,
    ...digits,
    ...barRects,
    ...percents,
    caption(image.x + image.size / 2, 66, 'x', '', '28 × 28 = 784 pixels'),
    caption((image.x + image.size + hidden.x) / 2, 378, 'W', '1', '10 × 784', 'b', '1', '10'),
    caption(hidden.x, 40, 'a', '1', '10 × ReLU'),
    caption((hidden.x + output.x) / 2, 378, 'W', '2', '10 × 10', 'b', '2', '10'),
    caption(bars.x + 16, 40, 'a', '2', '10 × softmax'),
    text(bars.x + 62, 378, `${parameterCount.toLocaleString('en')} parameters`, 'label strong'),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** The drawing's classes. The colours are variables of quantities.css and of the page. */
export const pictureRules = `.paper,.track{fill:var(--picture-sunken)}
.ink{fill:var(--quantity-x)}
.base{stroke:var(--picture-line)}
.W1{stroke:var(--quantity-W1)}
.W2{stroke:var(--quantity-W2)}
.base,.W1,.W2{fill:none}
.neuron{fill:var(--picture-ground);stroke-width:1.5}
.ring-a1{stroke:var(--quantity-a1)}
.ring-a2{stroke:var(--quantity-a2)}
.fill-a1{fill:var(--quantity-a1)}
.fill-a2{fill:var(--quantity-a2)}
text{font:14px system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;fill:var(--picture-text);text-anchor:middle}
.letter{font:italic 17px Georgia,"Times New Roman",serif}
.index{font-size:11px;font-style:normal}
.digit{fill:var(--picture-text)}
.best{fill:var(--quantity-a2);font-weight:700}
.small{font-size:12px}
.start{text-anchor:start}
.strong{font-weight:600}
${['x', 'W1', 'b1', 'a1', 'W2', 'b2', 'a2'].map((name) => `.of-${name}{fill:var(--quantity-${name})}`).join('\n')}`;

/** The pixels, as a path for each of sixteen grey levels, with a rectangle for each run of equal pixels. */
function inkPaths(pixels: Uint8Array): string[] {
  const level = (value: number): number => Math.round((value / 255) * 15);
  const paths = Array.from({ length: 16 }, () => '');
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; ) {
      const shade = level(pixels[row * SIDE + column]!);
      let end = column + 1;
      while (end < SIDE && level(pixels[row * SIDE + end]!) === shade) end++;
      const width = (end - column) * CELL;
      paths[shade] += `M${image.x + column * CELL} ${image.y + row * CELL}h${width}v${CELL}h-${width}z`;
      column = end;
    }
  }
  return paths.flatMap((path, shade) =>
    shade > 0 && path !== '' ? [`<path class="ink" opacity="${round(shade / 15)}" d="${path}"/>`] : [],
  );
}

interface Line {
  readonly d: string;
  /** From −1 to 1; the strongest line has 1 or −1. */
  readonly strength: number;
}

function inputLines(rowContributions: readonly (readonly number[])[]): Line[] {
  const strongest = largest(rowContributions);
  return rowContributions.flatMap((rows, h) =>
    rows.map((value, row) => ({
      d: `M${image.x + image.size + 6} ${image.y + row * CELL + CELL / 2}L${hidden.x - hidden.r} ${neuronY(h)}`,
      strength: value / strongest,
    })),
  );
}

function outputLines(contributions: readonly (readonly number[])[]): Line[] {
  const strongest = largest(contributions);
  return contributions.flatMap((values, c) =>
    values.map((value, h) => ({
      d: `M${hidden.x + hidden.r} ${neuronY(h)}L${output.x - output.r} ${neuronY(c)}`,
      strength: value / strongest,
    })),
  );
}

/** All lines in a faint colour, then those with a positive contribution in the colour of the weights, in four strengths. */
function lines(quantity: string, all: readonly Line[]): string[] {
  const base = `<path class="base" d="${all.map(({ d }) => d).join('')}"/>`;
  const steps = [0.15, 0.35, 0.6, 0.9];
  return [
    base,
    ...steps.flatMap((opacity, k) => {
      const from = 0.05 + 0.95 * (k / steps.length) ** 1.5;
      const to = 0.05 + 0.95 * ((k + 1) / steps.length) ** 1.5;
      const chosen = all.filter(
        ({ strength }) => strength > from && (strength <= to || k === steps.length - 1),
      );
      if (chosen.length === 0) return [];
      return [
        `<path class="${quantity}" opacity="${opacity}" stroke-width="${round(0.9 + 0.5 * k)}" d="${chosen.map(({ d }) => d).join('')}"/>`,
      ];
    }),
  ];
}

function neuron(quantity: string, x: number, r: number, k: number, activity: number): string {
  const y = neuronY(k);
  const ring = `<circle class="neuron ring-${quantity}" cx="${x}" cy="${y}" r="${r}"/>`;
  if (activity < 0.01) return ring;
  return `${ring}<circle class="fill-${quantity}" cx="${x}" cy="${y}" r="${r - 3}" opacity="${round(activity)}"/>`;
}

/** The quantities in their colours with their shapes: `W1 10 × 784 · b1 10`. */
function caption(x: number, y: number, ...parts: string[]): string {
  let spans = '';
  for (let k = 0; k < parts.length; k += 3) {
    const [letter, index, size] = parts.slice(k, k + 3);
    const subscript = index === '' ? '' : `<tspan class="index" dy="4">${index}</tspan>`;
    spans += `${k > 0 ? '<tspan>  ·  </tspan>' : ''}<tspan class="letter of-${letter}${index}">${letter}${subscript}</tspan>`;
    spans += `<tspan dx="6"${index === '' ? '' : ' dy="-4"'}>${size}</tspan>`;
  }
  return `<text class="label" x="${x}" y="${y}">${spans}</text>`;
}

function text(x: number, y: number, content: string, className: string): string {
  return `<text class="${className}" x="${x}" y="${y}">${content}</text>`;
}

function largest(rows: readonly (readonly number[])[]): number {
  return Math.max(...rows.flat().map(Math.abs));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
