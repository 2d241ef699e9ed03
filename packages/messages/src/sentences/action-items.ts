import type { Alarm, AlarmKind, BankHealth, BankSessionState, WaitKind } from '@bivak/domain';
import type { Renderer } from '../render/renderer.ts';

const hourMs = 3_600_000;
/** A payment is spoken of when its bank's time runs out within this. */
const dueSoonMs = 6 * hourMs;
/** Half of the day in which a bank wants to see a sale: a till that is silent for longer may be late. */
const silentMs = 12 * hourMs;

export interface BankFacts {
  bankId: string;
  session: BankSessionState;
  health: BankHealth;
  /** Messages of its with a wrong authentication code, or none. */
  unauthenticMessages: number;
}

/** Whether the host's store is known to be as new as the world, and the money at stake if it is not. */
export interface StoreStanding {
  isInDoubt: boolean;
  atStake: { count: number; sumMinor: number };
  /** Held since the store was put back. */
  perhapsDebited: { count: number; sumMinor: number };
}

/** All that decides what needs a person: every bank, till, open payment and alarm. Sums in minor units of one currency. */
export interface OperationsFacts {
  store: StoreStanding;
  banks: readonly BankFacts[];
  /** Payments that no bank has decided, and why they wait. */
  waiting: {
    count: number;
    sumMinor: number;
    byReason: readonly { kind: WaitKind; count: number; sumMinor: number }[];
  };
  /** Of these the ones that the banks want to see soonest. */
  due: readonly { paymentId: string; amountMinor: number; bankDueAt: string }[];
  tills: readonly { tillId: string; lastContactAt: string | null }[];
  alarms: readonly Alarm[];
  nowMs: number;
}

/** The one page that helps. */
export type ActionTarget =
  | { kind: 'store' }
  | { kind: 'banks' }
  | { kind: 'till'; tillId: string }
  | { kind: 'unaccounted'; tillId: string }
  | { kind: 'payments' }
  | { kind: 'payment'; paymentId: string };

export type ActionClaim =
  | 'store-in-doubt'
  | 'store-not-in-doubt'
  | 'payments-perhaps-debited'
  | 'no-bank-usable'
  | 'every-bank-blocked'
  | 'no-bank-connected'
  | 'payments-wait'
  | 'no-payment-waits'
  | 'another-bank-usable'
  | 'another-bank-healthy'
  | 'bank-blocked'
  | 'bank-down'
  | 'bank-failing'
  | 'messages-not-authentic'
  | 'every-usable-bank-failing'
  | 'alarm-raised'
  | 'time-ran-out'
  | 'time-runs-out-soon'
  | 'card-data-unreadable'
  | 'till-silent';

/** What each sentence claims. */
export const actionClaims = {
  'store-in-doubt': ['store-in-doubt'],
  'perhaps-debited': ['store-not-in-doubt', 'payments-perhaps-debited'],
  'every-bank-blocked': ['no-bank-usable', 'every-bank-blocked', 'payments-wait'],
  'every-bank-blocked-idle': ['no-bank-usable', 'every-bank-blocked', 'no-payment-waits'],
  'no-bank-reached': ['no-bank-usable', 'no-bank-connected', 'payments-wait'],
  'no-bank-reached-idle': ['no-bank-usable', 'no-bank-connected', 'no-payment-waits'],
  'no-bank-usable': ['no-bank-usable', 'payments-wait'],
  'no-bank-usable-idle': ['no-bank-usable', 'no-payment-waits'],
  'bank-blocked': ['bank-blocked', 'another-bank-usable'],
  'bank-down': ['bank-down', 'another-bank-usable'],
  'bank-failing': ['bank-failing', 'another-bank-healthy'],
  'every-usable-bank-failing': ['every-usable-bank-failing'],
  'bank-not-authentic': ['messages-not-authentic'],
  alarm: ['alarm-raised'],
  overdue: ['time-ran-out'],
  'due-soon': ['time-runs-out-soon'],
  'card-data': ['card-data-unreadable'],
  'till-silent': ['till-silent'],
} as const satisfies Readonly<Record<string, readonly ActionClaim[]>>;
export type ActionKey = keyof typeof actionClaims;

