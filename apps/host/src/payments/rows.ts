import type { AttemptFacts } from '@bivak/rules';
import type { Row } from '../store/index.ts';

/** A payment as the worker reads it. */
export type PaymentRow = Pick<
  Row<'payments'>,
  | 'bucket'
  | 'payment_id'
  | 'till_id'
  | 'state'
  | 'cycle'
  | 'cause'
  | 'cancel_requested'
  | 'is_unreached'
  | 'mode'
  | 'amount_minor'
  | 'currency'
  | 'masked_pan'
  | 'card_reference'
  | 'card_track'
  | 'card_track_key'
  | 'card_account'
  | 'card_account_key'
  | 'issuer'
  | 'issuer_bank_id'
  | 'sold_at'
  | 'time_zone'
  | 'open_since'
  | 'stay_alarm'
  | 'last_event'
  | 'told_wait'
  | 'bank_id'
  | 'has_debt'
>;

export type AttemptRow = Pick<
  Row<'attempts'>,
  | 'number'
  | 'cycle'
  | 'bank_id'
  | 'state'
  | 'stan'
  | 'rrn'
  | 'flow'
  | 'bank_rrn'
  | 'authorisation_code'
  | 'stored_at'
  | 'changed_at'
  | 'sent_at'
  | 'response_class'
  | 'after_reversal'
  | 'was_approved'
  | 'was_interrupted'
  | 'late_response_code'
  | 'completing_since'
  | 'completion_sent_at'
  | 'completion_tries'
  | 'inquired_at'
  | 'dispute_cause'
  | 'reversal_tries'
  | 'reversing_since'
  | 'reversal_verdict'
  | 'refund_stan'
  | 'refund_rrn'
  | 'former_refund_stans'
>;

/** An attempt as the rules see it. `hasInquiry`: its bank can be asked what became of it. */
export function factsOf(row: AttemptRow, hasInquiry: boolean): AttemptFacts {
  return {
    number: row.number,
    cycle: row.cycle,
    bankId: row.bank_id,
    state: row.state,
    responseClass: row.response_class,
    afterReversal: row.after_reversal,
    changedAtMs: row.changed_at.getTime(),
    reversalTries: row.reversal_tries,
    reversingSinceMs: row.reversing_since?.getTime() ?? null,
    reversalVerdict: row.reversal_verdict,
    completionTries: row.completion_tries,
    completingSinceMs: row.completing_since?.getTime() ?? null,
    wasInterrupted: row.was_interrupted,
    mayInquire: hasInquiry && row.inquired_at === null && row.response_class === null,
  };
}

/** Who has issued the card, as far as it is known: its name, else the first digits. */
export const issuerOf = ({ issuer, masked_pan }: Pick<PaymentRow, 'issuer' | 'masked_pan'>): string =>
  issuer ?? masked_pan.slice(0, 6);

/** An attempt as the answer to its reversal is read. */
export const reversedFacts = (
  row: Pick<AttemptRow, 'was_approved' | 'completion_sent_at' | 'flow' | 'sent_at'>,
) => ({
  wasApproved: row.was_approved,
  mayBeCompleted: row.flow === 'reserve' && row.completion_sent_at !== null,
  sentAtMs: row.sent_at?.getTime() ?? null,
});

/** Retrieval reference number (DE 37): last digit of the year, day of the year, hour, STAN: unique for an attempt at its bank. */
export function rrnOf(stan: string, atMs: number): string {
  const at = new Date(atMs);
  const dayOfYear = Math.floor((atMs - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
  return `${at.getUTCFullYear() % 10}${String(dayOfYear).padStart(3, '0')}${String(at.getUTCHours()).padStart(2, '0')}${stan}`;
}
