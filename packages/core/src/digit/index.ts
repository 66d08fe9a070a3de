/** @micronn/core/digit: converts a drawn digit into an image like MNIST's. */
export { ShapeError } from '../shapes.ts';
export { countDrawings } from './count-drawings.ts';
export { type Drawing, extractDrawing } from './extract-drawing.ts';
export { extractInk } from './extract-ink.ts';
export { type FramedDrawing, type Framing, frameDrawing, measureFraming, type Spread } from './framing.ts';
export type { Ink } from './ink-box.ts';
export { DIGIT_SIDE, MASS_CENTER, normalizeDigit } from './normalize-digit.ts';
export { normalizeStrokes, type Stroke, type StrokePoint } from './normalize-strokes.ts';
export { PEN_WIDTH } from './pen-width.ts';
export { resample } from './resample.ts';
export { toGrey } from './to-grey.ts';