/** Something that a person has to look at. `id` names it among the others, from one reading to the next. */
export interface ActionItem {
  id: string;
  key: ActionKey;
  sentence: string;
  target: ActionTarget;
}

/**
 * What needs a person, the most urgent first: a store in doubt (nothing is sent then, and no bank is connected), no bank to pay through, blocked accounts, alarms, payments that are late or
 * soon will be, card data that cannot be opened, silent tills, banks that fail. The renderer needs the currency.
 */
export function needsAPerson(facts: OperationsFacts, renderer: Renderer): ActionItem[] {
  const usable = facts.banks.filter(isUsable);
  const banks = usable.length === 0 ? noBank(facts, renderer) : [];
  const single = usable.length === 0 ? [] : facts.banks;
  const { isInDoubt } = facts.store;
  return [
    ...ofStore(facts, renderer),
    ...(isInDoubt ? [] : banks),
    ...single.filter(isBlocked).map((bank) => ofBank('bank-blocked', bank, usable, renderer)),
    ...single.flatMap((bank) => notAuthentic(bank, renderer)),
    ...alarms(facts, renderer),
    ...late(facts, renderer),
    ...cardData(facts, renderer),
    ...silentTills(facts, renderer),
    ...single.filter(isDown).map((bank) => ofBank('bank-down', bank, usable, renderer)),
    ...failing(usable, renderer),
  ];
}

function ofStore({ store }: OperationsFacts, { t, money }: Renderer): ActionItem[] {
  const item = (key: 'store-in-doubt' | 'perhaps-debited', stake: StoreStanding['atStake']): ActionItem => {
    const values = { count: stake.count, sum: money(stake.sumMinor) };
    return { id: key, key, sentence: t(`sentences:action.${key}`, values), target: { kind: 'store' } };
  };
  if (store.isInDoubt) return [item('store-in-doubt', store.atStake)];
  return store.perhapsDebited.count === 0 ? [] : [item('perhaps-debited', store.perhapsDebited)];
}

const isBlocked = ({ health }: BankFacts): boolean => health === 'blocked';
const isUsable = ({ session, health }: BankFacts): boolean => session === 'signed-on' && health !== 'blocked';
/** A session that is being set up is not worth a person yet, as long as another bank can be used. */
const isDown = ({ session, health }: BankFacts): boolean => session === 'down' && health !== 'blocked';

function noBank({ banks, waiting }: OperationsFacts, { t, money, list, bank }: Renderer): ActionItem[] {
  if (banks.length === 0) return [];
  const names = (some: readonly BankFacts[]): string => list(some.map(({ bankId }) => bank(bankId)));
  const blocked = banks.filter(isBlocked);
  const kind =
    blocked.length === banks.length
      ? 'every-bank-blocked'
      : blocked.length === 0
        ? 'no-bank-reached'
        : 'no-bank-usable';
  const values = {
    blocked: names(blocked),
    down: names(banks.filter((one) => !isBlocked(one))),
    sum: money(waiting.sumMinor),
    count: waiting.count,
  };
  const key = waiting.count === 0 ? (`${kind}-idle` as const) : kind;
  return [{ id: 'no-bank', key, sentence: t(`sentences:action.${key}`, values), target: { kind: 'banks' } }];
}

/** What such a message said was not believed: somebody may be on the line, or the keys differ. */
function notAuthentic(
  { bankId, unauthenticMessages: count }: BankFacts,
  { t, bank }: Renderer,
): ActionItem[] {
  if (count === 0) return [];
  const key = 'bank-not-authentic';
  const sentence = t(`sentences:action.${key}`, { bank: bank(bankId), count });
  return [{ id: `${key} ${bankId}`, key, sentence, target: { kind: 'banks' } }];
}

/** A bank that cannot be used, while others can. */
function ofBank(
  key: 'bank-blocked' | 'bank-down' | 'bank-failing',
  { bankId }: BankFacts,
  others: readonly BankFacts[],
  { t, list, bank }: Renderer,
): ActionItem {
  const values = { bank: bank(bankId), others: list(others.map((other) => bank(other.bankId))) };
  const sentence = t(`sentences:action.${key}`, values);
  return { id: `${key} ${bankId}`, key, sentence, target: { kind: 'banks' } };
}

