// Keeps the screen's own files in the browser, so that a reload while the till's process starts again shows the screen,
// which waits for it, and not the browser's error page. Answers of the till (/v1/…) are never kept.
const store = 'bivak-screen';

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
  event.respondWith(newestElseKept(request));
});

/** The till's file where it answers, so that a new version shows at once; else the one that was kept. */
async function newestElseKept(request) {
  const cache = await caches.open(store);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (failure) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept === undefined) throw failure;
    return kept;
  }
}
