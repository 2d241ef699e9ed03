import { createRenderer, type Language, languages, type Renderer } from '@bivak/messages';

/** The language of the terminal, as POSIX has it (`LC_ALL`, `LC_MESSAGES`, `LANG`: "ru_RU.UTF-8"); English if we have none for it. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return languages.find(({ code }) => locale.slice(0, 2).toLowerCase() === code)?.code ?? 'en';
}

/** Says the command line's texts. */
export const rendererOf = (env: Readonly<Record<string, string | undefined>>): Renderer =>
  createRenderer({ language: languageOf(env) });
