import { normalizeDigit } from './normalize-digit.ts';
export interface Framing {
  readonly kind: string;
}
export function measureFraming(
  _images: Uint8Array,
  _count: number,
  _width: number,
  _height: number,
): Framing {
  return { kind: 'mnist' };
}
export function frameDrawing(
  ink: Uint8Array,
  width: number,
  height: number,
  _framing: Framing,
): { pixels: Uint8Array; reframed: boolean } | undefined {
  const pixels = normalizeDigit(ink, width, height);
  return pixels && { pixels, reframed: true };
}
