import type { sandboxApi } from '@bivak/contracts';
import { languages, type Renderer } from '@bivak/messages';
import { scenarioEventText } from './event-text.ts';

type Step = sandboxApi.ScenarioStep;
type Note = sandboxApi.ScenarioNote;
type Claim = sandboxApi.ScenarioClaim;
type Values<Key extends Note | Claim> = sandboxApi.ScenarioValues<Key>;

/** Records the scenario's events, writes a line for each, and remembers which claims did not hold. */
export interface Narrator {
  /** A new chapter. */
  chapter(step: Step): Promise<void>;
  note<Key extends Note>(key: Key, values: Values<Key>): Promise<void>;
  /** Lines as a printer or a phone shows them, without a date before each. */
  print(lines: readonly string[]): void;
  /** Holds a claim of the scenario against what happened; one that fails is written and remembered. */
  claim<Key extends Claim>(holds: boolean, key: Key, values: Values<Key>): Promise<void>;
  failed(): readonly Claim[];
  events(): readonly sandboxApi.ScenarioEvent[];
}

/**
 * @param now the clock's instant, ISO
 * @param writeLine puts one line out
 * @param onEvent called after each event: what has been recorded so far
 */
export function createNarrator(options: {
  renderer: Renderer;
  timeZone: string;
  now: () => Promise<string>;
  writeLine: (line: string) => void;
  onEvent?: (events: readonly sandboxApi.ScenarioEvent[]) => void;
}): Narrator {
  const { renderer, timeZone, writeLine } = options;
  const events: sandboxApi.ScenarioEvent[] = [];
  const failed: Claim[] = [];
  let step: Step = 'prelude';
  const record = async (facts: object): Promise<void> => {
    const at = await options.now();
    const event = { number: events.length + 1, at, step, ...facts } as sandboxApi.ScenarioEvent;
    events.push(event);
    const text = scenarioEventText(renderer, event);
    const mark = event.kind === 'claim' ? (event.holds ? '✓ ' : '✗ ') : '';
    writeLine(event.kind === 'chapter' ? `── ${text}` : `${dated(renderer, timeZone, at)}  ${mark}${text}`);
    options.onEvent?.(events);
  };
  return {
    async chapter(next) {
      step = next;
      writeLine('');
      await record({ kind: 'chapter' });
    },
    note: (key, values) => record({ kind: 'note', key, values }),
    print(lines) {
      for (const line of lines) writeLine(`    │ ${line}`);
    },
    async claim(holds, key, values) {
      if (!holds) failed.push(key);
      await record({ kind: 'claim', key, values, holds });
    },
    failed: () => failed,
    events: () => events,
  };
}

/** "Tue 24 Nov, 08:05:12" in the shop's time zone. */
function dated({ language }: Renderer, timeZone: string, at: string): string {
  const parts = new Intl.DateTimeFormat(languages.find(({ code }) => code === language)!.locale, {
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
