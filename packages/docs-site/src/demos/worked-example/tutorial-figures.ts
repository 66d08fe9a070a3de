import type { Stop } from './worked-run.ts';

/** A number as the tutorial shows it, with the cause if it is a slip. */
interface Shown {
  readonly text: string;
  readonly decimals: number;
  readonly slip?: string;
}

/** The tutorial's figures by their names in core's trace: `dW1[1][2]`, `after.z1[0]`, `loss`. */
export type ShownFigures = Readonly<Record<string, Shown>>;

/** A number of core's trace, and the tutorial's figure for it. */
export interface ComparedNumber {
  /** `dW1[1][2]` */
  readonly place: string;
  readonly value: number;
  readonly shown: Shown | undefined;
}

/** Each number of a stop with the tutorial's figure. */
export function compareWithTutorial({ entries }: Stop, figures: ShownFigures): ComparedNumber[] {
  return entries.flatMap(({ name, shape, values }) =>
    Array.from(values, (value, k) => {
      const place = `${name}${positionOf(shape, k)}`;
      return { place, value, shown: figures[place] };
    }),
  );
}

function positionOf(shape: readonly number[], k: number): string {
  if (shape.length === 0) return '';
  return shape.length === 1 ? `[${k}]` : `[${Math.floor(k / shape[1]!)}][${k % shape[1]!}]`;
}

/** The shortest text that denotes exactly this double, with a true minus sign. */
export function inFull(value: number): string {
  return (Object.is(value, -0) ? '0' : String(value)).replace('-', '−').replace('e−', 'e-');
}

/** A figure in the fixtures. */
interface FixtureFigure {
  readonly step: string;
  readonly quantity: string;
  readonly shown: string;
  readonly decimals: number;
  readonly why?: string;
}

/**
 * The tutorial's figures by their names in core's trace. The worked example takes precedence over the chapters, and a
 * slip over both.
 */
export function shownFigures(
  figures: readonly FixtureFigure[],
  slips: readonly FixtureFigure[],
): ShownFigures {
  const byPlace: Record<string, Shown> = {};
  const isWorked = ({ step }: FixtureFigure) => step.startsWith('worked');
  const inOrder = [
    ...figures.filter((figure) => !isWorked(figure)),
    ...figures.filter(isWorked).toReversed(),
    ...slips,
  ];
  for (const { quantity, shown, decimals, why } of inOrder) {
    const place = quantity
      .replace(/^before\./, '')
      .replace(/^afterPass\./, 'after.')
      .replace(/^W2TransposedDz2/, 'da1');
    byPlace[place] = { text: shown.replace('-', '−'), decimals, ...(why !== undefined && { slip: why }) };
  }
  return byPlace;
}
