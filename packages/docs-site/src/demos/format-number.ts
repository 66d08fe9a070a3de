/** The digits after the point that the site shows everywhere: enough to see the tutorial's roundings. */
export const DECIMALS = 5;

/**
 * A number with a fixed count of decimals and a true minus sign, so that columns of tabular figures line up.
 * What rounds to zero is plain zero, without a sign.
 */
export function formatNumber(value: number, decimals: number = DECIMALS): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A probability as a percentage with one decimal: 0.53062 is `53.1 %`. */
export function formatPercent(probability: number): string {
  return `${formatNumber(probability * 100, 1)} %`;
}
