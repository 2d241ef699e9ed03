// `npm run bench -- NAME [--json]`: runs bench/NAME.ts, a measurement of ours beside a peer or a bound in the same
// run. With --json the last line is {"name", "ours", "peers", "bound", "ratio", "unit"}.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './run-steps.ts';

/** What a benchmark reports; every figure of `ours`, `peers` and `bound` is in `unit`. */
export interface BenchResult {
  name: string;
  ours: unknown;
  peers: Record<string, unknown>;
  bound: unknown;
  ratio: unknown;
  unit: string;
}

const names = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));
const request = read(process.argv.slice(2));
if (request === undefined) {
  console.error(`Say which: npm run bench -- NAME [--json], NAME one of ${names.join(', ')}.`);
  process.exit(2);
}
const file = join(root, 'bench', `${request.name}.ts`);
const { run } = (await import(pathToFileURL(file).href)) as { run: () => Promise<BenchResult> };
const result = await run();
if (request.json) console.log(JSON.stringify(result));
else console.dir(result, { depth: 5 });

/** What the command line requests; undefined if that is no benchmark of bench/. */
function read(args: string[]): { name: string; json: boolean } | undefined {
  const json = args.includes('--json');
  const [name, ...more] = args.filter((arg) => arg !== '--json');
  return name !== undefined && more.length === 0 && names.includes(name) ? { name, json } : undefined;
}
