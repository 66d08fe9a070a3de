// The site's service worker. The build prepends CACHE, a name that depends on the files, and FILES.

addEventListener('install', (event) => {
  skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
      await clients.claim();
      // The open page was loaded before the worker.
      const cache = await caches.open(CACHE);
      const open = await clients.matchAll({ type: 'window' });
      await Promise.allSettled(open.map(({ url }) => cache.add(url)));
    })(),
  );
});

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(FILES.includes(new URL(request.url).pathname) ? kept(request) : fresh(request));
});

/** Files with a hash in their name never change. */
async function kept(request) {
  return (await caches.match(request)) ?? fresh(request);
}

/** All other files come from the network, and from the cache if there is no network. */
async function fresh(request) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const before = await cache.match(request, { ignoreSearch: true });
    if (before) return before;
    throw error;
  }
}
