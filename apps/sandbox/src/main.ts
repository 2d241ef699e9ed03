// `npm start`: the sandbox. Starts every process, plays the story, and stays up to be used by hand.
import { parseArgs } from 'node:util';
import { readOptions, usage } from './options.ts';
import { runSandbox } from './run-sandbox.ts';
import { NotPossible } from './world/home.ts';

const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) {
  console.log(usage);
  process.exit(0);
}
const options = readOptions(args, parseArgs);
if (typeof options === 'string') {
  console.error(`${options}\n\n${usage}`);
  process.exit(2);
}
process.exitCode = await runSandbox(options).catch((error: unknown) => {
  // Of what the user can put right he needs the words; of a bug we need the place.
  const isWords = error instanceof NotPossible || (error as Error).constructor === Error;
  console.error(isWords ? (error as Error).message : error);
  return 1;
});
process.exit();
