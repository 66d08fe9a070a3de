import { argmax } from '@micronn/core';
import { areDigits } from '@micronn/core/data';
import type { Prediction } from '../../console/reporter.ts';
import type { DataForm } from '../../data/data-form.ts';
import type { Warn } from '../../data/source.ts';
import { readImage } from '../../images/read-image.ts';
import type { Classifier } from './classifier.ts';
import { seenOf } from './frame.ts';
import { isUnlikeAll } from './predict-rows.ts';
import type { Answer } from './prediction-file.ts';

/** What a picture is predicted with. */
export interface PictureRequest {
  readonly form: DataForm;
  readonly classifier: Classifier;
  /** Whether the network gets pictures as they are. */
  readonly asIs: boolean;
  readonly warn: Warn;
}

/**
 * Predicts the class of a picture.
 *
 * @throws MicronnError (exit code 3) when it cannot be read, or shows nothing
 */
export async function predictPicture(
  file: string,
  { form, classifier, asIs, warn }: PictureRequest,
  signal: AbortSignal,
): Promise<{ prediction: Prediction; answer: Answer }> {
  const picture = await readImage(file, signal);
  const { pixels, reframed } = seenOf(picture, form, { asIs, file, warn });
  const probabilities = classifier.classify(pixels);
  const output = argmax(probabilities)[0]!;
  const unlike = isUnlikeAll(pixels, form);
  if (unlike) {
    warn('IMAGE_UNLIKE', `${file}: the picture is unlike every class that the model has learned`);
  }
  const { names } = form.classes;
  const { width, height } = picture;
  const prediction: Prediction = {
    file,
    width,
    height,
    label: names[output]!,
    ...(areDigits(form.classes) && { digit: Number(names[output]) }),
    probabilities: [...probabilities],
    classes: names,
    reframed,
    pixels: [...pixels],
    pixelsWidth: form.width,
    pixelsHeight: form.height,
  };
  return {
    prediction,
    answer: {
      id: file,
      output,
      probability: probabilities[output]!,
      probabilities: probabilities.slice(),
      unlike,
    },
  };
}
