import type { Language } from '@bivak/screen';

/**
 * The host tells a payment's story in plain English, and keeps it so. Each row here is one of its sentences and the same in
 * Russian; a sentence without a row is shown as the host tells it.
 */
const rows: readonly (readonly [english: RegExp, russian: (...parts: string[]) => string])[] = [
  [
    /^rung up at (\S+); the host is asked while the buyer waits$/,
    (till) => `продажа на кассе ${till}; хост спрошен, пока покупатель ждёт`,
  ],
  [/^accepted offline at (\S+)$/, (till) => `принято офлайн на кассе ${till}`],
  [/^accepted online at (\S+)$/, (till) => `принято со связью на кассе ${till}`],
  [/^arrived at the host$/, () => 'получено хостом'],
  [
    /^the till ended the sale without a receipt \((.+)\)$/,
    (why) => `касса завершила продажу без чека (${why})`,
  ],
  [/^sent to (\S+): (.+)$/, (bank, reason) => `отправлено в ${bank}: ${russianReason(reason!)}`],
  [/^nothing was sent to (\S+): .+$/, (bank) => `в ${bank} ничего не отправлено: нет связи с банком`],
  [/^(\S+) did not answer: .+$/, (bank) => `${bank} не ответил`],
  [/^(\S+) answered 00: .+$/, (bank) => `${bank}: одобрено (00)`],
  [/^(\S+) answered too late .*$/, (bank) => `${bank} ответил слишком поздно`],
  [/^(\S+) answered (\S+): .+$/, (bank, code) => `${bank}: отказ (${code})`],
  [
    /^the host was interrupted: it is not known whether (\S+) has debited$/,
    (bank) => `хост был прерван: неизвестно, списал ли ${bank}`,
  ],
  [/^reversal sent to (\S+)$/, (bank) => `отмена отправлена в ${bank}`],
  [/^(\S+) confirmed: nothing is debited there$/, (bank) => `${bank} подтвердил: там ничего не списано`],
  [/^another attempt, by the schedule$/, () => 'новая попытка по графику'],
  [/^another attempt, asked for by the cardholder$/, () => 'новая попытка по просьбе покупателя'],
  [/^cannot be sent: (.+)$/, (why) => `отправить нельзя: ${why}`],
  [/^collected$/, () => 'деньги списаны'],
  [/^declined$/, () => 'отказ: передано на повторное списание'],
  [/^cancelled$/, () => 'отменено'],
];

/** A line of a payment's story in the screen's language. */
export function storyLine(language: Language, what: string): string {
  return translated(language, what, rows);
}

const reasons: typeof rows = [
  [
    /^issued the card itself: (\S+) %(, after the others because it fails lately)?$/,
    (percent, last) => `сам выпустил карту: ${comma(percent)} %${last === undefined ? '' : afterOthers}`,
  ],
  [
    /^(\S+) % of the sum(, after the others because it fails lately)?$/,
    (percent, last) => `${comma(percent)} % от суммы${last === undefined ? '' : afterOthers}`,
  ],
];
const afterOthers = ', после других, потому что недавно сбоил';
const comma = (percent: string | undefined): string => (percent ?? '').replace('.', ',');
const russianReason = (reason: string): string => translated('ru', reason, reasons);

/** Why a bank stands where it stands, in the screen's language. */
export function routeReason(language: Language, reason: string): string {
  return translated(language, reason, reasons);
}

function translated(language: Language, text: string, table: typeof rows): string {
  if (language === 'en') return text;
  for (const [english, russian] of table) {
    const found = english.exec(text);
    if (found !== null) return russian(...found.slice(1));
  }
  return text;
}
