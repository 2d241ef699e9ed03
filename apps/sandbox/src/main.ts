// `npm start`: the sandbox. Starts every process, plays the scenario, and stays up to be used by hand.
import { createRenderer } from '@bivak/messages';
import { withoutProxyOnLoopback } from '@bivak/process';
import { CommanderError } from 'commander';
import { readOptions, type SandboxOptions } from './options.ts';
import { runSandbox } from './run-sandbox.ts';
import { NotPossible } from './world/home.ts';

// This process and those that it starts talk to one another over loopback, which no proxy reaches.
Object.assign(process.env, withoutProxyOnLoopback(process.env));
const options = read();
process.exitCode = await runSandbox(options).catch((error: unknown) => {
  console.error(faultText(error));
  return 1;
});
process.exit();

/** The user needs to know what can be put right; a bug needs its place. */
function faultText(error: unknown): unknown {
  if (error instanceof NotPossible)
    return createRenderer({ language: options.language }).t(`sandbox:notPossible.${error.code}`, error.facts);
  return (error as Error).constructor === Error ? (error as Error).message : error;
}

/** Ends the process once commander has written the help or what is wrong. */
function read(): SandboxOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode);
    throw error;
  }
}
