import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';

const apps = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** `bivak start` and the processes one by one. */
export function addRun(program: Command): void {
  program
    .command('start')
    .alias('sandbox')
    .description('the sandbox with everything in it, as npm start: plays the story, then stays up')
    // The sandbox reads its own options, and says its own help.
    .allowUnknownOption()
    .helpOption(false)
    .argument('[options...]')
    .action((options: string[]) => run('sandbox', options));
  for (const name of ['till', 'host', 'console'] as const) {
    program
      .command(name)
      .description(`one ${name}, by its config file`)
      .requiredOption('--config <file>', 'its settings as JSON; what is wrong in them is said')
      .action(({ config }: { config: string }) => {
        const fault = configFault(config);
        if (fault === undefined) return run(name, ['--config', config]);
        console.error(`bivak ${name}: ${fault}`);
        process.exitCode = 1;
        return undefined;
      });
  }
}

/** What keeps a config file from being read; what stands in it is the process's own to check. */
function configFault(file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? `there is no file ${file}` : `${file} cannot be read (${code})`;
  }
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `${file} is not JSON: ${(error as Error).message}`;
  }
}

/** Runs an app's process as a child, so that it stops with this one, and ends with its exit code. */
function run(app: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(apps, app, 'src', 'main.ts'), ...args], { stdio: 'inherit' });
    // Ctrl-C in a terminal reaches the child by itself: it is only waited for.
    process.on('SIGINT', () => {
      if (!process.stdin.isTTY) child.kill('SIGINT');
    });
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
    child.on('error', (error) => {
      console.error(`bivak: ${app} could not be started: ${error.message}`);
      process.exitCode = 1;
      resolve();
    });
    child.on('exit', (code) => {
      process.exitCode = code ?? 1;
      resolve();
    });
  });
}
