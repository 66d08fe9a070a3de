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

// The address of the site. Without SITE there is no sitemap and no canonical link; without BASE the site is at the
// root of its host. GitHub Pages of a project needs both: SITE=https://name.github.io BASE=/MicroNN.
const { SITE, BASE } = process.env;

// A folder of pages is a group of the sidebar, if the folder exists. `sidebar.order` in the front matter of a page
// sets its position.
const group = (label: string, directory: string) =>
  existsSync(new URL(`./src/content/docs/${directory}/`, import.meta.url))
    ? [{ label, items: [{ autogenerate: { directory } }] }]
    : [];

// The preview of links to the site. The address of its picture must be absolute.
const socialCard = SITE
  ? [
      { tag: 'meta', attrs: { property: 'og:image', content: absolute('social-card.png') } } as const,
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

function absolute(file: string): string {
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
    // No data: addresses, which the content security policy would have to allow.
    build: {
      assetsInlineLimit: 0,
      rolldownOptions: {
        // Astro marks its pages with its own directives, and Rolldown warns about each.
        onLog: (level, log, handle) => {
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
        },
      },
    },
  },
});
