import { basename, dirname } from 'node:path';
import { languages } from '@bivak/messages';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type UserConfig } from 'vite';
import { namespacesOf, type ScreenName } from './screens.ts';

/**
 * The build of a screen: `name` which one it is, `root` its folder, `output` where it is built to (from the root), `api` where
 * its server answers while the screen is developed (`npx vite apps/…/screen`).
 */
export function screenConfig(options: {
  name: ScreenName;
  root: string;
  output: string;
  api: string;
}): UserConfig {
  const proxy = { target: options.api, changeOrigin: false };
  return defineConfig({
    root: options.root,
    plugins: [react(), textsOf(options.name)],
    build: { outDir: options.output, emptyOutDir: true, chunkSizeWarningLimit: 1_500 },
    server: { host: '127.0.0.1', proxy: { '/v1': proxy, '/api': proxy, '/settings.json': proxy } },
  });
}

/** Leaves out the texts that this screen does not register: a till need not carry the sandbox's scenario in every language. */
export function textsOf(name: ScreenName): Plugin {
  const kept = new Set<string>([...namespacesOf(name), 'index']);
  return {
    name: 'bivak-texts',
    enforce: 'pre',
    load(id) {
      const folder = dirname(id);
      const file = basename(id, '.ts');
      const isText =
        dirname(folder).endsWith('/messages/src') && languages.some(({ code }) => code === basename(folder));
      return isText && !kept.has(file) ? `export const ${file} = {};` : null;
    },
  };
}
