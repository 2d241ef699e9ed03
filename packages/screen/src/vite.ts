import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';

/**
 * The build of a screen: `root` its folder, `output` where it is built to (from the root), `api` where its server answers
 * while the screen is developed (`npx vite apps/…/screen`).
 */
export function screenConfig(options: { root: string; output: string; api: string }): UserConfig {
  const proxy = { target: options.api, changeOrigin: false };
  return defineConfig({
    root: options.root,
    plugins: [react()],
    build: { outDir: options.output, emptyOutDir: true, chunkSizeWarningLimit: 1_500 },
    server: { host: '127.0.0.1', proxy: { '/v1': proxy, '/api': proxy, '/settings.json': proxy } },
  });
}
