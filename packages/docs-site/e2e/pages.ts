import { readdirSync } from 'node:fs';
import path from 'node:path';

/** The pages of a built site by their addresses: ``, `tutorial/softmax/`, `404.html`. New pages are included automatically. */
export function pagesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.html'))
    .map((file) =>
      file
        .split(path.sep)
        .join('/')
        .replace(/(^|\/)index\.html$/, '$1'),
    )
    .toSorted();
}
