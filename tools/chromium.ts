import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const wellKnown = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/snap/bin/chromium'];

/** The whole browser, not its headless shell: `chromium.executablePath()` gives that one's path alone. */
export const playwrightInstall = [
  join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js'),
  'install',
  'chromium',
  '--no-shell',
];

/**
 * The path of a Chromium that the browser tests can drive: the one that `BIVAK_CHROMIUM` names, else one on
 * the machine, else Playwright's own if it was installed. Throws an Error that says what to do if
 * there is none.
 */
export async function findChromium(): Promise<string> {
  const found = installedChromium();
  if (found !== undefined) return found;
  throw new Error(
    'No Chromium was found. Run "npm test" (it installs one) or set BIVAK_CHROMIUM to its path.',
  );
}

/** As {@link findChromium}, but installs one if there is none: Debian's for root on Debian, else Playwright's. */
export async function ensureChromium(): Promise<string> {
  const found = installedChromium();
  if (found !== undefined) return found;
  const isRootOnDebian = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  const tried = isRootOnDebian ? [installFromDebian, installFromPlaywright] : [installFromPlaywright];
  for (const install of tried) {
    install();
    const installed = installedChromium();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    'No Chromium: none is on this machine, and neither Debian’s package nor Playwright’s own could be installed. ' +
      'Install one and set BIVAK_CHROMIUM to its path.',
  );
}

function installedChromium(): string | undefined {
  const named = process.env.BIVAK_CHROMIUM;
  if (named) {
    if (runs(named)) return named;
    throw new Error(`BIVAK_CHROMIUM names ${named}, which does not run.`);
  }
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = [
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...wellKnown,
    chromium.executablePath(),
  ];
  return candidates.find(runs);
}

/** A file that may be executed is not enough: some systems ship a script that only says how to get the browser. */
function runs(path: string): boolean {
  return existsSync(path) && spawnSync(path, ['--version'], { timeout: 30_000 }).status === 0;
}

function installFromDebian(): void {
  console.log('Installing Debian’s Chromium (once) …');
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (args: string[]) => spawnSync('apt-get', args, { stdio: 'inherit', env: environment });
  run(['update', '-qq']);
  run(['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core']);
}

function installFromPlaywright(): void {
  console.log('Installing Playwright’s Chromium (once) …');
  spawnSync(process.execPath, playwrightInstall, { stdio: 'inherit' });
}
