import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import styles from './pixel-image.module.css';

/**
 * Numbers as a small image with a square for each: larger numbers have a stronger colour, negative ones a second
 * colour. It shows ink, or the weights of a hidden neuron, as 28 × 28 squares.
 */
export function PixelImage({
  values,
  side = 28,
  height = side,
  most,
  of,
  description,
  size,
}: {
  values: ArrayLike<number>;
  /** Pixels of a row. */
  side?: number;
  /** Number of rows. */
  height?: number;
  /** The value with the full colour; by default the largest one. */
  most?: number;
  /** The quantity whose colour the image has. */
  of: string;
  /** Alternative text; without it, the image is hidden from screen readers. */
  description?: string;
  /** Width in CSS pixels; by default that of the container. */
  size?: number;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  useEffect(() => {
    const { color, caretColor } = getComputedStyle(canvas.current!);
    paint(
      canvas.current!,
      values,
      [side, height],
      most ?? largest(values),
      channels(color),
      channels(caretColor),
    );
  }, [values, side, height, most, theme]);
  return (
    <canvas
      ref={canvas}
      class={`${styles['image']} quantity-${of}`}
      width={side}
      height={height}
      style={size === undefined ? undefined : { width: `${size}px` }}
      {...(description === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': description })}
    />
  );
}

type Channels = readonly [red: number, green: number, blue: number];

/** The three channels of a computed colour, which is always `rgb(…)`. */
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
  [width, height]: readonly [number, number],
  most: number,
  positive: Channels,
  negative: Channels,
): void {
  const context = canvas.getContext('2d')!;
  const picture = context.createImageData(width, height);
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    picture.data.set(value < 0 ? negative : positive, 4 * k);
    picture.data[4 * k + 3] = most === 0 ? 0 : Math.min(Math.abs(value) / most, 1) * 255;
  }
  context.putImageData(picture, 0, 0);
}

/** The page's theme. The component renders again when it changes, as the image is painted in the theme's colours. */
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
