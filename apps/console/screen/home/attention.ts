import type { hostApi } from '@bivak/contracts';
import { formatInstant, type Language } from '@bivak/screen';
import { alarmWords } from '../words/host-words.ts';

const hourMs = 3_600_000;
/** A payment is spoken of when its bank's time runs out within this. */
const dueSoonMs = 6 * hourMs;
/** Half of the day in which a bank wants to see a sale: a till that is silent for longer may be late. */
const silentMs = 12 * hourMs;

/** Something that a person has to look at. */
export interface Attention {
  key: string;
  words: 'bankBlocked' | 'tillAlarm' | 'overdue' | 'dueSoon' | 'tillSilent' | 'bankDown' | 'bankFailing';
  values: Record<string, string | number>;
  /** The one page that helps. */
  to: '/banks' | '/tills' | '/payments' | '/payments/$paymentId';
  params?: { paymentId: string };
  search?: { stage: 'toBeSent' };
}

export interface Seen {
  banks: readonly hostApi.Bank[];
  tills: readonly hostApi.TillSummary[];
  /** Payments that no bank has decided. */
  waiting: readonly hostApi.Payment[];
  nowMs: number;
  language: Language;
}

/**
 * From what the host tells, the most urgent first: blocked accounts, refused journals, payments that are late or soon will
 * be, silent tills, banks that fail.
 */
export function whatNeedsAPerson(seen: Seen): Attention[] {
  return [...blockedBanks(seen), ...alarms(seen), ...late(seen), ...silentTills(seen), ...failingBanks(seen)];
}

const blockedBanks = ({ banks, language }: Seen): Attention[] =>
  banks
    .filter(({ health }) => health === 'blocked')
    .map(({ bankId, name }) => ({
      key: `blocked ${bankId}`,
      words: 'bankBlocked',
      values: { bank: name[language] },
      to: '/banks',
    }));

const alarms = ({ tills, language }: Seen): Attention[] =>
  tills.flatMap(({ tillId, alarm }) =>
    alarm === null
      ? []
      : [
          {
            key: `alarm ${tillId}`,
            words: 'tillAlarm',
            values: { till: tillId, what: alarmWords(language, alarm.what) },
            to: '/tills',
          } as const,
        ],
  );

/** One line for all that are late and one for all that soon will be, each with the first of them. */
function late({ waiting, nowMs, language }: Seen): Attention[] {
  const inOrder = waiting.toSorted((a, b) => a.bankDueAt.localeCompare(b.bankDueAt));
  const dueIn = ({ bankDueAt }: hostApi.Payment) => Date.parse(bankDueAt) - nowMs;
  const line = (words: 'overdue' | 'dueSoon', payments: readonly hostApi.Payment[]): Attention[] => {
    const [first] = payments;
    if (first === undefined) return [];
    const values = {
      count: payments.length,
      payment: first.id,
      due: formatInstant(language, first.bankDueAt),
    };
    if (payments.length > 1)
      return [{ key: words, words, values, to: '/payments', search: { stage: 'toBeSent' } }];
    return [{ key: words, words, values, to: '/payments/$paymentId', params: { paymentId: first.id } }];
  };
  return [
    ...line(
      'overdue',
      inOrder.filter((payment) => dueIn(payment) <= 0),
    ),
    ...line(
      'dueSoon',
      inOrder.filter((payment) => dueIn(payment) > 0 && dueIn(payment) <= dueSoonMs),
    ),
  ];
}

const silentTills = ({ tills, nowMs, language }: Seen): Attention[] =>
  tills.flatMap(({ tillId, lastContactAt }) =>
    lastContactAt === null || nowMs - Date.parse(lastContactAt) < silentMs
      ? []
      : [
          {
            key: `silent ${tillId}`,
            words: 'tillSilent',
            values: { till: tillId, since: formatInstant(language, lastContactAt) },
            to: '/tills',
          } as const,
        ],
  );

const failingBanks = ({ banks, language }: Seen): Attention[] =>
  banks
    .filter(({ link, health }) => health !== 'blocked' && (link === 'down' || health === 'failing'))
    .map(({ bankId, name, link }) => ({
      key: `failing ${bankId}`,
      words: link === 'down' ? 'bankDown' : 'bankFailing',
      values: { bank: name[language] },
      to: '/banks',
    }));
