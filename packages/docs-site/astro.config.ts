import { existsSync } from 'node:fs';
import { unified } from '@astrojs/markdown-remark';
import preact from '@astrojs/preact';
import starlight from '@astrojs/starlight';
import { defineConfig } from 'astro/config';
import rehypeKatex from 'rehype-katex';
import remarkMath from 'remark-math';
import { katexOptions } from './src/desk/katex-options.ts';
import { contentSecurityPolicy } from './src/integrations/content-security-policy.ts';
import { coreReference } from './src/integrations/core-reference/core-reference.ts';
import { loadInNode } from './src/integrations/load-in-node.ts';
import { offline } from './src/integrations/offline.ts';
import { searchOnDemand } from './src/integrations/search-on-demand.ts';

// Where the site will stand. Without SITE there is no sitemap and no canonical link; without BASE it stands at
// the root of its host. GitHub Pages of a project needs both: SITE=https://name.github.io BASE=/MicroNN.
const { SITE, BASE } = process.env;

// A folder of pages becomes a group of the sidebar as soon as there is one; `sidebar.order` in a page's front
// matter puts it in its place.
const group = (label: string, directory: string) =>
  existsSync(new URL(`./src/content/docs/${directory}/`, import.meta.url))
    ? [{ label, items: [{ autogenerate: { directory } }] }]
    : [];

// A card for those who get a link to the site; the address of its picture has to be a whole one.
const socialCard = SITE
  ? [
      { tag: 'meta', attrs: { property: 'og:image', content: whole('social-card.png') } } as const,
      { tag: 'meta', attrs: { property: 'og:image:width', content: '1200' } } as const,
      { tag: 'meta', attrs: { property: 'og:image:height', content: '630' } } as const,
      {
        tag: 'meta',
        attrs: {
          property: 'og:image:alt',
          content: 'A handwritten digit goes through the network of MicroNN.',
        },
      } as const,
    ]
  : [];

function whole(file: string): string {
  return new URL(`${(BASE ?? '').replace(/\/$/, '')}/${file}`, SITE).href;
}

export default defineConfig({
  ...(SITE ? { site: SITE } : {}),
  ...(BASE ? { base: BASE } : {}),
  markdown: {
    processor: unified({ remarkPlugins: [remarkMath], rehypePlugins: [[rehypeKatex, katexOptions]] }),
  },
  integrations: [
    coreReference(),
    starlight({
      title: 'MicroNN',
      description: 'A neural network from scratch in TypeScript, where every number can be checked.',
      logo: { src: './src/drawings/mark.svg' },
      favicon: '/favicon.svg',
      customCss: [
        'katex/dist/katex-swap.css',
        './src/styles/quantities.css',
        './src/styles/site.css',
        './src/styles/math.css',
        './src/styles/demo.css',
        './src/styles/reference.css',
      ],
      head: socialCard,
      sidebar: [
        ...group('Tutorial', 'tutorial'),
        { label: 'Demos', items: [{ label: 'All on one page', slug: 'demos' }] },
        ...group('Reference', 'reference'),
      ],
    }),
    preact(),
    contentSecurityPolicy(),
    offline(),
  ],
  vite: {
    worker: { format: 'es' },
    plugins: [searchOnDemand(), loadInNode('@micronn/trainer/reference')],
    // Nothing as a data: address, which the policy would have to allow.
    build: {
      assetsInlineLimit: 0,
      rolldownOptions: {
        // Astro marks its pages by directives of its own, and Rolldown warns of each.
        onLog: (level, log, handle) => {
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
        },
      },
    },
  },
});
