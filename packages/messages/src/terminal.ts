import { type Language, languages } from './languages.ts';
import { createRenderer, type Renderer } from './render/renderer.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The language of the terminal, as POSIX has it (`LC_ALL`, `LC_MESSAGES`, `LANG`: "ru_RU.UTF-8"); English if we have none for it. */
export function terminalLanguage(env: Environment): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return languages.find(({ code }) => locale.slice(0, 2).toLowerCase() === code)?.code ?? 'en';
}

/** Says the texts of a command in the language of its terminal. */
export const terminalRenderer = (env: Environment): Renderer =>
  createRenderer({ language: terminalLanguage(env) });
