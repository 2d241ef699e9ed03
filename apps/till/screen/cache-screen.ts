/**
 * Has the browser cache the screen's files (see public/cache-screen.js). What this page has already loaded is requested once
 * more, now through the service worker; a browser that has no service workers goes on without.
 */
export function cacheScreen(): void {
  const workers = (navigator as Partial<Navigator>).serviceWorker;
  if (workers === undefined) return;
  void workers
    .register('/cache-screen.js')
    .then(() => workers.ready)
    .then(async () => {
      if (workers.controller === null)
        await new Promise<void>((resolve) =>
          workers.addEventListener('controllerchange', () => resolve(), { once: true }),
        );
      const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
      const files = ['/', ...loaded.filter((path) => path.startsWith('/assets/'))];
      await Promise.all(files.map((path) => fetch(path)));
      document.documentElement.dataset.cached = 'true';
    })
    .catch(() => {}); // without it only a reload during a restart of the till looks worse
}
