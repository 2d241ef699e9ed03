import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Translate } from '@bivak/messages';
import type { Command } from 'commander';

const apps = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const processes = ['till', 'host', 'console'] as const;
type ProcessName = (typeof processes)[number];

/** `bivak start` and the processes one by one, each of which may be given further commands of its own. */
export function addProcesses(program: Command, t: Translate): Record<ProcessName, Command> {
  program
    .command('start')
    .alias('sandbox')
    .description(t('cli:start'))
    // The sandbox reads its own options, and says its own help.
    .allowUnknownOption()
    .helpOption(false)
    .argument('[options...]')
    .action((options: string[]) => run('sandbox', options, t));
  const [till, host, console] = processes.map((name) => addProcess(program, name, t));
  return { till: till!, host: host!, console: console! };
}

function addProcess(program: Command, name: ProcessName, t: Translate): Command {
  const command = program
    .command(name)
    .description(t(`cli:process.${name}`))
    // Not required by commander: a further command of this one does without.
    .option('--config <file>', t('cli:option.config'));
  return command.action(({ config }: { config?: string }) => {
    if (config === undefined) return command.error("error: required option '--config <file>' not specified");
    const fault = configFault(config, t);
    if (fault === undefined) return run(name, ['--config', config], t);
    console.error(`bivak ${name}: ${fault}`);
    process.exitCode = 1;
    return undefined;
  });
}

/** What keeps a config file from being read; what stands in it is the process's own to check. */
function configFault(file: string, t: Translate): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? t('cli:fault.noFile', { file }) : t('cli:fault.notReadable', { file, code });
  }
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return t('cli:fault.notJson', { file, cause: (error as Error).message });
  }
}

/** Runs an app's process as a child, so that it stops with this one, and ends with its exit code. */
function run(app: string, args: readonly string[], t: Translate): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(apps, app, 'src', 'main.ts'), ...args], { stdio: 'inherit' });
    // Ctrl-C in a terminal reaches the child by itself: it is only waited for.
    process.on('SIGINT', () => {
      if (!process.stdin.isTTY) child.kill('SIGINT');
    });
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
    child.on('error', (error) => {
      console.error(`bivak: ${t('cli:fault.notStarted', { process: app, cause: error.message })}`);
      process.exitCode = 1;
      resolve();
    });
    child.on('exit', (code) => {
      process.exitCode = code ?? 1;
      resolve();
    });
  });
}
