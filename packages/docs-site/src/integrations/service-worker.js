// The site's service worker. The build puts CACHE, a name that changes with the files, and FILES before it.

addEventListener('install', (event) => {
  skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
      await clients.claim();
      // The page that is open came before the worker did.
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

/** Everything else comes from the network while there is one, and is kept for when there is none. */
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
