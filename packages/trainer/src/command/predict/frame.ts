import { extractInk, type Framing, frameDrawing } from '@micronn/core/digit';
import type { DataForm } from '../../data/data-form.ts';
import { MicronnError } from '../../errors.ts';
import type { RgbaImage } from '../../images/png.ts';

/** What the network sees of a picture. */
export interface Seen {
  /** The model's height × width bytes from 0 (paper) to 255 (ink). */
  readonly pixels: Uint8Array;
  /** Whether the drawing was placed as those of the training images are. */
  readonly reframed: boolean;
}

/**
 * The drawing in a picture, placed as the model's training images are.
 *
 * @param file its name, for errors
 * @throws MicronnError (exit code 3) when the picture shows nothing
 */
export function framedDrawing({ rgba, width, height }: RgbaImage, { framing }: DataForm, file: string): Seen {
  const seen = frameDrawing(extractInk(rgba, width, height), width, height, framing as Framing);
  if (!seen) throw new MicronnError('IMAGE_NO_INK', 'the image is blank: expected a drawing', { file });
  return seen;
}
