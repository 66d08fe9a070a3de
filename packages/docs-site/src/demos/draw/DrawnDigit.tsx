import type { JSX } from 'preact';
import { DigitPad } from '../../blocks/digit-pad.tsx';
import { PixelImage } from '../../blocks/pixel-image.tsx';
import { clearDesk, type Desk, draw } from '../../desk/desk.ts';
import { withAction } from '../../desk/pen.ts';
import styles from './Draw.module.css';

/** The image that is shown while there is no digit. */
const BLANK = new Uint8Array(784);

/** The drawing or the sample, and the image that the network receives. */
export function DrawnDigit({ desk: { drawing, sample, image } }: { desk: Desk }): JSX.Element {
  return (
    <>
      <figure class={styles['drawing']}>
        <figcaption class="label">{sample ? `MNIST’s ${sample.label}` : 'Your drawing'}</figcaption>
        {sample ? (
          <PixelImage
            of="y"
            values={sample.image}
            most={255}
            description={`A ${sample.label} of MNIST’s test set`}
          />
        ) : (
          <DigitPad drawing={drawing} onDraw={draw} />
        )}
        <div class={styles['buttons']}>
          {sample ? (
            <button type="button" onClick={() => clearDesk()}>
              Draw a digit myself
            </button>
          ) : (
            <PadButtons drawing={drawing} />
          )}
        </div>
      </figure>
      <figure class={styles['seen']}>
        <figcaption class="label">
          Input of the network, <span class="note">28 × 28</span>
        </figcaption>
        <PixelImage
          of="x"
          values={image ?? BLANK}
          most={255}
          description={image ? 'The digit as 28 by 28 pixels' : 'No digit yet'}
        />
      </figure>
    </>
  );
}

function PadButtons({ drawing }: Pick<Desk, 'drawing'>): JSX.Element {
  const isEmpty = drawing.strokes.length === 0;
  return (
    <>
      <button
        type="button"
        aria-disabled={isEmpty}
        onClick={() => draw(withAction(drawing, { kind: 'undo' }))}
      >
        Undo
      </button>
      <button type="button" aria-disabled={isEmpty} onClick={() => clearDesk()}>
        Clear
      </button>
    </>
  );
}
