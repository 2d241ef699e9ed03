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
interface Bench {
  run: (options: readonly string[]) => Promise<BenchResult>;
  /** What it may be called with beside --json; nothing if it says none. */
  options?: readonly string[];
}

const [name = '', ...args] = process.argv.slice(2).filter((arg) => arg !== '--json');
const bench = names.includes(name) ? await load(name) : undefined;
if (bench === undefined || args.some((arg) => !(bench.options ?? []).includes(arg))) {
  console.error(
    `Say which: npm run bench -- NAME [--json], NAME one of ${names.join(', ')}; growth takes --full.`,
  );
  process.exit(2);
}
const result = await bench.run(args);
if (process.argv.includes('--json')) console.log(JSON.stringify(result));
else console.dir(result, { depth: 5 });

async function load(name: string): Promise<Bench> {
  return (await import(pathToFileURL(join(root, 'bench', `${name}.ts`)).href)) as Bench;
}
