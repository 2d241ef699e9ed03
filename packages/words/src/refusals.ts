import type { Language } from './language.ts';

/** A refusal in one sentence that can be read aloud without shaming the buyer, and what to do next. */
export type RefusalWords = Readonly<Record<Language, { reason: string; advice: string }>>;

const otherCardOrCash = {
  ru: 'Попросите другую карту или наличные.',
  en: 'Ask for another card or cash.',
} as const;

function askAnother(ru: string, en: string): RefusalWords {
  return { ru: { reason: ru, advice: otherCardOrCash.ru }, en: { reason: en, advice: otherCardOrCash.en } };
}

/** Words for every refusal reason of the till's API. */
export const refusalWords: Readonly<Record<string, RefusalWords>> = {
  'stop-listed': askAnother(
    'Эту карту сейчас принять нельзя: по ней есть неоплаченная покупка.',
    'This card can’t be taken now: an earlier purchase with it is still unpaid.',
  ),
  'stop-list-too-old': askAnother(
    'Касса давно не была на связи и пока не может принимать карты.',
    'This till has been out of contact for too long to take cards.',
  ),
  'expired-card': askAnother('Срок действия карты закончился.', 'The card has expired.'),
  'offline-not-permitted': askAnother(
    'Эта карта работает только при наличии связи.',
    'This card works only where there is a connection.',
  ),
  'over-sale-limit': askAnother(
    'Без связи картой можно оплатить только меньшую сумму.',
    'Without a connection only a smaller sum can be paid by card.',
  ),
  'over-card-limit': askAnother(
    'По этой карте без связи уже набрана наибольшая сумма.',
    'This card has reached its largest sum without a connection.',
  ),
  'over-card-count': askAnother(
    'По этой карте без связи уже сделано наибольшее число покупок.',
    'This card has reached its largest number of purchases without a connection.',
  ),
  'over-till-limit': askAnother(
    'Касса набрала наибольшую сумму по картам без связи.',
    'This till has reached its largest card total without a connection.',
  ),
  'over-till-count': askAnother(
    'Касса приняла наибольшее число карт без связи.',
    'This till has taken its largest number of cards without a connection.',
  ),
  'clock-unsure': askAnother(
    'Касса не уверена во времени и пока не может принимать карты.',
    'This till is not sure of the time and can’t take cards yet.',
  ),
  'card-unreadable': {
    ru: {
      reason: 'Карта не прочиталась.',
      advice: 'Попросите приложить её ещё раз. Если не читается ни одна карта, проверьте считыватель.',
    },
    en: {
      reason: 'The card could not be read.',
      advice: 'Ask to tap it once more. If no card is read, check the reader.',
    },
  },
  'card-not-presented': {
    ru: { reason: 'Карту не приложили.', advice: 'Нажмите «Карта» ещё раз, когда покупатель будет готов.' },
    en: { reason: 'No card was tapped.', advice: 'Press Card again when the buyer is ready.' },
  },
  'card-reader-silent': {
    ru: {
      reason: 'Считыватель карт не отвечает.',
      advice: 'Проверьте его кабель и питание или возьмите наличные.',
    },
    en: {
      reason: 'The card reader does not answer.',
      advice: 'Check its cable and power, or take cash.',
    },
  },
  'declined-online': askAnother('Банк не провёл эту оплату.', 'The bank did not approve this payment.'),
  'fiscal-drive-refused': {
    ru: {
      reason: 'Фискальный накопитель не подписал чек, продажа не состоялась.',
      advice: 'Деньги не списаны. Позвоните в поддержку.',
    },
    en: {
      reason: 'The fiscal drive did not sign the receipt; there was no sale.',
      advice: 'No money was taken. Call support.',
    },
  },
  'fiscal-drive-silent': {
    ru: {
      reason: 'Фискальный накопитель не отвечает, продажа не состоялась.',
      advice: 'Деньги не списаны. Проверьте кабель накопителя и повторите.',
    },
    en: {
      reason: 'The fiscal drive does not answer; there was no sale.',
      advice: 'No money was taken. Check the drive’s cable and try again.',
    },
  },
  interrupted: {
    ru: {
      reason: 'Касса перезапустилась, продажа не состоялась.',
      advice: 'Деньги не списаны. Повторите продажу.',
    },
    en: {
      reason: 'The till was restarted; there was no sale.',
      advice: 'No money was taken. Make the sale again.',
    },
  },
};
