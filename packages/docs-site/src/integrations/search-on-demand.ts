import type { AstroConfig } from 'astro';

/** A plugin of the Vite that Astro builds with. */
export type VitePlugin = Exclude<
  NonNullable<NonNullable<AstroConfig['vite']>['plugins']>[number],
  false | null | undefined
>;

const whenIdle = /const onIdle = window\.requestIdleCallback \|\| [^;]+;/;

// In Starlight's own scope: the button, the dialog and `this`, the element around them.
const onFirstUse = `const onIdle = (load) => {
  let begun;
  const begin = () => {
    begun ??= load().then(() => { if (dialog.open) this.querySelector('input')?.focus(); });
  };
  for (const type of ['pointerenter', 'focus', 'click']) openBtn.addEventListener(type, begin);
  window.addEventListener('keydown', (e) => { if ((e.metaKey || e.ctrlKey) && e.key === 'k') begin(); });
};`;

/**
 * Lets Starlight load its search when a reader first turns to it, and not on every page as soon as that is idle:
 * it is two thirds of the script that a page may have before it is scrolled.
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
        this.error('Starlight loads its search in another way than search-on-demand knows');
      return { code: code.replace(whenIdle, onFirstUse), map: null };
    },
  };
}
