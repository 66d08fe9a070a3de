import type { SVGAttributes } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { actionOfKey, type Drawing, withAction, withPenAt, withPenDown } from '../desk/pen.ts';

type PaperEvents = Pick<
  SVGAttributes<SVGSVGElement>,
  'onPointerDown' | 'onPointerMove' | 'onLostPointerCapture' | 'onKeyDown' | 'onKeyUp' | 'onFocus' | 'onBlur'
>;

/** Draws on a paper by pointer and by keyboard: its event handlers, and whether the keyboard was used last. */
export function usePen(
  drawing: Drawing,
  onDraw: (drawing: Drawing) => void,
): { readonly events: PaperEvents; readonly byKeys: boolean } {
  const held = useRef(new Set<string>());
  // Several events can arrive before the next render; each one continues from the last drawing.
  const latest = useRef(drawing);
  latest.current = drawing;
  const [byKeys, setByKeys] = useState(false);
  const change = (next: Drawing) => {
    latest.current = next;
    onDraw(next);
  };
  const lift = () => {
    if (latest.current.down) change({ ...latest.current, down: false });
  };
  const events: PaperEvents = {
    onPointerDown(event) {
      if (event.button !== 0 || !event.isPrimary) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setByKeys(false);
      change(withPenDown(latest.current, placeOf(event.currentTarget, event)));
    },
    onPointerMove(event) {
      const paper = event.currentTarget;
      if (!paper.hasPointerCapture(event.pointerId)) return;
      const moves = event.getCoalescedEvents?.() ?? [];
      const places = (moves.length > 0 ? moves : [event]).map((move) => placeOf(paper, move));
      change(withPenAt(latest.current, places));
    },
    onLostPointerCapture: lift,
    onKeyDown(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      held.current.add(event.key);
      const action = actionOfKey(event.key, held.current, event.shiftKey);
      if (!action || (event.repeat && action.kind === 'toggle')) return;
      event.preventDefault();
      setByKeys(true);
      change(withAction(latest.current, action));
    },
    onKeyUp: (event) => held.current.delete(event.key),
    onFocus: ({ currentTarget }) => setByKeys(currentTarget.matches(':focus-visible')),
    onBlur() {
      held.current.clear();
      setByKeys(false);
      lift();
    },
  };
  return { events, byKeys };
}

/** The position of a pointer on the paper, from 0 to 1 in both directions. */
function placeOf(
  paper: SVGSVGElement,
  { clientX, clientY }: PointerEvent,
): { readonly x: number; readonly y: number } {
  const { left, top, width, height } = paper.getBoundingClientRect();
  return { x: (clientX - left) / width, y: (clientY - top) / height };
}
