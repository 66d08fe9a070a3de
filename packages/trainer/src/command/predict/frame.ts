import { extractDrawing, type Framing, frameDrawing } from '@micronn/core/digit';
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
 * @throws MicronnError (exit code 3) when the picture shows nothing, or its paper cannot be told from its ink
 */
export function framedDrawing(picture: RgbaImage, { framing }: DataForm, file: string): Seen {
  const { ink, width, height, problem } = extractDrawing(picture.rgba, picture.width, picture.height);
  if (problem === 'paper') {
    throw new MicronnError(
      'IMAGE_PAPER',
      'the paper is not of one colour, and the drawing cannot be told from it: crop the picture to the drawing, or light it evenly',
      { file },
    );
  }
  const seen = frameDrawing(ink, width, height, framing as Framing);
  if (!seen) throw new MicronnError('IMAGE_NO_INK', 'the image is blank: expected a drawing', { file });
  return seen;
}
