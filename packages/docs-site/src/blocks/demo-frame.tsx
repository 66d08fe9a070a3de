import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Something to try: words, and for those who would rather press than read, what they do. */
export interface Try {
  readonly text: string;
  readonly apply?: () => void;
}

/** Long enough that a drag of a slider is told once, at its end. */
const SETTLE_MS = 400;

/**
 * What every demo stands in: its title, a button that takes it back to its start, its result in a sentence, and
 * what there is to try. The sentence is seen at once, and said to a screen reader when it has settled.
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
  /** What unfolds below the result. */
  more?: ComponentChildren;
}): JSX.Element {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  // Hydration leaves a control as it finds it: typed into before the scripts came, or restored by the browser. The
  // state is what the page was built with, and so shall the controls be.
  useLayoutEffect(() => form.current!.reset(), []);
  return (
    <section class="not-content" aria-labelledby={id}>
      {/* A form of the method `dialog` outside of a dialog goes nowhere, without a script too. */}
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

/** A result in a sentence, to be seen at once and heard when it has settled. */
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

/** Says a text to screen readers once it has not changed for a while, and nothing when the page opens. */
function Announcement({ text }: { text: string }): JSX.Element {
  const [said, say] = useState('');
  const first = useRef(text);
  useEffect(() => {
    if (text === first.current) return;
    first.current = '';
    const timer = setTimeout(() => say(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="sr-only" role="status">
      {said}
    </p>
  );
}
