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
  const content = readJson(file);
  if (content instanceof Error) {
    console.log(`${file}: cannot be read: ${content.message}`);
    return false;
  }
  const runner = runnerFor(content);
  if (runner === undefined) {
    console.log(`${basename(file)}: not run: no part of Bivak reads this shape yet`);
    return true;
  }
  const { passed, failed }: CaseRun = runner(content);
  for (const failure of failed) console.log(`  ${failure}`);
  console.log(`${basename(file)}: ${passed} passed, ${failed.length} failed`);
  return failed.length === 0 && passed > 0;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
