import type { Language } from '@bivak/contracts';
import { formatMoney } from '@bivak/money';
import type { NoticeKind } from '@bivak/rules';
import { aheadWords, dayWords, fillWords, isSameDay } from '@bivak/words';
import type { DebtToTell, NoticeWriter } from './store.ts';

/**
 * How it can end, which decides what may be promised: by the next scheduled attempt, only by the cardholder's own wish, or
 * not with this card.
 */
type Outlook = 'tried-again' | 'by-wish' | 'final';

interface Words {
  today: string;
  tomorrow: string;
  /** What has happened; the shop's name first. */
  heads: Readonly<Record<NoticeKind, string>>;
  /** What comes next. `{link}` is the cardholder's page. */
  tails: Readonly<Record<Outlook | 'listed' | 'last', string>>;
}

/** Plain, polite, short. */
const words: Readonly<Record<Language, Words>> = {
  ru: {
    today: 'сегодня',
    tomorrow: 'завтра',
    heads: {
      declined: '{shop}: банк не провёл оплату {sum} за покупку {date}.',
      middle: '{shop}: покупка {date} на {sum} пока не оплачена.',
      'day-before':
        '{shop}: {day}, {end}, заканчивается срок оплаты покупки {date} на {sum}. Потом карту у нас пока не примут.',
      listed: '{shop}: покупка {date} на {sum} не оплачена, поэтому карту у нас пока не примут.',
      paid: '{shop}: покупка {date} на {sum} оплачена. Спасибо!',
    },
    tails: {
      'tried-again': 'Мы попробуем ещё раз: {next}. Подробнее и оплатить сейчас: {link}',
      'by-wish': 'Оплатить можно до {end}: {link}',
      final: 'Этой картой оплатить её не получится: обратитесь, пожалуйста, в свой банк. Подробнее: {link}',
      listed: 'Оплатите, и мы снимем ограничение: {link}',
      last: 'Оплатить: {link}',
    },
  },
  en: {
    today: 'today',
    tomorrow: 'tomorrow',
    heads: {
      declined: '{shop}: your bank did not approve {sum} for your purchase of {date}.',
      middle: '{shop}: your purchase of {date} for {sum} is still unpaid.',
      'day-before':
        '{shop}: {day}, {end}, the time to pay for your purchase of {date} ({sum}) ends. After that we cannot take the card for now.',
      listed: '{shop}: your purchase of {date} for {sum} is unpaid, so we cannot take the card for now.',
      paid: '{shop}: your purchase of {date} for {sum} is paid. Thank you!',
    },
    tails: {
      'tried-again': 'We will try again: {next}. Details and pay now: {link}',
      'by-wish': 'You can pay until {end}: {link}',
      final: 'It cannot be paid with this card: please ask your bank. Details: {link}',
      listed: 'Pay, and it is welcome again: {link}',
      last: 'Pay: {link}',
    },
  },
};

function outlookOf(debt: DebtToTell): Outlook {
  if (debt.retry_class === 'never' || debt.retry_class === 'mend-data') return 'final';
  return debt.next_attempt_at === null ? 'by-wish' : 'tried-again';
}

function templateOf({ heads, tails }: Words, kind: NoticeKind, outlook: Outlook): string {
  if (kind === 'paid') return heads.paid;
  if (outlook === 'final') return `${heads[kind]} ${tails.final}`;
  if (kind === 'listed') return `${heads.listed} ${tails.listed}`;
  if (kind === 'day-before') return `${heads['day-before']} ${tails.last}`;
  return `${heads[kind]} ${tails[outlook]}`;
}

/** Makes the writer of notices for a shop. `linkOf` gives the address of the cardholder's page of a debt. */
export function noticeWriter(options: {
  language: Language;
  shop: string;
  timeZone: string;
  linkOf: (debt: { bucket: number; payment_id: string }, nowMs: number) => string;
}): NoticeWriter {
  const { language, shop, timeZone, linkOf } = options;
  const say = words[language];
  return (kind, debt, nowMs) =>
    fillWords(templateOf(say, kind, outlookOf(debt)), {
      shop,
      sum: formatMoney(language, debt.amount_minor, debt.currency),
      date: dayWords(language, debt.opened_at, timeZone),
      day: isSameDay(debt.window_ends_at, nowMs, timeZone) ? say.today : say.tomorrow,
      end: dayWords(language, debt.window_ends_at, timeZone),
      next: debt.next_attempt_at === null ? '' : aheadWords(language, debt.next_attempt_at, timeZone, nowMs),
      link: linkOf(debt, nowMs),
    });
}
