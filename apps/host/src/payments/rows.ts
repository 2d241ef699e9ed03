import type { AttemptFacts, AttemptState, PaymentState, ResponseClass } from '@bivak/rules';

/** A payment as the worker reads it. */
export interface PaymentRow {
  bucket: number;
  payment_id: string;
  till_id: string;
  state: PaymentState;
  cycle: number;
  cause: Cause;
  cancel_asked: boolean;
  mode: 'offline' | 'online';
  amount_minor: number;
  currency: string;
  masked_pan: string;
  card_reference: string;
  card_ksn: string;
  card_ciphertext: string;
  issuer_bank_id: string | null;
  sold_at: Date;
  time_zone: string;
}

export interface AttemptRow {
  number: number;
  cycle: number;
  bank_id: string;
  state: AttemptState;
  stan: string;
  rrn: string;
  stored_at: Date;
  changed_at: Date;
  response_class: ResponseClass | null;
  reversal_tries: number;
}

/** Why an attempt is made. */
export type Cause = 'first' | 'failover' | 'retry' | 'asked-by-cardholder';

/** An attempt as the rules see it. */
export function factsOf(row: AttemptRow): AttemptFacts {
  return {
    number: row.number,
    cycle: row.cycle,
    bankId: row.bank_id,
    state: row.state,
    responseClass: row.response_class,
    changedAtMs: row.changed_at.getTime(),
    reversalTries: row.reversal_tries,
  };
}

/** Retrieval reference number (DE 37): last digit of the year, day of the year, hour, STAN: unique for an attempt at its bank. */
export function rrnOf(stan: string, atMs: number): string {
  const at = new Date(atMs);
  const dayOfYear = Math.floor((atMs - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
  return `${at.getUTCFullYear() % 10}${String(dayOfYear).padStart(3, '0')}${String(at.getUTCHours()).padStart(2, '0')}${stan}`;
}
