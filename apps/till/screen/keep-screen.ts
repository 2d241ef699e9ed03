/**
 * Has the browser keep the screen's files (see public/keep-screen.js). What this page has already loaded is asked for once
 * more, now through the keeper; a browser that has none goes on without.
 */
export function keepScreen(): void {
  const keeper = (navigator as Partial<Navigator>).serviceWorker;
  if (keeper === undefined) return;
  void keeper
    .register('/keep-screen.js')
    .then(() => keeper.ready)
    .then(async () => {
      if (keeper.controller === null)
        await new Promise<void>((resolve) =>
          keeper.addEventListener('controllerchange', () => resolve(), { once: true }),
        );
      const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
      const files = ['/', ...loaded.filter((path) => path.startsWith('/assets/'))];
      await Promise.all(files.map((path) => fetch(path)));
      document.documentElement.dataset.kept = 'true';
    })
    .catch(() => {}); // without it only a reload during a restart of the till looks worse
}
