import { Command } from 'commander';
import { addInspect } from './inspect.ts';
import { addRun } from './run.ts';

const program = new Command('bivak')
  .description('Card payments where there is no network, and every one of them collected when it returns')
  .version('0.1.0')
  .showHelpAfterError();
addRun(program);
addInspect(program);
await program.parseAsync();
