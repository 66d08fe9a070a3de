import type { AstroConfig } from 'astro';

/** A plugin of the Vite that Astro builds with. */
export type VitePlugin = Exclude<
  NonNullable<NonNullable<AstroConfig['vite']>['plugins']>[number],
  false | null | undefined
>;

const whenIdle = /const onIdle = window\.requestIdleCallback \|\| [^;]+;/;

// Runs in Starlight's scope, which has the button, the dialog, and the surrounding element as `this`.
const onFirstUse = `const onIdle = (load) => {
  let begun;
  const begin = () => {
    begun ??= load().then(() => { if (dialog.open) this.querySelector('input')?.focus(); });
  };
  for (const type of ['pointerenter', 'focus', 'click']) openBtn.addEventListener(type, begin);
  window.addEventListener('keydown', (e) => { if ((e.metaKey || e.ctrlKey) && e.key === 'k') begin(); });
};`;

/**
 * Lets Starlight load its search on first use, not on every page when it is idle: the search is two thirds of the
 * script that a page may load before scrolling.
 */
export function searchOnDemand(): VitePlugin {
  return {
    name: 'search-on-demand',
    enforce: 'pre',
    // In `pnpm dev` there is no search.
    apply: 'build',
    transform(code, id) {
      if (!/\/starlight\/.*\/Search\.astro\?.*type=script/.test(id)) return;
      if (!whenIdle.test(code))
        this.error('search-on-demand: expected Starlight to load its search with onIdle');
      return { code: code.replace(whenIdle, onFirstUse), map: null };
    },
  };
}
