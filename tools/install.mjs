// Installs what is missing before `npm start` and `npm test`. Plain JavaScript: it runs on whatever Node the
// machine has (20 or newer), before the pinned Node that the project itself runs on has been installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major] = process.versions.node.split('.').map(Number);
if (major < 20) fail(`Bivak needs Node 20 or newer to install itself; this is ${process.version}.`);
if (!isInstalled()) install();
checkPinnedNode();

/** True where every package of the lock file that belongs on this machine stands in node_modules. */
function isInstalled() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (path === '' || link || !path.includes('node_modules/')) return true;
    if (installed[path] === undefined) return optional === true;
    return installed[path].version === version && existsSync(join(root, path, 'package.json'));
  });
}

function install() {
  console.log('Installing what is missing (once; later starts need no network) …');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, commandArgs] = npm?.endsWith('.js') ? [process.execPath, [npm, ...args]] : ['npm', args];
  const result = spawnSync(command, commandArgs, { cwd: root, stdio: 'inherit', env: cleanEnvironment() });
  if (result.error) fail(`npm could not be started: ${result.error.message}`);
  if (result.status !== 0) {
    fail(
      `npm ci ended with ${result.status ?? result.signal}. The first install needs a network; then run this again.`,
    );
  }
}

/** npm hands its own settings down to the scripts that it runs; a nested npm must not take them for the user's. */
function cleanEnvironment() {
  const inherited =
    /^npm_(config_(argv|global|prefix|local_prefix|workspace.*|omit|include|only|production)|package_|lifecycle_)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !inherited.test(name)));
}

function checkPinnedNode() {
  const binary = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  if (existsSync(binary) || major >= 26) return;
  fail(
    `There is no packaged Node 26 for ${process.platform} ${process.arch}. Install Node 26 yourself and run this again.`,
  );
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
