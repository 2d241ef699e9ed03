// `npm run storm -- --seed N --minutes M [--payments P] [--preset honest|ill-tempered|hostile] [--hosts 1|2] [--kills K]`:
// sales, banks and crashes by a seed; the banks' books decide. The last line is the report as JSON.
import { readOptions, type StormOptions } from '../tests/storm/options.ts';
import { storm } from '../tests/storm/storm.ts';

let options: StormOptions;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exit(2);
}
const aborting = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => aborting.abort(new Error('broken off')));
const report = await storm(options, (line) => console.log(line), aborting.signal).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
for (const [kind, ids] of Object.entries(report.faults))
  console.log(`${kind} ${ids.length}: ${ids.join(' ')}`);
if (report.folder !== null) console.log(`logs and stories: ${report.folder}`);
console.log(`again: ${report.command}`);
console.log(JSON.stringify(report));
const isClean = Object.keys(report.faults).length === 0 && report.endedByThemselves.length === 0;
process.exitCode = isClean ? 0 : 1;
