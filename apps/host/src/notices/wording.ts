import type { Language } from '@bivak/contracts';
import { formatMoney } from '@bivak/money';
import type { NoticeKind } from '@bivak/rules';
import { fillWords } from '@bivak/words';
import type { NoticeWriter } from './store.ts';

/** Plain, polite, short; the shop's name first. `{link}` is the cardholder's page. */
const texts: Readonly<Record<Language, Readonly<Record<NoticeKind, string>>>> = {
  ru: {
    declined:
      '{shop}: банк не провёл оплату {sum} за покупку {date}. Мы попробуем ещё раз. Подробнее и оплатить сейчас: {link}',
    middle:
      '{shop}: покупка {date} на {sum} пока не оплачена. Мы пробуем каждый день до {end}. Оплатить сейчас: {link}',
    'day-before':
      '{shop}: завтра, {end}, заканчивается срок оплаты покупки {date} на {sum}. Потом карту нельзя будет принять без связи. Оплатить: {link}',
    listed:
      '{shop}: покупка {date} на {sum} не оплачена, поэтому карту у нас пока не примут. Оплатите, и мы снимем ограничение: {link}',
    paid: '{shop}: покупка {date} на {sum} оплачена. Спасибо!',
  },
  en: {
    declined:
      '{shop}: your bank did not approve {sum} for your purchase of {date}. We will try again. Details and pay now: {link}',
    middle:
      '{shop}: your purchase of {date} for {sum} is still unpaid. We try every day until {end}. Pay now: {link}',
    'day-before':
      '{shop}: tomorrow, {end}, the time to pay for your purchase of {date} ({sum}) ends. After that the card cannot be taken offline. Pay: {link}',
    listed:
      '{shop}: your purchase of {date} for {sum} is unpaid, so we cannot take the card for now. Pay, and it is welcome again: {link}',
    paid: '{shop}: your purchase of {date} for {sum} is paid. Thank you!',
  },
};

/** Makes the writer of notices for a shop. `linkOf` gives the address of the cardholder's page of a debt. */
export function noticeWriter(options: {
  language: Language;
  shop: string;
  timeZone: string;
  linkOf: (debt: { bucket: number; payment_id: string }, nowMs: number) => string;
}): NoticeWriter {
  const { language, shop, timeZone, linkOf } = options;
  const day = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', {
    timeZone,
    day: 'numeric',
    month: 'long',
  });
  return (kind, debt, nowMs) =>
    fillWords(texts[language][kind], {
      shop,
      sum: formatMoney(language, debt.amount_minor, debt.currency),
      date: day.format(debt.opened_at),
      end: day.format(debt.window_ends_at),
      link: linkOf(debt, nowMs),
    });
}
