import type { sandboxApi } from '@bivak/contracts';
import { type Alarm, type AttemptState, type PaymentState, paymentEnds } from '@bivak/domain';
import { maxPaymentStayMs, openAttemptStates } from '@bivak/rules';
import type { Sale } from './counter.ts';

/** A payment as the host has it at the end. */
export interface HeldPayment {
  saleId: string;
  state: PaymentState;
  openSinceMs: number;
  /** The issuer's last answer, as the bank has passed it on, forbids any retry, or the card's scheme does. */
  isRetryForbidden: boolean;
  attempts: { number: number; state: AttemptState }[];
  /** Attempts about which a person has decided, or that were approved after another answer, at any time. */
  toldOf: { kind: 'disputed' | 'approved-late'; attempt: number }[];
}

/** What can be wrong at the end of a run. */
export const faultClasses = {
  double: 'collected, and debited more than once',
  'not-debited': 'collected, and debited by nobody',
  'wrong-sum': 'what was debited, net, is not the sale’s sum',
  'declined-but-debited': 'declined, and debited',
  'cancelled-but-debited': 'cancelled, and debited',
  'given-back-too-much': 'more was given back than was debited',
  lost: 'accepted at the till, and no payment at the host',
  'no-end': 'undecided, or an attempt open, and nobody is told',
  'missed-alarm': 'a person was needed, and no alarm was raised',
  uncollected: 'accepted, its card has money, a bank works, and it is not collected',
  'false-alarm': 'an alarm although every bank was honest',
  'sums-differ': 'a sum that was kept is not what a full count gives',
} as const;
export type FaultClass = keyof typeof faultClasses;
export type Faults = Partial<Record<FaultClass, string[]>>;

export interface Evidence {
  sales: readonly Sale[];
  payments: readonly HeldPayment[];
  /** Of all banks. */
  lines: readonly sandboxApi.DayFileLine[];
  alarms: readonly Alarm[];
  nowMs: number;
  isHonest: boolean;
  /** Sums by their places, as they were kept and as a full count has them. */
  sums: { kept: readonly PlacedSum[]; counted: readonly PlacedSum[] };
}

export interface PlacedSum {
  place: string;
  count: number;
  sum: number;
}

/** Compares what the host says with the banks' books, which alone decide. */
export function judge({ sales, payments, lines, alarms, nowMs, isHonest, sums }: Evidence): Faults {
  const faults: Faults = {};
  const add = (kind: FaultClass, id: string): void => {
    faults[kind] ??= [];
    if (!faults[kind].includes(id)) faults[kind].push(id);
  };
  const byId = new Map(payments.map((payment) => [payment.saleId, payment]));
  const linesOf = Map.groupBy(lines, ({ reference }) => reference);
  const alarmsOf = Map.groupBy(alarms, alarmSubject);
  for (const sale of sales) {
    const { saleId } = sale;
    const payment = byId.get(saleId);
    const netMinor = netOf(linesOf.get(saleId) ?? []);
    if (payment === undefined) {
      if (sale.end === 'accepted') add('lost', saleId);
      if (netMinor !== 0) add('cancelled-but-debited', saleId);
      continue;
    }
    const told = alarmsOf.get(saleId) ?? [];
    const isTold = told.some(({ endedAt }) => endedAt === null);
    const isOpen = payment.attempts.some(({ state }) => isOpenState(state));
    const isDecided = (paymentEnds as readonly PaymentState[]).includes(payment.state);
    if ((!isDecided || isOpen) && !isTold) add('no-end', saleId);
    for (const kind of missedAlarms(payment, told, nowMs)) add(kind, saleId);
    if (isDecided && !isOpen) {
      const kind = moneyFault(payment.state, netMinor, sale.amountMinor);
      if (kind !== null) add(kind, saleId);
    }
    const isOwed = sale.end === 'accepted' && !payment.isRetryForbidden;
    if (isOwed && payment.state !== 'collected' && !isTold) add('uncollected', saleId);
  }
  for (const place of differences(sums)) add('sums-differ', place);
  for (const alarm of isHonest ? alarms : []) add('false-alarm', `${alarm.kind} ${alarmSubject(alarm)}`);
  return faults;
}

/** Debits less reversals and refunds. */
export const netOf = (lines: readonly sandboxApi.DayFileLine[]): number =>
  lines.reduce((net, { kind, amountMinor }) => net + (kind === 'debit' ? amountMinor : -amountMinor), 0);

const isOpenState = (state: AttemptState): boolean =>
  (openAttemptStates as readonly AttemptState[]).includes(state);

const alarmSubject = ({ data, tillId }: Alarm): string => ('paymentId' in data ? data.paymentId : tillId);

function moneyFault(state: PaymentState, netMinor: number, amountMinor: number): FaultClass | null {
  if (netMinor < 0) return 'given-back-too-much';
  if (state === 'declined') return netMinor === 0 ? null : 'declined-but-debited';
  if (state === 'cancelled') return netMinor === 0 ? null : 'cancelled-but-debited';
  if (netMinor === amountMinor) return null;
  if (netMinor === 0) return 'not-debited';
  return netMinor >= 2 * amountMinor ? 'double' : 'wrong-sum';
}

function missedAlarms(payment: HeldPayment, told: readonly Alarm[], nowMs: number): FaultClass[] {
  const raised = (kind: Alarm['kind'], attempt?: number): boolean =>
    told.some(
      (alarm) =>
        alarm.kind === kind &&
        (attempt === undefined || ('attempt' in alarm.data && alarm.data.attempt === attempt)),
    );
  const isMissed = payment.toldOf.some(({ kind, attempt }) =>
    kind === 'disputed' ? !raised('payment-needs-decision', attempt) : !raised('approved-late', attempt),
  );
  const maxMs = maxPaymentStayMs[payment.state];
  const isOver = maxMs !== null && nowMs - payment.openSinceMs > maxMs + 60 * 60_000;
  const isStuck = isOver && !raised('payment-stuck') && !raised('payment-needs-decision');
  return isMissed || isStuck ? ['missed-alarm'] : [];
}

function differences({ kept, counted }: Evidence['sums']): string[] {
  const text = ({ place, count, sum }: PlacedSum): string => `${place}: ${count}, ${sum}`;
  const [one, other] = [new Set(kept.map(text)), new Set(counted.map(text))];
  return [...one, ...other].filter((place) => one.has(place) !== other.has(place));
}
