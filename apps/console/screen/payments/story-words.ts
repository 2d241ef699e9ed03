import { formatInstant, type Language } from '@bivak/screen';
import { refusalWords } from '@bivak/words';
import { declineWords, type Listener, reasonWords, routeReason } from '../words/host-words.ts';

/** One line of a story: what happened, and why where the host says why. `sign` says which way it went. */
export interface Told {
  what: string;
  why?: string | undefined;
  sign: 'good' | 'bad' | 'plain';
}

type Pair = readonly [ru: string, en: string];
type Row = readonly [
  english: RegExp,
  sign: Told['sign'],
  tell: (part: (index: number) => string, listener: Listener) => { what: Pair; why?: string | Pair },
];

/**
 * The host tells a payment's story in plain English sentences. Each row here is one of them; a sentence without a row is
 * shown as the host tells it. The more particular stand first.
 */
const rows: readonly Row[] = [
  [
    /^rung up at (\S+); the host is asked while the buyer waits$/,
    'plain',
    (part) => ({
      what: [`Продажа на кассе ${part(1)}`, `Rung up at ${part(1)}`],
      why: [
        'Связь есть: хост спрошен, пока покупатель ждёт',
        'There is a link: the host is asked while the buyer waits',
      ],
    }),
  ],
  [
    /^accepted offline at (\S+)$/,
    'plain',
    (part) => ({ what: [`Принято офлайн на кассе ${part(1)}`, `Accepted offline at ${part(1)}`] }),
  ],
  [
    /^accepted online at (\S+)$/,
    'plain',
    (part) => ({
      what: [`Принято со связью на кассе ${part(1)}`, `Accepted online at ${part(1)}`],
      why: ['Банк ответил, пока покупатель ждал', 'The bank answered while the buyer waited'],
    }),
  ],
  [
    /^dated as it arrived: the till's clock said (.+)$/,
    'bad',
    (part) => ({
      what: ['Время продажи взято по приходу на хост', 'Dated as it arrived at the host'],
      why: [`Часы кассы показывали ${part(1)}`, `The till’s clock said ${part(1)}`],
    }),
  ],
  [/^arrived at the host$/, 'plain', () => ({ what: ['Получено хостом', 'Arrived at the host'] })],
  [
    /^the till ended the sale without a receipt \((.+)\)$/,
    'bad',
    (part, { language }) => ({
      what: ['Касса завершила продажу без чека', 'The till ended the sale without a receipt'],
      why: refusalWords[part(1)]?.[language].reason ?? part(1),
    }),
  ],
  [
    /^sent to (\S+): (.+)$/,
    'plain',
    (part, listener) => {
      const bank = listener.bankName(part(1));
      return {
        what: [`Отправлено: ${bank}`, `Sent to ${bank}`],
        why: routeReason(listener.language, part(2)),
      };
    },
  ],
  [
    /^nothing was sent to (\S+): (.+)$/,
    'bad',
    (part, listener) => {
      const bank = listener.bankName(part(1));
      return {
        what: [`${bank}: ничего не отправлено`, `Nothing was sent to ${bank}`],
        why: reasonWords(listener.language, part(2)),
      };
    },
  ],
  [
    /^(\S+) did not answer: (.+)$/,
    'bad',
    (part, listener) => {
      const bank = listener.bankName(part(1));
      return {
        what: [`${bank} не ответил`, `${bank} did not answer`],
        why: reasonWords(listener.language, part(2)),
      };
    },
  ],
  [
    /^(\S+) answered (\S{2,3}): approved$/,
    'good',
    (part, { bankName }) => ({
      what: [`${bankName(part(1))}: одобрено (${part(2)})`, `${bankName(part(1))}: approved (${part(2)})`],
    }),
  ],
  [
    /^(\S+) answered too late(.*)$/,
    'bad',
    (part, { bankName }) => ({
      what: [
        `${bankName(part(1))} ответил слишком поздно`,
        `${bankName(part(1))} answered too late${part(2)}`,
      ],
    }),
  ],
  [
    /^(\S+) answered (\S{2,3}): (.+)$/,
    'bad',
    (part, { language, bankName }) => ({
      what: [
        `${bankName(part(1))}: не одобрено (${part(2)})`,
        `${bankName(part(1))}: not approved (${part(2)})`,
      ],
      why: declineWords(language, part(3)),
    }),
  ],
  [
    /^the host was interrupted: it is not known whether (\S+) has debited$/,
    'bad',
    (part, { bankName }) => ({
      what: ['Хост был прерван', 'The host was interrupted'],
      why: [
        `Неизвестно, списал ли ${bankName(part(1))}: сначала отменяем`,
        `It is not known whether ${bankName(part(1))} has debited: that is reversed first`,
      ],
    }),
  ],
  [
    /^the host was interrupted before anything left for (\S+)$/,
    'bad',
    (part, { bankName }) => ({
      what: ['Хост был прерван', 'The host was interrupted'],
      why: [
        `${bankName(part(1))}: ничего не ушло, отменять нечего`,
        `Nothing had left for ${bankName(part(1))}`,
      ],
    }),
  ],
  [
    /^reversal sent to (\S+)$/,
    'plain',
    (part, { bankName }) => ({
      what: [`Отправлена отмена: ${bankName(part(1))}`, `Reversal sent to ${bankName(part(1))}`],
      why: [
        'Пока отмена не подтверждена, другой банк не спрашиваем: карту не спишут дважды',
        'Until it is confirmed no other bank is asked: the card is never debited twice',
      ],
    }),
  ],
  [
    /^(\S+) confirmed: nothing is debited there$/,
    'good',
    (part, { bankName }) => ({
      what: [
        `${bankName(part(1))} подтвердил: там ничего не списано`,
        `${bankName(part(1))} confirmed: nothing is debited there`,
      ],
    }),
  ],
  [
    /^another attempt, by the schedule$/,
    'plain',
    () => ({ what: ['Новая попытка по графику', 'Another attempt, by the schedule'] }),
  ],
  [
    /^another attempt, asked for by the cardholder$/,
    'plain',
    () => ({ what: ['Новая попытка по просьбе покупателя', 'Another attempt, asked for by the cardholder'] }),
  ],
  [
    /^the card scheme allows no more attempts until (.+)$/,
    'bad',
    (part, { language }) => ({
      what: ['Платёжная система больше не разрешает попыток', 'The card scheme allows no more attempts'],
      why: [
        `Следующая не раньше ${formatInstant(language, part(1))}`,
        `The next not before ${formatInstant(language, part(1))}`,
      ],
    }),
  ],
  [
    /^cannot be sent: (.+)$/,
    'bad',
    (part, { language }) => ({
      what: ['Отправить нельзя', 'Cannot be sent'],
      why: reasonWords(language, part(1)),
    }),
  ],
  [/^collected$/, 'good', () => ({ what: ['Деньги списаны', 'Collected'] })],
  [
    /^declined$/,
    'bad',
    () => ({ what: ['Отказ: становится задолженностью', 'Declined: it becomes a debt'] }),
  ],
  [
    /^cancelled$/,
    'plain',
    () => ({ what: ['Отменено: с карты ничего не списано', 'Cancelled: nothing is debited'] }),
  ],
];

const inLanguage = (language: Language, [ru, en]: Pair): string => (language === 'ru' ? ru : en);

/** A sentence of the host's story, for people. */
export function storyLine(listener: Listener, sentence: string): Told {
  for (const [english, sign, tell] of rows) {
    const found = english.exec(sentence);
    if (found === null) continue;
    const { what, why } = tell((index) => found[index] ?? '', listener);
    const reason = typeof why === 'object' ? inLanguage(listener.language, why) : why;
    return { what: inLanguage(listener.language, what), why: reason, sign };
  }
  return { what: sentence, sign: 'plain' };
}
