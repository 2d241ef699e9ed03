import type { hostApi } from '@bivak/contracts';
import { formatInstant, type Language } from '@bivak/screen';

/** Something that a person has to look at, the most urgent first. */
export interface Attention {
  key: string;
  words: 'bankBlocked' | 'tillAlarm' | 'bankDown' | 'overdue';
  values: Record<string, string>;
  to: '/banks' | '/tills' | '/payments';
}

/** From what the host tells: blocked accounts first, then refused journals, then payments that wait, then silent banks. */
export function whatNeedsAPerson(seen: {
  banks: readonly hostApi.Bank[];
  tills: readonly hostApi.TillSummary[];
  waiting: readonly hostApi.Payment[];
  language: Language;
}): Attention[] {
  const { banks, tills, waiting, language } = seen;
  return [
    ...banks
      .filter(({ health }) => health === 'blocked')
      .map(({ bankId, name }) =>
        attention(`blocked ${bankId}`, 'bankBlocked', { bank: name[language] }, '/banks'),
      ),
    ...tills.flatMap(({ tillId, alarm }) =>
      alarm === null
        ? []
        : [attention(`alarm ${tillId}`, 'tillAlarm', { till: tillId, what: alarm.what }, '/tills')],
    ),
    ...waiting.map(({ id, bankDueAt }) =>
      attention(
        `due ${id}`,
        'overdue',
        { payment: id, due: formatInstant(language, bankDueAt) },
        '/payments',
      ),
    ),
    ...banks
      .filter(({ link, health }) => link === 'down' && health !== 'blocked')
      .map(({ bankId, name }) => attention(`down ${bankId}`, 'bankDown', { bank: name[language] }, '/banks')),
  ];
}

function attention(
  key: string,
  words: Attention['words'],
  values: Record<string, string>,
  to: Attention['to'],
): Attention {
  return { key, words, values, to };
}
