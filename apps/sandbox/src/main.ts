// `npm start`: the sandbox. Starts every process, plays the story, and stays up to be used by hand.
import { parseArgs } from 'node:util';
import { readOptions, usage } from './options.ts';
import { runSandbox } from './run-sandbox.ts';

const options = readOptions(process.argv.slice(2), parseArgs);
if (typeof options === 'string') {
  console.error(`${options}\n\n${usage}`);
  process.exit(2);
}
process.exitCode = await runSandbox(options);
process.exit();
