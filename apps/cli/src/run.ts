import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';

const apps = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** `bivak start` and the processes one by one. */
export function addRun(program: Command): void {
  program
    .command('start')
    .alias('sandbox')
    .description(
      'the sandbox with everything in it (as npm start); its options: bivak start -- --help-of-npm-start',
    )
    .argument('[options...]', '--once, --reset, --no-story, --link FILE …, after "--"')
    .allowUnknownOption()
    .action((options: string[]) => run('sandbox', options));
  for (const name of ['till', 'host', 'console'] as const) {
    program
      .command(name)
      .description(`one ${name}, by its config file`)
      .requiredOption('--config <file>', 'JSON; what it holds is checked and said')
      .action(({ config }: { config: string }) => run(name, ['--config', config]));
  }
}

/** Runs an app's process as a child, so that it stops with this one, and ends with its exit code. */
function run(app: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(apps, app, 'src', 'main.ts'), ...args], { stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    child.on('exit', (code) => {
      process.exitCode = code ?? 1;
      resolve();
    });
  });
}
