import type { JSX } from 'preact';
import { Result } from '../../blocks/demo-frame.tsx';
import { DigitPad } from '../../blocks/digit-pad.tsx';
import { PixelImage } from '../../blocks/pixel-image.tsx';
import { Probabilities } from '../../blocks/probabilities.tsx';
import { clearDesk, draw, useDesk } from '../../desk/desk.ts';
import type { ModelFacts } from '../../desk/model-facts.ts';
import { withAction } from '../../desk/pen.ts';
import { describeReading } from '../../desk/reading.ts';
import { useNetwork, useReading } from '../../desk/use-reading.ts';
import styles from './HomeDigit.module.css';

const BLANK = new Uint8Array(784);

/**
 * The digit of the start page: the drawing, the input of the network, and its prediction.
 *
 * @param model the network, fetched when the reader starts to draw
 */
export default function HomeDigit({ model }: { model: ModelFacts }): JSX.Element {
  const { drawing, image, networks } = useDesk();
  const isDrawn = drawing.strokes.length > 0;
  const failure = useNetwork(model, isDrawn);
  const reading = useReading(networks[model.id]);
  return (
    <section class={`demo not-content ${styles['home']}`} aria-label="Draw a digit">
      <div class={styles['paper']}>
        <DigitPad drawing={drawing} onDraw={draw} hint="Draw a digit here" />
        <div class={styles['buttons']}>
          <button
            type="button"
            aria-disabled={!isDrawn}
            onClick={() => draw(withAction(drawing, { kind: 'undo' }))}
          >
            Undo
          </button>
          <button type="button" aria-disabled={!isDrawn} onClick={() => clearDesk()}>
            Clear
          </button>
        </div>
      </div>
      <div class={styles['read']}>
        <figure class={styles['seen']}>
          <PixelImage
            of="x"
            values={image ?? BLANK}
            most={255}
            description={image ? 'Your digit as 28 by 28 pixels' : 'No digit yet'}
          />
          <figcaption>28 × 28</figcaption>
        </figure>
        <Probabilities probabilities={reading?.probabilities} />
      </div>
      <Result text={failure ?? (reading ? describeReading('The network', reading) : 'No digit yet.')} />
    </section>
  );
}
