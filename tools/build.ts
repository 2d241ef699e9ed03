// Builds the screens (till, console, sandbox panel) with Vite. `npm run build` builds all; `ensureScreens`
// builds only those whose sources are newer than what was built.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Source folder and output folder of each screen, from the project's root. */
export const screens = [
  { source: 'apps/till/screen', output: 'apps/till/dist' },
  { source: 'apps/console/screen', output: 'apps/console/dist' },
  { source: 'apps/sandbox/panel', output: 'apps/sandbox/dist' },
] as const;

/** What the screens are made of beside their own folders; a test holds that nothing is missing here. */
export const sharedSources = [
  'packages/screen/src',
  'packages/messages/src',
  'packages/contracts/src',
  'packages/domain/src',
  'packages/lifecycle/src',
  'packages/money/src',
  'apps/sandbox/src/scenario/event-text.ts',
  'package-lock.json',
];

/** Builds the screens that are missing or older than their sources. Throws an Error if a build fails. */
export function ensureScreens(options: { all?: boolean } = {}): void {
  const sharedMs = Math.max(...sharedSources.map((path) => newestMs(join(root, path))));
  for (const { source, output } of screens) {
    const folder = join(root, source);
    if (!existsSync(folder)) continue;
    const built = join(root, output, 'index.html');
    const isFresh = existsSync(built) && statSync(built).mtimeMs > Math.max(sharedMs, newestMs(folder));
    if (isFresh && options.all !== true) continue;
    console.log(`Building ${source} …`);
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    // Node reads the configuration itself; Vite would write a copy of it into node_modules, which may be another's.
    const args = [vite, 'build', '--configLoader', 'native', '--logLevel', 'warn', folder];
    const result = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
    if (result.status !== 0) throw new Error(`${source} could not be built.`);
  }
}

function newestMs(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (newest, entry) => Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs),
      stat.mtimeMs,
    );
}

if (import.meta.main) ensureScreens({ all: true });
