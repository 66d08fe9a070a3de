import starlight from '@astrojs/starlight';
import { defineConfig } from 'astro/config';

// Where the site will stand. Without SITE there is no sitemap and no canonical link; without BASE it stands at
// the root of its host. GitHub Pages of a project needs both: SITE=https://name.github.io BASE=/MicroNN.
const { SITE, BASE } = process.env;

export default defineConfig({
  ...(SITE ? { site: SITE } : {}),
  ...(BASE ? { base: BASE } : {}),
  integrations: [
    starlight({
      title: 'MicroNN',
      description: 'A neural network from scratch in TypeScript, where every number can be checked.',
      logo: { src: './src/drawings/mark.svg' },
      favicon: '/favicon.svg',
      customCss: ['./src/styles/quantities.css', './src/styles/site.css'],
      sidebar: [],
    }),
  ],
});
