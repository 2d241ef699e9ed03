// Installs what is missing before `npm start`, `npm test` and `npm run check`. Plain JavaScript: it runs on whatever
// Node the machine has (20 or newer), before the pinned Node that the project itself runs on has been installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nodePackages = /^node_modules\/node-(bin-)?(linux|darwin|win)-/;
const [major] = process.versions.node.split('.').map(Number);
if (major < 20) fail(`Bivak needs Node 20 or newer to install itself; this is ${process.version}.`);
// Vite takes paths for addresses, and a path that holds the separator of PATH cannot be on it.
const unfit = ['#', '?', '%', delimiter].find((sign) => root.includes(sign));
if (unfit) fail(`Bivak cannot be built in ${root}: move it to a folder without “${unfit}” in its path.`);
if (missingPackages().length > 0) install();
ensurePinnedNode();

/** The packages of the lock file that belong on this machine and do not stand in node_modules: their paths. */
function missingPackages() {
  const wanted = readPackages('package-lock.json');
  const installed = readPackages(join('node_modules', '.package-lock.json'));
  return Object.entries(wanted)
    .filter(([path, entry]) => path.includes('node_modules/') && !entry.link)
    .filter(([path, entry]) =>
      installed[path] === undefined
        ? isNeeded(entry)
        : installed[path].version !== entry.version || !existsSync(join(root, path, 'package.json')),
    )
    .map(([path]) => path);
}

function readPackages(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

/** npm goes on without a warning if the download of an optional package fails, also of one made for this machine. */
function isNeeded({ optional, os, cpu, libc }) {
  if (optional !== true) return true;
  if (os === undefined || cpu === undefined) return false;
  return fits(os, process.platform) && fits(cpu, process.arch) && (libc === undefined || isGlibc(libc));
}

function fits(allowed, mine) {
  return [allowed].flat().includes(mine);
}

function isGlibc(libc) {
  return fits(libc, 'glibc') && !readdirSync('/lib').some((name) => name.startsWith('ld-musl-'));
}

function install() {
  console.log('Installing what is missing (once; later starts need no network) …');
  const status = npm([
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  if (status !== 0)
    fail(`npm ci ended with ${status}. The first install needs a network; then run this again.`);
  const missing = missingPackages();
  if (missing.length > 0)
    fail(`npm ci left out ${missing.join(', ')}. Where the download failed, run this again.`);
}

function npm(args) {
  const npmPath = process.env.npm_execpath;
  const [command, commandArgs] = npmPath?.endsWith('.js')
    ? [process.execPath, [npmPath, ...args]]
    : ['npm', args];
  const result = spawnSync(command, commandArgs, { cwd: root, stdio: 'inherit', env: cleanEnvironment() });
  if (result.error) fail(`npm could not be started: ${result.error.message}`);
  return result.status ?? result.signal;
}

/** npm hands its own settings down to the scripts that it runs; a nested npm must not take them for the user's. */
function cleanEnvironment() {
  const inherited =
    /^npm_(config_(argv|global|prefix|local_prefix|workspace.*|omit|include|only|production)|package_|lifecycle_)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !inherited.test(name)));
}

function ensurePinnedNode() {
  const binary = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  if (!existsSync(binary)) linkPinnedNode();
  if (!existsSync(binary) && major < 26)
    fail(
      `There is no packaged Node 26 for ${process.platform} ${process.arch}. Install Node 26 yourself and run this again.`,
    );
  if (!existsSync(binary) || process.platform === 'win32') return;
  const { status, error, stderr } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  if (status !== 0) fail(`The packaged Node does not run on this machine: ${error?.message ?? stderr}`);
}

/**
 * npm 10 takes the link away again: it removes the commands of those optional packages that do not fit the machine,
 * and the packages with other machines' Node name the same command.
 */
function linkPinnedNode() {
  const mine = Object.keys(readPackages(join('node_modules', '.package-lock.json'))).find((path) =>
    nodePackages.test(path),
  );
  if (mine !== undefined) npm(['rebuild', mine.slice('node_modules/'.length), '--silent']);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
