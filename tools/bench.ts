// `npm run bench -- NAME [--json] [OPTIONS]`: runs bench/NAME.ts, a measurement of ours beside a peer or a bound in the same
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
  console.error(`Say which: npm run bench -- NAME [--json] [OPTIONS], NAME one of ${names.join(', ')}.`);
  process.exit(2);
}
const file = join(root, 'bench', `${request.name}.ts`);
const { run } = (await import(pathToFileURL(file).href)) as {
  run: (options: readonly string[]) => Promise<BenchResult>;
};
const result = await run(request.options);
if (request.json) console.log(JSON.stringify(result));
else console.dir(result, { depth: 5 });

/** What the command line requests; undefined if that is no benchmark of bench/. */
function read(args: string[]): { name: string; json: boolean; options: string[] } | undefined {
  const json = args.includes('--json');
  const [name, ...options] = args.filter((arg) => arg !== '--json');
  return name !== undefined && names.includes(name) ? { name, json, options } : undefined;
}
