import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CoreApi, Entry } from './core-api.ts';
import type { Declaration } from './declarations.ts';
import { escapeHtml, signatureHtml } from './signature.ts';

/** A page of the site, as Markdown. */
export interface Page {
  /** Below `reference/core/`. */
  readonly file: string;
  readonly markdown: string;
}

const sections = [
  ['function', 'Functions'],
  ['constant', 'Constants'],
  ['type', 'Types'],
  ['class', 'Errors'],
] as const satisfies readonly (readonly [Declaration['kind'], string])[];

const FIRST_ORDER = 10;
const repository = fileURLToPath(new URL('../../../../../', import.meta.url));

/** A page for each entry. One entry documents a name, and the other entries that export it link there. */
export function corePages(api: CoreApi): Page[] {
  return api.entries.map((entry, k) => ({
    file: entry.slug === '' ? 'index.md' : `${entry.slug}.md`,
    markdown: pageOf(api, entry, FIRST_ORDER + k),
  }));
}

function pageOf(api: CoreApi, entry: Entry, order: number): string {
  const own = entry.exports.filter(({ name }) => api.home.get(name) === entry);
  const others = entry.exports.filter(({ name }) => api.home.get(name) !== entry);
  return [
    '---',
    `title: '${entry.name}'`,
    `description: 'What ${entry.name} exports: ${entry.holds.replaceAll("'", "''")}.'`,
    'sidebar:',
    `  label: '${entry.slug === '' ? '@micronn/core' : `…/${entry.slug}`}'`,
    `  order: ${order}`,
    '---',
    '',
    `${sentence(markdown(entry.holds, () => undefined))} Minified and compressed: ${entry.size}.`,
    '',
    ...(entry.slug === '' ? entryTable(api) : []),
    ...(own.length > 0 ? documented(api, entry, own) : []),
    ...(others.length > 0 ? elsewhere(api, entry, others) : []),
  ].join('\n');
}

/** The table of all other entries, on the page of the main entry. */
function entryTable({ entries }: CoreApi): string[] {
  return [
    'There is an entry for each part. A bundler includes only what is used, from any entry.',
    '',
    '| entry | holds | compressed |',
    '| --- | --- | ---: |',
    ...entries
      .filter(({ slug }) => slug !== '')
      .map(({ name, slug, holds, size }) => `| [\`${name}\`](${slug}/) | ${holds} | ${size} |`),
    '',
  ];
}

function documented(api: CoreApi, entry: Entry, own: readonly Declaration[]): string[] {
  return sections.flatMap(([kind, title]) => {
    const these = own.filter((declaration) => declaration.kind === kind);
    if (these.length === 0) return [];
    return [`## ${title}`, '', ...these.flatMap((declaration) => describe(api, entry, declaration))];
  });
}

function describe(api: CoreApi, entry: Entry, declaration: Declaration): string[] {
  const { name, signature, doc, file } = declaration;
  const link = (target: string): string | undefined => linkTo(api, entry, target);
  const lines = [
    `### \`${name}\``,
    '',
    signatureHtml(signature, (target) => (target === name ? undefined : link(target))),
    '',
    ...paragraphs(doc.text, link),
  ];
  for (const { name: parameter, text } of doc.params) {
    if (text !== '') lines.push(`- \`${parameter}\`: ${markdown(text.replace(/^- /, ''), link)}`);
  }
  for (const text of doc.throws)
    lines.push(`- throws ${markdown(text.replace(/^\w+Error/, '{@link $&}'), link)}`);
  lines.push('', `<p class="source">${path.relative(repository, file)}</p>`, '');
  return lines;
}

function elsewhere(api: CoreApi, entry: Entry, others: readonly Declaration[]): string[] {
  const link = (target: string): string | undefined => linkTo(api, entry, target);
  return [
    entry.slug === '' ? '## All exports' : '## Exported here too',
    '',
    '| name | |',
    '| --- | --- |',
    ...others.map(
      ({ name, doc }) =>
        `| [\`${name}\`](${linkTo(api, entry, name)}) | ${markdown(firstSentence(doc.text), link).replaceAll('|', '\\|')} |`,
    ),
    '',
  ];
}

/** The link from an entry's page to the documentation of a name; undefined if the name is not exported. */
function linkTo({ home }: CoreApi, from: Entry, name: string): string | undefined {
  const to = home.get(name);
  if (!to) return undefined;
  const page = to === from ? '' : `${from.slug === '' ? '' : '../'}${to.slug === '' ? '' : `${to.slug}/`}`;
  return `${page}#${anchorOf(to, home, name)}`;
}

/** The id that the site gives a heading: lower case, with a number if the id exists already. */
function anchorOf(entry: Entry, home: CoreApi['home'], name: string): string {
  const slug = name.toLowerCase();
  let before = 0;
  for (const [kind, title] of sections) {
    const these = entry.exports.filter((each) => each.kind === kind && home.get(each.name) === entry);
    if (these.length > 0 && title.toLowerCase() === slug) before++;
    for (const each of these) {
      if (each.name === name) return before === 0 ? slug : `${slug}-${before}`;
      if (each.name.toLowerCase() === slug) before++;
    }
  }
  throw new Error(`${name} is not documented in ${entry.name}`);
}

/** The paragraphs of a docstring. An indented paragraph is a formula on separate lines. */
function paragraphs(text: string, link: (name: string) => string | undefined): string[] {
  return text
    .split('\n\n')
    .filter((paragraph) => paragraph !== '')
    .flatMap((paragraph) => [
      paragraph.startsWith('  ')
        ? `<pre class="formula-line">${escapeHtml(paragraph.replaceAll(/^ {2}/gm, ''))}</pre>`
        : markdown(paragraph, link),
      '',
    ]);
}

/** The first sentence, or the introduction of a list up to the colon. */
function firstSentence(text: string): string {
  const [paragraph = ''] = text.split('\n\n');
  const flat = paragraph.replaceAll('\n', ' ');
  return /^.*?[.:](?= |$)/.exec(flat)?.[0].replace(/:$/, '.') ?? flat;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/**
 * A docstring's text as Markdown: lists and code stay, `{@link name}` becomes a link, and the characters of formulas
 * are escaped.
 */
function markdown(text: string, linkOf: (name: string) => string | undefined): string {
  return text
    .split(/(`[^`]+`|\{@link \w+\})/)
    .map((part) => {
      if (part.startsWith('`')) return part;
      const name = /^\{@link (\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return part.replaceAll(/[\\$*_<>[\]{}~|]/g, '\\$&');
      const link = linkOf(name);
      return link ? `[\`${name}\`](${link})` : `\`${name}\``;
    })
    .join('');
}
