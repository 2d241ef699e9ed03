// `npm run bench -- NAME [--json]`: runs bench/NAME.ts, a measurement of ours beside a peer or a bound in the same
// run. With --json the last line is {"name", "ours", "peers", "bound", "ratio", "unit"}.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
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

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
const names = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));
const [name] = positionals;
const file = join(root, 'bench', `${name}.ts`);
if (name === undefined || !existsSync(file)) {
  console.error(`Say which: npm run bench -- NAME [--json], NAME one of ${names.join(', ')}.`);
  process.exit(2);
}
const { run } = (await import(pathToFileURL(file).href)) as { run: () => Promise<BenchResult> };
const result = await run();
if (values.json === true) console.log(JSON.stringify(result));
else console.dir(result, { depth: 5 });
