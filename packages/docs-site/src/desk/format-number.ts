/** The site's default number of decimals: enough to show the tutorial's rounding. */
export const DECIMALS = 5;

/**
 * A number with a fixed number of decimals and a true minus sign, so that columns of tabular figures are aligned.
 * A number that rounds to zero has no sign.
 */
export function formatNumber(value: number, decimals: number = DECIMALS): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A probability as a percentage with one decimal: 0.53062 is `53.1 %`. */
export function formatPercent(probability: number): string {
  return `${formatNumber(probability * 100, 1)} %`;
}

/** A number of any size: as by `formatNumber` if that shows enough digits, else as `2.688 × 10⁴³`, `∞` or `NaN`. */
export function formatAnySize(value: number, decimals: number = DECIMALS): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size === 0 || (size >= 10 ** -decimals && size < 1e5)) return formatNumber(value, decimals);
  const [mantissa, exponent] = size.toExponential(3).split('e') as [string, string];
  const raised = exponent.replace(/^\+/, '').replaceAll(/[-\d]/g, (c) => superscripts[c]!);
  return `${value < 0 ? '−' : ''}${mantissa} × 10${raised}`;
}

/** A number without trailing zeros, for the factors of a product. */
export function formatShort(value: number): string {
  return formatNumber(value)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** A term or factor, in brackets if it is negative. */
export function inBrackets(text: string): string {
  return text.startsWith('−') ? `(${text})` : text;
}

const superscripts: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from('-0123456789', (c, k) => [c, Array.from('⁻⁰¹²³⁴⁵⁶⁷⁸⁹')[k]!]),
);

/** A number of bytes, as `407 kB` or `1.9 MB`. */
export function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A rate with three significant digits: `412,000`. */
export function formatRate(perSecond: number): string {
  const size = 10 ** Math.max(Math.floor(Math.log10(perSecond)) - 2, 0);
  return (Math.round(perSecond / size) * size).toLocaleString('en');
}