function failing(usable: readonly BankFacts[], renderer: Renderer): ActionItem[] {
  const healthy = usable.filter(({ health }) => health === 'healthy');
  const bad = usable.filter(({ health }) => health === 'failing');
  if (bad.length === 0) return [];
  if (healthy.length > 0) return bad.map((bank) => ofBank('bank-failing', bank, healthy, renderer));
  const key = 'every-usable-bank-failing';
  const banks = renderer.list(bad.map(({ bankId }) => renderer.bank(bankId)));
  return [
    { id: key, key, sentence: renderer.t(`sentences:action.${key}`, { banks }), target: { kind: 'banks' } },
  ];
}

/** One that somebody has acknowledged needs nobody else. */
const alarms = ({ alarms }: OperationsFacts, renderer: Renderer): ActionItem[] =>
  alarms
    .filter(({ state }) => state === 'raised')
    .map((alarm) => ({
      id: `alarm ${alarm.alarmId}`,
      key: 'alarm',
      sentence: renderer.t('sentences:action.alarm', { till: alarm.tillId, what: renderer.alarm(alarm) }),
      target: targetOf(alarm),
    }));

/** Alarms about sales that are no payment: the page that lists them says why, and what may be decided. */
const ofUnaccounted: readonly AlarmKind[] = [
  'entry-quarantined',
  'card-data-unreadable',
  'journal-refused',
  'sales-waiting',
];

function targetOf({ kind, tillId, data }: Alarm): ActionTarget {
  if ('paymentId' in data) return { kind: 'payment', paymentId: data.paymentId };
  return ofUnaccounted.includes(kind) ? { kind: 'unaccounted', tillId } : { kind: 'till', tillId };
}

/** One line for all that are late and one for all that soon will be, each with the first of them. */
function late({ due, nowMs }: OperationsFacts, renderer: Renderer): ActionItem[] {
  const { t, money, instant } = renderer;
  const inOrder = due.toSorted((a, b) => Date.parse(a.bankDueAt) - Date.parse(b.bankDueAt));
  const dueInMs = ({ bankDueAt }: { bankDueAt: string }): number => Date.parse(bankDueAt) - nowMs;
  const line = (key: 'overdue' | 'due-soon', payments: typeof inOrder): ActionItem[] => {
    const [first] = payments;
    if (first === undefined) return [];
    const sentence = t(`sentences:action.${key}`, {
      count: payments.length,
      payment: first.paymentId,
      sum: money(payments.reduce((sum, { amountMinor }) => sum + amountMinor, 0)),
      due: instant(first.bankDueAt),
    });
    const target: ActionTarget =
      payments.length > 1 ? { kind: 'payments' } : { kind: 'payment', paymentId: first.paymentId };
    return [{ id: key, key, sentence, target }];
  };
  return [
    ...line(
      'overdue',
      inOrder.filter((payment) => dueInMs(payment) <= 0),
    ),
    ...line(
      'due-soon',
      inOrder.filter((payment) => dueInMs(payment) > 0 && dueInMs(payment) <= dueSoonMs),
    ),
  ];
}

function cardData({ waiting }: OperationsFacts, { t, money }: Renderer): ActionItem[] {
  const found = waiting.byReason.find(({ kind }) => kind === 'card-data-unreadable');
  if (found === undefined || found.count === 0) return [];
  const values = { count: found.count, sum: money(found.sumMinor) };
  const sentence = t('sentences:action.card-data', values);
  return [{ id: 'card-data', key: 'card-data', sentence, target: { kind: 'payments' } }];
}

const silentTills = ({ tills, nowMs }: OperationsFacts, { t, instant }: Renderer): ActionItem[] =>
  tills.flatMap(({ tillId, lastContactAt }): ActionItem[] => {
    if (lastContactAt === null || nowMs - Date.parse(lastContactAt) < silentMs) return [];
    const sentence = t('sentences:action.till-silent', { till: tillId, since: instant(lastContactAt) });
    return [{ id: `silent ${tillId}`, key: 'till-silent', sentence, target: { kind: 'till', tillId } }];
  });
