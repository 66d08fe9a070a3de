import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import {
  actionOfKey,
  type Drawing,
  describePen,
  strokePath,
  withAction,
  withPenAt,
  withPenDown,
} from '../desk/pen.ts';
import styles from './digit-pad.module.css';

/** Long enough that a way of several steps is told once. */
const SETTLE_MS = 350;

/**
 * A square to draw a digit into, by finger, pen or mouse, and by keys: arrows move the pen, the space bar sets it
 * down and lifts it. Where the pen is, is told to screen readers.
 */
export function DigitPad({
  drawing,
  onDraw,
  hint = 'Draw a digit',
}: {
  drawing: Drawing;
  onDraw: (drawing: Drawing) => void;
  /** Stands on the paper while it is empty. */
  hint?: string;
}): JSX.Element {
  const id = useId();
  const held = useRef(new Set<string>());
  // Several events may come before the next render: each goes on from the last.
  const latest = useRef(drawing);
  latest.current = drawing;
  const [byKeys, setByKeys] = useState(false);
  const change = (next: Drawing) => {
    latest.current = next;
    onDraw(next);
  };
  const placeOf = (paper: SVGSVGElement, { clientX, clientY }: PointerEvent) => {
    const { left, top, width, height } = paper.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  };

  return (
    <div class={styles['pad']}>
      <svg
        class={styles['paper']}
        viewBox="0 0 100 100"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: one draws here with keys, which is what its role says
        tabIndex={0}
        role="application"
        aria-label="Paper to draw a digit on"
        aria-describedby={`${id}-keys`}
        onPointerDown={(event) => {
          if (event.button !== 0 || !event.isPrimary) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setByKeys(false);
          change(withPenDown(latest.current, placeOf(event.currentTarget, event)));
        }}
        onPointerMove={(event) => {
          if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
          const paper = event.currentTarget;
          const events = event.getCoalescedEvents?.() ?? [];
          const places = (events.length > 0 ? events : [event]).map((one) => placeOf(paper, one));
          change(withPenAt(latest.current, places));
        }}
        onLostPointerCapture={() => latest.current.down && change({ ...latest.current, down: false })}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          held.current.add(event.key);
          const action = actionOfKey(event.key, held.current, event.shiftKey);
          if (!action || (event.repeat && action.kind === 'toggle')) return;
          event.preventDefault();
          setByKeys(true);
          change(withAction(latest.current, action));
        }}
        onKeyUp={(event) => held.current.delete(event.key)}
        onFocus={({ currentTarget }) => setByKeys(currentTarget.matches(':focus-visible'))}
        onBlur={() => {
          held.current.clear();
          setByKeys(false);
          if (latest.current.down) change({ ...latest.current, down: false });
        }}
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
        By keys: <kbd>arrows</kbd> move the pen, <kbd>space</kbd> sets it down and lifts it, <kbd>⌫</kbd>{' '}
        takes the last line back.
      </p>
      <PenAnnouncement text={byKeys ? describePen(drawing) : ''} />
    </div>
  );
}

/** Says where the pen is once it rests. */
function PenAnnouncement({ text }: { text: string }): JSX.Element {
  const [said, say] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => say(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="sr-only" aria-live="polite">
      {said}
    </p>
  );
}
