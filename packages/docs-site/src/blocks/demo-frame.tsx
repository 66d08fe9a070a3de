import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** A suggestion to try: text, and optionally the action of a button. */
export interface Try {
  readonly text: string;
  readonly apply?: () => void;
}

/** The rest after which a result is announced: a drag of a slider is announced once, at its end. */
const SETTLE_MS = 400;

/**
 * The frame of every demo: title, reset button, the result in a sentence, and suggestions to try. The sentence is
 * visible at once, and announced to screen readers when it has settled.
 */
export function DemoFrame({
  title,
  result,
  onReset,
  tries = [],
  children,
  more,
}: {
  title: string;
  result: string;
  onReset: () => void;
  tries?: readonly Try[];
  children: ComponentChildren;
  /** Content below the result. */
  more?: ComponentChildren;
}): JSX.Element {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  // Hydration keeps values that the reader typed before the scripts loaded, or that the browser restored. The state
  // is the one that the page was built with, so the controls are reset to it.
  useLayoutEffect(() => form.current!.reset(), []);
  return (
    <section class="not-content" aria-labelledby={id}>
      {/* A form with the method `dialog` outside of a dialog is never submitted, even without JavaScript. */}
      <form class="demo" ref={form} method="dialog" autocomplete="off" noValidate>
        <header>
          <p class="title" id={id}>
            {title}
          </p>
          <button type="button" onClick={onReset}>
            Start again
          </button>
        </header>
        {children}
        <Result text={result} />
        {more}
        {tries.length > 0 && (
          <div class="tries">
            <p class="label">What to try</p>
            <ul>
              {tries.map(({ text, apply }) => (
                <li key={text}>
                  {apply ? (
                    <button type="button" class="quiet" onClick={apply}>
                      {text}
                    </button>
                  ) : (
                    text
                  )}
                </li>
              ))}
            </ul>
          </div>
        )}
      </form>
    </section>
  );
}

/** A result in a sentence: visible at once, announced when it has settled. */
export function Result({ text }: { text: string }): JSX.Element {
  return (
    <>
      <p class="result" data-result>
        {text}
      </p>
      <Announcement text={text} />
    </>
  );
}

/** Announces a text to screen readers once it has not changed for a while, except the first text of the page. */
function Announcement({ text }: { text: string }): JSX.Element {
  const [announced, announce] = useState('');
  const first = useRef(text);
  useEffect(() => {
    if (text === first.current) return;
    first.current = '';
    const timer = setTimeout(() => announce(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="sr-only" role="status">
      {announced}
    </p>
  );
}
