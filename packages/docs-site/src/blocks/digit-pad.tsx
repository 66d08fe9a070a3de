import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { type Drawing, describePen, strokePath } from '../desk/pen.ts';
import styles from './digit-pad.module.css';
import { usePen } from './use-pen.ts';

/** The pen's rest after which its position is announced: a move of several steps is announced once. */
const SETTLE_MS = 350;

/**
 * A square to draw a digit on, by finger, pen or mouse, or by keyboard: arrows move the pen, the space bar lowers
 * and lifts it. Screen readers hear the position of the pen.
 */
export function DigitPad({
  drawing,
  onDraw,
  hint = 'Draw a digit',
}: {
  drawing: Drawing;
  onDraw: (drawing: Drawing) => void;
  /** Text on the empty paper. */
  hint?: string;
}): JSX.Element {
  const id = useId();
  const { events, byKeys } = usePen(drawing, onDraw);
  return (
    <div class={styles['pad']}>
      <svg
        {...events}
        class={styles['paper']}
        viewBox="0 0 100 100"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: readers draw here by keyboard, as the role says
        tabIndex={0}
        role="application"
        aria-label="Paper to draw a digit on"
        aria-describedby={`${id}-keys`}
      >
        <g class={styles['strokes']}>
          {drawing.strokes.map((stroke, k) => (
            <path key={k} d={strokePath(stroke)} />
          ))}
        </g>
        {drawing.strokes.length === 0 && (
          <text class={styles['hint']} x="50" y="53" text-anchor="middle">
            {hint}
          </text>
        )}
        {byKeys && (
          <circle
            class={drawing.down ? `${styles['pen']} ${styles['down']}` : styles['pen']}
            cx={drawing.pen.x * 100}
            cy={drawing.pen.y * 100}
            r="4.5"
          />
        )}
      </svg>
      <p class={styles['keys']} id={`${id}-keys`}>
        Keyboard: <kbd>arrows</kbd> move the pen, <kbd>space</kbd> lowers and lifts it, <kbd>⌫</kbd> removes
        the last line.
      </p>
      <PenAnnouncement text={byKeys ? describePen(drawing) : ''} />
    </div>
  );
}

/** Announces the position of the pen once it rests. */
function PenAnnouncement({ text }: { text: string }): JSX.Element {
  const [announced, announce] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => announce(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="sr-only" aria-live="polite">
      {announced}
    </p>
  );
}
