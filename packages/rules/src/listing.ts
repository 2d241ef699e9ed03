import type { DebtDecision, NoticeKind, NoticeShortfall, NoticeState, RetryClass } from '@bivak/domain';

/** What decides whether a card may be listed for a debt whose window is over; instants in milliseconds. */
export interface ListingFacts {
  /** Of the latest answer. */
  retryClass: RetryClass;
  /** The holder has left a phone. */
  hasContact: boolean;
  /** What a person has decided; null: nothing. */
  decision: DebtDecision | null;
  notices: readonly { kind: NoticeKind; state: NoticeState; storedAtMs: number }[];
}

export type Listing =
  | { do: 'list' }
  /** Notices are on their way, and nobody knows yet whether they arrive. */
  | { do: 'wait'; untilMs: number }
  | { do: 'hold'; shortfall: NoticeShortfall }
  | { do: 'give-up' };

/** What a holder is promised before his card is listed. */
const promised: ReadonlySet<NoticeKind> = new Set(['declined', 'bank-unreachable', 'middle', 'day-before']);

/** So long after it was stored a notice may still arrive: what centres keep a message for at most, mostly. */
export const maxDeliveryMs = 72 * 3_600_000;

/**
 * Whether the card is listed now that the window is over. The issuer's word that a card must not be used is enough. Else its
 * holder was promised notices, which must have reached him, or a person decides. Who has left no phone was promised none.
 */
export function decideListing(debt: ListingFacts, nowMs: number): Listing {
  if (debt.decision !== null) return { do: debt.decision === 'list-card' ? 'list' : 'give-up' };
  if (debt.retryClass === 'never' || !debt.hasContact) return { do: 'list' };
  const notices = debt.notices.filter(({ kind, state }) => promised.has(kind) && state !== 'withdrawn');
  const delivered = notices.filter(({ state }) => state === 'delivered');
  const pending = notices.filter(
    ({ state, storedAtMs }) =>
      state !== 'delivered' && state !== 'failed' && nowMs < storedAtMs + maxDeliveryMs,
  );
  if (pending.length > 0)
    return { do: 'wait', untilMs: Math.min(...pending.map(({ storedAtMs }) => storedAtMs + maxDeliveryMs)) };
  if (delivered.length === 0) return { do: 'hold', shortfall: 'none-delivered' };
  return delivered.length === notices.length
    ? { do: 'list' }
    : { do: 'hold', shortfall: 'some-not-delivered' };
}
