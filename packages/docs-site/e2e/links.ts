import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pagesOf } from './pages.ts';

/** A page's HTML; pages by their addresses, as in pages.ts. */
export const htmlOf = (folder: string, page: string): Promise<string> =>
  readFile(path.join(folder, page === '' || page.endsWith('/') ? `${page}index.html` : page), 'utf8');

/**
 * Follows every link of a built site, under its base path, to its file and to the element of its anchor.
 *
 * @returns the number of links within the site, and the broken ones
 */
export async function checkLinks(folder: string, base: string): Promise<{ count: number; broken: string[] }> {
  const all = pagesOf(folder);
  const ids = new Map<string, Set<string>>();
  const broken: string[] = [];
  const html = new Map(
    await Promise.all(all.map(async (page) => [page, await htmlOf(folder, page)] as const)),
  );
  for (const [page, text] of html) {
    ids.set(`${base}/${page}`, new Set(Array.from(text.matchAll(/\sid="([^"]+)"/g), ([, id]) => id!)));
  }
  let count = 0;
  for (const [page, text] of html) {
    // Code that the page shows can contain links that are not links of the page.
    const links = text
      .replaceAll(/<pre[\s\S]*?<\/pre>/g, '')
      .matchAll(/\s(?:href|src|component-url|renderer-url)="([^"]*)"/g);
    for (const [, link] of links) {
      const target = new URL(link!.replaceAll('&amp;', '&'), `http://site${base}/${page}`);
      if (target.host !== 'site') continue;
      count++;
      const anchor = decodeURIComponent(target.hash.slice(1));
      const known = ids.get(target.pathname);
      if (known) {
        if (anchor !== '' && !known.has(anchor))
          broken.push(`${page}: no ${target.hash} in ${target.pathname}`);
      } else if (!(await isFile(folder, base, target.pathname))) {
        broken.push(`${page}: ${link}`);
      }
    }
  }
  return { count, broken };
}

async function isFile(folder: string, base: string, pathname: string): Promise<boolean> {
  if (!pathname.startsWith(`${base}/`)) return false;
  try {
    await readFile(path.join(folder, decodeURIComponent(pathname.slice(base.length))));
    return true;
  } catch (error) {
    if (['ENOENT', 'EISDIR'].includes((error as NodeJS.ErrnoException).code!)) return false;
    throw error;
  }
}
