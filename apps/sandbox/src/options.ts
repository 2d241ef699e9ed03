import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { parseArgs } from 'node:util';
import { sandboxApi } from '@bivak/contracts';
import { projectRoot } from './world/layout.ts';
import { defaultPortBase } from './world/plans.ts';

export const usage = `npm start -- [--once] [--reset] [--no-story] [--link FILE] [--lang ru|en] [--data-dir DIR] [--kill host|till] [--port-base N]
  --once       plays the story in a world of its own, prints its figures as one line of JSON, and exits
  --reset      begins anew: removes what earlier starts have kept
  --no-story   starts everything and plays nothing
  --link FILE  plays a recorded radio link: [{duration_ms, bandwidth_kbps, latency_ms}]
  --lang ru    tells the story in Russian
  --data-dir DIR  keeps everything there (.bivak/sandbox in the project where it is not said)
  --kill WHAT  pulls the plug (kill -9) of the host or of a till in the middle of the story
  --port-base N  tries ports from N upwards (8700 where it is not said)
  --help       says this`;

export interface SandboxOptions {
  isOnce: boolean;
  isReset: boolean;
  hasStory: boolean;
  /** The recording to play instead of the model's ride. */
  trace: sandboxApi.LinkSetting | null;
  language: 'ru' | 'en';
  dataDir: string;
  kill: 'host' | 'till' | null;
  /** The first of the ports that are tried; those that are taken are stepped over. */
  portBase: number;
}

/** Reads the command line; a text where something in it is wrong: what, and what to do. */
export function readOptions(args: string[], parse: typeof parseArgs): SandboxOptions | string {
  let values: Record<string, string | boolean | undefined>;
  try {
    values = parse({
      args,
      options: {
        once: { type: 'boolean' },
        reset: { type: 'boolean' },
        'no-story': { type: 'boolean' },
        link: { type: 'string' },
        lang: { type: 'string' },
        'data-dir': { type: 'string' },
        kill: { type: 'string' },
        'port-base': { type: 'string' },
      },
    }).values;
  } catch (error) {
    return (error as Error).message;
  }
  const { lang = 'en', kill = null } = values;
  if (lang !== 'en' && lang !== 'ru') return '--lang has to be ru or en.';
  if (kill !== null && kill !== 'host' && kill !== 'till') return '--kill has to be host or till.';
  if (values['no-story'] === true && values.once === true)
    return '--once plays the story: --no-story does not go with it.';
  if (values['no-story'] === true && (kill !== null || values.link !== undefined))
    return '--kill and --link belong to the story: --no-story does not go with them.';
  const portBase = Number(values['port-base'] ?? defaultPortBase);
  if (!Number.isInteger(portBase) || portBase < 1024 || portBase > 60_000)
    return '--port-base has to be a number from 1024 to 60000.';
  const trace = values.link === undefined ? null : readTrace(fromUser(String(values.link)));
  if (typeof trace === 'string') return trace;
  return {
    isOnce: values.once === true,
    // The story begins with a world in which nothing has happened.
    isReset: values.reset === true || values.once === true,
    hasStory: values['no-story'] !== true,
    trace,
    language: lang,
    dataDir:
      values['data-dir'] === undefined
        ? join(projectRoot, '.bivak', values.once === true ? 'once' : 'sandbox')
        : fromUser(String(values['data-dir'])),
    kill,
    portBase,
  };
}

/** A path as the user meant it: npm runs scripts in the project's folder and says where the user stood. */
const fromUser = (path: string): string => resolve(process.env.INIT_CWD ?? '.', path);

function readTrace(file: string): sandboxApi.LinkSetting | string {
  const isNone = `--link: ${file} is no recorded link: it has to be a JSON list of {duration_ms, bandwidth_kbps, latency_ms}`;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isMissing
      ? `--link: there is no file ${file}.`
      : `--link: ${file} cannot be read (${(error as Error).message}).`;
  }
  let samples: unknown;
  try {
    samples = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return `${isNone}; it is no JSON (${(error as Error).message}).`;
  }
  const trace = sandboxApi.linkSetting.safeParse({ mode: 'trace', samples });
  if (!trace.success) return `${isNone}; ${firstIssue(trace.error.issues)}.`;
  const { data } = trace;
  const isEverUp = data.mode === 'trace' && data.samples.some(passesSomething);
  return isEverUp ? data : `--link: in ${file} there is no moment with a link: nothing could ever arrive.`;
}

const passesSomething = (sample: { duration_ms: number; bandwidth_kbps: number }): boolean =>
  sample.duration_ms > 0 && sample.bandwidth_kbps > 0;

/** "sample 3, latency_ms: …": the first thing that is wrong, and where. */
function firstIssue(issues: readonly { path: readonly PropertyKey[]; message: string }[]): string {
  const { path, message } = issues[0]!;
  const [, index, ...names] = path;
  const where = index === undefined ? '' : `sample ${[Number(index) + 1, ...names].map(String).join(', ')}: `;
  return where + message;
}
