import type { Stop } from './worked-run.ts';

/** A number as the tutorial shows it, and where that is a slip, what is wrong with it. */
interface Shown {
  readonly text: string;
  readonly decimals: number;
  readonly slip?: string;
}

/** The tutorial's figures by the names of core's trace: `dW1[1][2]`, `after.z1[0]`, `loss`. */
export type ShownFigures = Readonly<Record<string, Shown>>;

/** One number, twice: as it is, and as the tutorial says it. */
export interface ComparedNumber {
  /** `dW1[1][2]` */
  readonly place: string;
  readonly value: number;
  readonly shown: Shown | undefined;
}

/** Each number of a stop beside the tutorial's. */
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

/** A number in full: the shortest text that means this very double, with a true minus sign. */
export function inFull(value: number): string {
  return (Object.is(value, -0) ? '0' : String(value)).replace('-', '−').replace('e−', 'e-');
}

/** A figure as the fixtures have it. */
interface FixtureFigure {
  readonly step: string;
  readonly quantity: string;
  readonly shown: string;
  readonly decimals: number;
  readonly why?: string;
}

/**
 * The tutorial's figures by the names of core's trace. What the full worked example says comes before what the
 * chapters say, and a slip before either.
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
