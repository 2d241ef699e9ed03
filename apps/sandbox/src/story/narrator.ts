import type { Language, sandboxApi } from '@bivak/contracts';
import { formatMoney } from '@bivak/money';
import { refusalWords } from '@bivak/words';

/** The same line in both languages. */
export interface Words {
  en: string;
  ru: string;
}

export type Step = 'prelude' | '1' | '2' | '3' | '4' | '5' | 'end';

/** Tells the story, a line an event, and remembers what was told and which claims did not hold. */
export interface Narrator {
  /** A new chapter. */
  chapter(step: Step, words: Words): Promise<void>;
  say(words: Words): Promise<void>;
  /** Lines as a printer would give them, without a date before each. */
  print(lines: readonly string[]): void;
  /** Holds a claim of the story against what happened; one that fails is told and remembered. */
  claim(holds: boolean, words: Words): Promise<void>;
  failed(): readonly string[];
  events(): readonly sandboxApi.StoryEvent[];
}

/**
 * @param now the clock's instant, ISO
 * @param writeLine puts one line out
 * @param onEvent called after each event: what has been told so far
 */
export function createNarrator(options: {
  language: Language;
  timeZone: string;
  now: () => Promise<string>;
  writeLine: (line: string) => void;
  onEvent?: (events: readonly sandboxApi.StoryEvent[]) => void;
}): Narrator {
  const { language, timeZone, writeLine } = options;
  const events: sandboxApi.StoryEvent[] = [];
  const failed: string[] = [];
  let step: Step = 'prelude';
  const tell = async (words: Words, line: (at: string) => string): Promise<void> => {
    const at = await options.now();
    events.push({ number: events.length + 1, at, step, text: words[language], en: words.en, ru: words.ru });
    writeLine(line(formatInstant(language, timeZone, at)));
    options.onEvent?.(events);
  };
  return {
    async chapter(next, words) {
      step = next;
      writeLine('');
      await tell(words, () => `── ${words[language]}`);
    },
    say: (words) => tell(words, (at) => `${at}  ${words[language]}`),
    print(lines) {
      for (const line of lines) writeLine(`    │ ${line}`);
    },
    async claim(holds, words) {
      if (holds) {
        await tell(words, (at) => `${at}  ✓ ${words[language]}`);
        return;
      }
      failed.push(words[language]);
      const untrue = { en: `NOT TRUE: ${words.en}`, ru: `НЕВЕРНО: ${words.ru}` };
      await tell(untrue, (at) => `${at}  ✗ ${untrue[language]}`);
    },
    failed: () => failed,
    events: () => events,
  };
}

/** "Tue 24 Nov, 08:05:12" in the shop's time zone. */
export function formatInstant(language: Language, timeZone: string, at: string): string {
  const parts = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', {
    timeZone,
    weekday: 'short',
    day: '2-digit',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(new Date(at));
  const get = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((part) => part.type === type)?.value ?? '';
  return `${get('weekday')} ${get('day')} ${get('month')}, ${get('hour')}:${get('minute')}:${get('second')}`;
}

/** A sum in both languages. */
export function sum(amountMinor: number): Words {
  return { en: formatMoney('en', amountMinor, 'RUB'), ru: formatMoney('ru', amountMinor, 'RUB') };
}

/** What a cashier reads aloud, in both languages. */
export function refusalAloud(reason: string): Words {
  const words = refusalWords[reason];
  if (words === undefined) throw new Error(`there are no words for the refusal ${reason}`);
  return {
    en: `“${words.en.reason} ${words.en.advice}”`,
    ru: `«${words.ru.reason} ${words.ru.advice}»`,
  };
}
