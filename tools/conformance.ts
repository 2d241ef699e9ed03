// `npm run conformance -- FILE…`: runs vector files of other people's test data and prints, for each file, every failed
// case and `N passed, M failed`. A file is known by the shape of what it holds, not by its name.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type CaseRun, runnerFor } from './conformance-runners.ts';

const files = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
if (files.length === 0) {
  console.error('Say which: npm run conformance -- FILE…');
  process.exit(2);
}
const outcomes = files.map(runFile);
process.exitCode = outcomes.every((isGood) => isGood) ? 0 : 1;

function runFile(file: string): boolean {
  const name = basename(file);
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof content !== 'object' || content === null || Array.isArray(content))
      throw new Error('it has to hold a JSON object');
    const runner = runnerFor(content);
    if (runner !== undefined) return report(name, runner(content));
    console.log(`${name}: not run: no part of Bivak reads this shape yet`);
    return true;
  } catch (error) {
    console.log(`${file}: cannot be run: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

function report(name: string, { passed, failed, notRun = [] }: CaseRun): boolean {
  for (const failure of failed) console.log(`  ${failure}`);
  for (const what of notRun) console.log(`  not run: ${what}`);
  console.log(`${name}: ${passed} passed, ${failed.length} failed`);
  if (failed.length > 0) return false;
  if (passed > 0 || notRun.length > 0) return true;
  console.log(`  ${name} holds no case`);
  return false;
}
