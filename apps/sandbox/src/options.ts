import { join, resolve } from 'node:path';
import { sandboxApi } from '@bivak/contracts';
import { createRenderer, type Language, languages, type Translate } from '@bivak/messages';
import { Command, Option, type OutputConfiguration } from 'commander';
import { fault, readRecording } from './recording.ts';
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
  /** What the simulated banks make of what they are asked, and the seed of their chances. */
  banks: { mind: sandboxApi.BankMind; seed: number };
}

/**
 * Reads the command line. Throws a `CommanderError` with an `exitCode` once commander has written its help or what is wrong:
 * 0 for the help, 2 for a fault.
 */
export function readOptions(args: readonly string[], output: OutputConfiguration = {}): SandboxOptions {
  const command = sandboxCommand(createRenderer({ language: languageIn(args) }).t)
    .configureOutput(output)
    .parse(args, { from: 'user' });
  const {
    once = false,
    reset = false,
    scenario,
    link,
    lang,
    dataDir,
    kill,
    portBase,
    banks,
    seed,
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
    banks: { mind: banks, seed },
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
  banks: sandboxApi.BankMind;
  seed: number;
}

const defaultLanguage: Language = 'en';

/** The language that a command line asks for: help and faults are in it too. */
function languageIn(args: readonly string[]): Language {
  const wanted = args.flatMap((arg, index) =>
    arg === '--lang' ? [args[index + 1]] : arg.startsWith('--lang=') ? [arg.slice('--lang='.length)] : [],
  );
  return languageCodes.find((code) => code === wanted.at(-1)) ?? defaultLanguage;
}

function sandboxCommand(t: Translate): Command {
  const choice = (flags: string, text: string, choices: readonly string[]) =>
    new Option(flags, text).choices(choices);
  return new Command('npm start --')
    .usage('[options]')
    .description(t('cli:start'))
    .addOption(
      // The scenario begins with a world in which nothing has happened.
      new Option('--once', t('cli:option.once')).implies({ reset: true }),
    )
    .option('--reset', t('cli:option.reset'))
    .addOption(new Option('--no-scenario', t('cli:option.noScenario')).conflicts(['once', 'kill', 'link']))
    .option('--link <file>', t('cli:option.link'), (file: string) => readRecording(fromUser(file), t))
    .addOption(choice('--lang <language>', t('cli:option.lang'), languageCodes).default(defaultLanguage))
    .option('--data-dir <folder>', t('cli:option.dataDir'), fromUser)
    .addOption(choice('--kill <what>', t('cli:option.kill'), ['host', 'till']))
    .option(
      '--port-base <port>',
      t('cli:option.portBase'),
      (text: string) => readPort(text, t),
      defaultPortBase,
    )
    .addOption(choice('--banks <mind>', t('cli:option.banks'), sandboxApi.bankMinds).default('honest'))
    .option('--seed <number>', t('cli:option.seed'), (text: string) => readSeed(text, t), 1)
    .showHelpAfterError()
    .exitOverride((error) => {
      throw Object.assign(error, { exitCode: error.exitCode === 0 ? 0 : 2 });
    });
}

function readPort(text: string, t: Translate): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1024 && port <= 60_000) return port;
  throw fault(t('cli:fault.port'));
}

function readSeed(text: string, t: Translate): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw fault(t('cli:fault.seed'));
}

/** A path as the user meant it: npm runs scripts in the project's folder and says where the user stood. */
const fromUser = (path: string): string => resolve(process.env.INIT_CWD ?? '.', path);
