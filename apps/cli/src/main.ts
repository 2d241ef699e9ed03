import { Command, CommanderError } from 'commander';
import { addInspect } from './inspect.ts';
import { addRun } from './run.ts';

/** The command line was wrong: nothing was done. */
const wrongUsage = 2;

const program = new Command('bivak')
  .description('Card payments where there is no network, and every one of them collected when it returns')
  .version('0.1.0')
  .showHelpAfterError()
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  bivak start --once                     plays the story and prints its figures
  bivak host --config host.json          one host, as in production
  bivak inspect fn 05                    a frame of the fiscal drive
  bivak inspect iso8583 --profile north capture.bin

Ends with 0, with 1 where it failed or could not read what it was given, with 2 where the command line is wrong.`,
  );
addRun(program);
addInspect(program);
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Its words are written already; asked for help or the version, it ends with 0.
  process.exitCode = error.exitCode === 0 ? 0 : wrongUsage;
}
