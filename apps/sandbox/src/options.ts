import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sandboxApi } from '@bivak/contracts';
import { type Language, languages } from '@bivak/messages';
import { Command, InvalidArgumentError, Option, type OutputConfiguration } from 'commander';
import { projectRoot } from './world/layout.ts';
import { defaultPortBase } from './world/plans.ts';

export interface SandboxOptions {
  isOnce: boolean;
  isReset: boolean;
  hasScenario: boolean;
  /** The recording to play instead of the model's ride. */
  trace: sandboxApi.LinkSetting | null;
  language: Language;
  dataDir: string;
  kill: 'host' | 'till' | null;
  /** The first of the ports that are tried; those that are taken are stepped over. */
  portBase: number;
}

/**
 * Reads the command line. Throws a `CommanderError` with an `exitCode` once commander has written its help or what is wrong:
 * 0 for the help, 2 for a fault.
 */
export function readOptions(args: readonly string[], output: OutputConfiguration = {}): SandboxOptions {
  const command = sandboxCommand().configureOutput(output).parse(args, { from: 'user' });
  const {
    once = false,
    reset = false,
    scenario,
    link,
    lang,
    dataDir,
    kill,
    portBase,
  } = command.opts<Parsed>();
  return {
    isOnce: once,
    isReset: reset,
    hasScenario: scenario,
    trace: link ?? null,
    language: lang,
    dataDir: dataDir ?? join(projectRoot, '.bivak', once ? 'once' : 'sandbox'),
    kill: kill ?? null,
    portBase,
  };
}

const languageCodes = languages.map(({ code }) => code);

/** The options as commander hands them over. */
interface Parsed {
  once?: boolean;
  reset?: boolean;
  scenario: boolean;
  link?: sandboxApi.LinkSetting;
  lang: Language;
  dataDir?: string;
  kill?: 'host' | 'till';
  portBase: number;
}

function sandboxCommand(): Command {
  const choice = (flags: string, text: string, choices: readonly string[]) =>
    new Option(flags, text).choices(choices);
  return new Command('npm start --')
    .usage('[options]')
    .description('Starts every process of the sandbox, plays the scenario, and stays up to be used by hand.')
    .addOption(
      // The scenario begins with a world in which nothing has happened.
      new Option(
        '--once',
        'play the scenario in a world of its own, print its figures as one line of JSON, and exit',
      ).implies({ reset: true }),
    )
    .option('--reset', 'begin anew: remove what earlier starts have kept')
    .addOption(
      new Option('--no-scenario', 'start everything and play nothing').conflicts(['once', 'kill', 'link']),
    )
    .option(
      '--link <file>',
      'play a recorded radio link: [{duration_ms, bandwidth_kbps, latency_ms}]',
      (file: string) => readTrace(fromUser(file)),
    )
    .addOption(choice('--lang <language>', 'the language of the scenario', languageCodes).default('en'))
    .option('--data-dir <folder>', 'keep everything there (default: .bivak/sandbox in the project)', fromUser)
    .addOption(
      choice('--kill <what>', 'pull the plug (kill -9) in the middle of the scenario', ['host', 'till']),
    )
    .option('--port-base <port>', 'try ports from here upwards', readPort, defaultPortBase)
    .showHelpAfterError()
    .exitOverride((error) => {
      throw Object.assign(error, { exitCode: error.exitCode === 0 ? 0 : 2 });
    });
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1024 && port <= 60_000) return port;
  throw new InvalidArgumentError('It has to be a number from 1024 to 60000.');
}

/** A path as the user meant it: npm runs scripts in the project's folder and says where the user stood. */
const fromUser = (path: string): string => resolve(process.env.INIT_CWD ?? '.', path);

function readTrace(file: string): sandboxApi.LinkSetting {
  const trace = sandboxApi.linkSetting.safeParse({ mode: 'trace', samples: readJson(file) });
  if (!trace.success) throw noTrace(firstIssue(trace.error.issues));
  const { data } = trace;
  if (data.mode === 'trace' && data.samples.some(passesSomething)) return data;
  throw new InvalidArgumentError('There is no moment with a link in it: nothing could ever arrive.');
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InvalidArgumentError(
      code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read (${message}).`,
    );
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw noTrace(`it is not JSON (${(error as Error).message})`);
  }
}

const noTrace = (why: string): InvalidArgumentError =>
  new InvalidArgumentError(
    `A recorded link is a JSON list of {duration_ms, bandwidth_kbps, latency_ms}; ${why}.`,
  );

const passesSomething = (sample: { duration_ms: number; bandwidth_kbps: number }): boolean =>
  sample.duration_ms > 0 && sample.bandwidth_kbps > 0;

/** "sample 3, latency_ms: …": the first thing that is wrong, and where. */
function firstIssue(issues: readonly { path: readonly PropertyKey[]; message: string }[]): string {
  const { path, message } = issues[0]!;
  const [, index, ...names] = path;
  const where = index === undefined ? '' : `sample ${[Number(index) + 1, ...names].map(String).join(', ')}: `;
  return where + message;
}
