import type { DebtState, PaymentState, WaitReason } from '@bivak/domain';
import type { Renderer } from '../render/renderer.ts';
import { always, rowFor, type Table } from './table.ts';

/** What decides where a payment stands: its state, why it waits, and its debt. Instants in milliseconds. */
export interface PaymentFacts {
  state: PaymentState;
  /** It is `declined` by nobody: no bank reached the issuer. */
  isUnreached: boolean;
  wait: { reason: WaitReason; untilAt: string | null } | null;
  debt: { state: DebtState; nextAttemptAtMs: number | null; windowEndsAtMs: number } | null;
  nowMs: number;
}

export type HeadlineClaim =
  | 'waits'
  | 'not-decided'
  | 'may-be-debited'
  | 'collected'
  | 'declined'
  | 'cancelled'
  | 'no-sale'
  | 'no-debt'
  | 'debt-open'
  | 'debt-attempting'
  | 'debt-listed'
  | 'debt-held'
  | 'debt-given-up'
  | 'debt-recovered'
  | 'debt-paid-after-listing'
  | 'debt-paid'
  | 'debt-not-paid-yet'
  | 'will-try-again-at'
  | 'attempt-is-due'
  | 'no-attempt-planned'
  | 'window-ends-ahead'
  | 'window-is-over';

type Key = Exclude<keyof import('../texts.ts').English['sentences']['headline'], 'waiting'>;

const decided = ({ state }: PaymentFacts): boolean =>
  state === 'collected' || state === 'declined' || state === 'cancelled';
const inState =
  (state: PaymentState, ...debts: (DebtState | null)[]) =>
  (facts: PaymentFacts): boolean =>
    facts.state === state && (debts.length === 0 || debts.includes(facts.debt?.state ?? null));
/** While the reversal itself is awaited, that it is a reversal says more than that an answer is awaited. */
const isReversalAwaited = ({ state, wait }: PaymentFacts): boolean =>
  (state === 'unknown' || state === 'reversing') && wait?.reason.kind === 'answer-pending';
const next = ({ debt }: PaymentFacts): number | null => debt?.nextAttemptAtMs ?? null;

/** Every state of a payment and its debt, and the sentence that heads its page. A payment that waits says why. */
export const headlineRows: Table<Key | 'waiting', PaymentFacts, HeadlineClaim> = {
  waiting: {
    when: (facts) => facts.wait !== null && !decided(facts) && !isReversalAwaited(facts),
    claims: ['waits', 'not-decided'],
  },
  received: { when: inState('received'), claims: ['not-decided'] },
  routed: { when: inState('routed'), claims: ['not-decided'] },
  sending: { when: inState('sending'), claims: ['not-decided'] },
  unknown: { when: inState('unknown'), claims: ['not-decided', 'may-be-debited'] },
  reversing: { when: inState('reversing'), claims: ['not-decided', 'may-be-debited'] },
  'collected-recovered': {
    when: inState('collected', 'recovered'),
    claims: ['collected', 'debt-recovered'],
  },
  'collected-after-listing': {
    when: inState('collected', 'paid-after-listing'),
    claims: ['collected', 'debt-paid-after-listing'],
  },
  collected: { when: inState('collected', null), claims: ['collected', 'no-debt'] },
  'collected-debt-closing': { when: inState('collected'), claims: ['collected', 'debt-not-paid-yet'] },
  declined: { when: inState('declined', null), claims: ['declined', 'no-debt'] },
  'declined-attempting': {
    when: inState('declined', 'attempting'),
    claims: ['declined', 'debt-attempting'],
  },
  'declined-listed': { when: inState('declined', 'stop-listed'), claims: ['declined', 'debt-listed'] },
  'declined-paid': {
    when: inState('declined', 'recovered', 'paid-after-listing'),
    claims: ['declined', 'debt-paid'],
  },
  'declined-held': { when: inState('declined', 'held'), claims: ['declined', 'debt-held'] },
  'declined-given-up': {
    when: inState('declined', 'given-up'),
    claims: ['declined', 'debt-given-up'],
  },
  'declined-retry': {
    when: (facts) => inState('declined')(facts) && next(facts) !== null && next(facts)! > facts.nowMs,
    claims: ['declined', 'debt-open', 'will-try-again-at'],
  },
  'declined-due': {
    when: (facts) => inState('declined')(facts) && next(facts) !== null,
    claims: ['declined', 'debt-open', 'attempt-is-due'],
  },
  'declined-no-retry': {
    when: (facts) => inState('declined')(facts) && facts.debt!.windowEndsAtMs > facts.nowMs,
    claims: ['declined', 'debt-open', 'no-attempt-planned', 'window-ends-ahead'],
  },
  'declined-window-over': {
    when: inState('declined'),
    claims: ['declined', 'debt-open', 'no-attempt-planned', 'window-is-over'],
  },
  cancelling: { when: inState('cancelling'), claims: ['no-sale', 'may-be-debited'] },
  cancelled: { when: always, claims: ['no-sale', 'cancelled'] },
};

/** Where a payment stands, in one sentence. */
export function paymentHeadline(facts: PaymentFacts, renderer: Renderer): { key: string; sentence: string } {
  const { t, instant, wait } = renderer;
  const key = rowFor(headlineRows, facts);
  const nextAtMs = next(facts);
  const sentence = t(`sentences:headline.${key}`, {
    cause: t(`sentences:declineCause.${facts.isUnreached ? 'unreached' : 'declined'}`),
    reason: facts.wait === null ? '' : wait(facts.wait.reason, facts.wait.untilAt),
    next: nextAtMs === null ? '' : instant(nextAtMs),
    ends: facts.debt === null ? '' : instant(facts.debt.windowEndsAtMs),
  });
  return { key, sentence };
}
