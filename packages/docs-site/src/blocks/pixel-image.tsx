import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import styles from './pixel-image.module.css';

/**
 * Numbers as a small image, a square each: the larger, the stronger the colour; below 0 in another colour. Ink is
 * 28 × 28 bytes, and so are a hidden neuron's weights.
 */
export function PixelImage({
  values,
  side = 28,
  most,
  of,
  description,
  size,
}: {
  values: ArrayLike<number>;
  side?: number;
  /** What gets the full colour; left out, the largest of the values. */
  most?: number;
  /** The quantity whose colour it takes. */
  of: string;
  /** For who cannot see it; without, it is left out for them. */
  description?: string;
  /** In CSS pixels; left out, as wide as its place. */
  size?: number;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  useEffect(() => {
    const { color, caretColor } = getComputedStyle(canvas.current!);
    paint(canvas.current!, values, side, most ?? largest(values), channels(color), channels(caretColor));
  }, [values, side, most, theme]);
  return (
    <canvas
      ref={canvas}
      class={`${styles['image']} quantity-${of}`}
      width={side}
      height={side}
      style={size === undefined ? undefined : { width: `${size}px` }}
      {...(description === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': description })}
    />
  );
}

type Channels = readonly [red: number, green: number, blue: number];

/** A computed colour, which is always `rgb(…)`, as its three channels. */
function channels(color: string): Channels {
  const [red, green, blue] = color.match(/[\d.]+/g)!.map(Number);
  return [red!, green!, blue!];
}

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let k = 0; k < values.length; k++) most = Math.max(most, Math.abs(values[k]!));
  return most;
}

function paint(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  side: number,
  most: number,
  positive: Channels,
  negative: Channels,
): void {
  const context = canvas.getContext('2d')!;
  const picture = context.createImageData(side, side);
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    picture.data.set(value < 0 ? negative : positive, 4 * k);
    picture.data[4 * k + 3] = most === 0 ? 0 : Math.min(Math.abs(value) / most, 1) * 255;
  }
  context.putImageData(picture, 0, 0);
}

/** Changes with the page's theme, so that what was painted in the colours of one is painted anew. */
function useTheme(): string {
  const [theme, setTheme] = useState('');
  useEffect(() => {
    const root = document.documentElement;
    const read = () => setTheme(root.dataset['theme'] ?? '');
    read();
    const observer = new MutationObserver(read);
    observer.observe(root, { attributes: true, attributeFilter: ['data-theme'] });
    return () => observer.disconnect();
  }, []);
  return theme;
}
