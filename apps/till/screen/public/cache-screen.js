// Caches the screen's own files in the browser, so that a reload while the till's process restarts shows the screen,
// which waits for it, and not the browser's error page. Responses of the till (/v1/…) are never cached.
const cacheName = 'bivak-screen';

self.addEventListener('install', (event) => {
  event.waitUntil(self.skipWaiting());
});
self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const isScreen = pathname === '/' || pathname === '/index.html' || pathname.startsWith('/assets/');
  if (request.method !== 'GET' || origin !== self.location.origin || !isScreen) return;
  event.respondWith(newestElseCached(request));
});

/** The till's file if it responds, so that a new version shows at once; else the one in the cache. */
async function newestElseCached(request) {
  const cache = await caches.open(cacheName);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const cached = await cache.match(request, { ignoreSearch: true });
    if (cached === undefined) throw error;
    return cached;
  }
}
