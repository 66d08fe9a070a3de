import type { JSX } from 'preact';
import { PixelImage } from '../../blocks/pixel-image.tsx';
import type { Digits } from './digits.ts';
import styles from './Train.module.css';

/** Images that are shown. */
const SHOWN = 12;

/** What was understood of the reader's data, its classes, and some of its images with their labels. */
export function SampleStrip({ data }: { data: Digits }): JSX.Element {
  const { line, train, test, names, width, height, isHeldBack } = data;
  const pixels = width * height;
  return (
    <div class={styles['understood']} data-understood>
      <p>
        <code>{line}</code>
      </p>
      <p class="note">
        {train.labels.length.toLocaleString('en')} training images and{' '}
        {test.labels.length.toLocaleString('en')} {isHeldBack ? 'held back to validate' : 'test images'}.
        Classes: {listed(names)}.
      </p>
      <ul class={styles['strip']}>
        {someOf(data).map((place) => (
          <li key={place}>
            <PixelImage
              of="x"
              side={width}
              height={height}
              most={255}
              values={train.images.subarray(place * pixels, (place + 1) * pixels)}
            />
            {names[train.labels[place]!]}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The places of the first image of each class, then of the first images. */
function someOf({ train: { labels } }: Digits): number[] {
  const seen = new Set<number>();
  const firsts: number[] = [];
  for (let k = 0; k < labels.length && firsts.length < SHOWN; k++) {
    if (seen.has(labels[k]!)) continue;
    seen.add(labels[k]!);
    firsts.push(k);
  }
  return firsts.toSorted((one, other) => labels[one]! - labels[other]!);
}

function listed(names: readonly string[]): string {
  return names.length <= 30 ? names.join(', ') : `${names.slice(0, 24).join(', ')}, … ${names.at(-1)}`;
}
