import {
  type AlarmFacts,
  afterReversals,
  alarmKinds,
  alarmState,
  attemptCauses,
  attemptDecisions,
  attemptState,
  bankHealths,
  type Check,
  cardModes,
  cycleCauses,
  debtState,
  disputeCauses,
  type FiscalMark,
  intakeFaults,
  type LineItem,
  noticeKinds,
  noticeState,
  type PaymentEvent,
  paymentEventKinds,
  paymentOutcomes,
  paymentState,
  type QuarantineReason,
  type RankedBank,
  type Route,
  responseClasses,
  retryClasses,
  reversalVerdicts,
  schemes,
  tenders,
  type WaitReason,
} from '@bivak/domain';
import type { NoticeFacts } from './notice-facts.ts';

/** A column of the store; `Value` is what the program reads from it. */
interface Column<Value> {
  /** PostgreSQL's own name for the type, as `information_schema` has it. */
  type: 'smallint' | 'integer' | 'bigint' | 'text' | 'boolean' | 'timestamp with time zone' | 'jsonb';
  nullable: boolean;
  /** Every value that a column of states or kinds may hold. */
  values?: readonly string[];
  /** Never called: carries the type. */
  read?: () => Value;
}

const smallint: Column<number> = { type: 'smallint', nullable: false };
const integer: Column<number> = { type: 'integer', nullable: false };
const bigint: Column<number> = { type: 'bigint', nullable: false };
const text: Column<string> = { type: 'text', nullable: false };
const boolean: Column<boolean> = { type: 'boolean', nullable: false };
const instant: Column<Date> = { type: 'timestamp with time zone', nullable: false };
const json = <Value>(): Column<Value> => ({ type: 'jsonb', nullable: false });
const oneOf = <Value extends string>(values: readonly Value[]): Column<Value> => ({
  type: 'text',
  nullable: false,
  values,
});
const nullable = <Value>({ type, values }: Column<Value>): Column<Value | null> => ({
  type,
  nullable: true,
  ...(values === undefined ? {} : { values }),
});

export const stayAlarms = ['raised', 'over'] as const;
export const pendingAlarms = ['raise', 'raise-and-end', 'end'] as const;

/**
 * The tables as the newest migration leaves them: what rows are typed by, and what a test compares with the real store. A
 * state that a lifecycle loses, or an event that gets another name, leads the compiler and the SQL lint to every statement
 * that names it.
 */
export const tables = {
  migrations: { name: text, checksum: text, applied_at: instant },
  tills: {
    till_id: text,
    till_bucket: smallint,
    place: text,
    enrolment_code_hash: text,
    public_key: nullable(text),
    used_code_hash: nullable(text),
    enrolled_at: nullable(instant),
    last_contact_at: nullable(instant),
    stop_list_version: nullable(integer),
  },
  intake: {
    till_bucket: smallint,
    till_id: text,
    seq: bigint,
    /** Any kind: also one that this program does not know. */
    kind: text,
    version: bigint,
    sale_id: nullable(text),
    tender: nullable(oneOf(tenders)),
    payload: text,
    signature: text,
    hash: text,
    received_at: instant,
  },
  intake_folded: { till_bucket: smallint, till_id: text, seq: bigint },
  intake_rejected: {
    till_bucket: smallint,
    till_id: text,
    after_seq: bigint,
    entry_hash: text,
    fault: oneOf(intakeFaults),
    entry: text,
    rejected_at: instant,
  },
  quarantine: {
    till_bucket: smallint,
    till_id: text,
    seq: bigint,
    entry_kind: text,
    version: bigint,
    reason: json<QuarantineReason>(),
    quarantined_at: instant,
  },
  alarms: {
    till_bucket: smallint,
    alarm_id: text,
    till_id: text,
    kind: oneOf(alarmKinds),
    subject: text,
    state: oneOf(alarmState.options),
    data: json<AlarmFacts['data']>(),
    raised_at: instant,
    last_seen_at: instant,
    acknowledged_at: nullable(instant),
    acknowledged_by: nullable(text),
    ended_at: nullable(instant),
  },
  till_outbox: {
    till_bucket: smallint,
    till_id: text,
    cursor: bigint,
    sale_id: text,
    state: oneOf(paymentOutcomes),
    happened_at: instant,
  },
  payments: {
    bucket: smallint,
    payment_id: text,
    till_id: text,
    state: oneOf(paymentState.options),
    open_since: instant,
    cycle: integer,
    cause: oneOf(cycleCauses),
    cancel_requested: boolean,
    mode: oneOf(cardModes),
    amount_minor: bigint,
    currency: text,
    masked_pan: text,
    card_reference: text,
    card_ksn: text,
    card_ciphertext: text,
    phone: nullable(text),
    issuer: nullable(text),
    issuer_bank_id: nullable(text),
    sold_at: instant,
    time_zone: text,
    received_at: instant,
    bank_due_at: instant,
    collected_at: nullable(instant),
    declined_at: nullable(instant),
    bank_id: nullable(text),
    line_items: json<LineItem[]>(),
    checks: json<Check[]>(),
    fiscal: nullable(json<FiscalMark>()),
    routing: json<RankedBank[]>(),
    wait: nullable(json<WaitReason>()),
    due_at: nullable(instant),
    lease: nullable(text),
    pending_outcome: nullable(oneOf(paymentOutcomes)),
    stay_alarm: nullable(oneOf(stayAlarms)),
  },
  attempts: {
    bucket: smallint,
    payment_id: text,
    number: integer,
    cycle: integer,
    cause: oneOf(attemptCauses),
    bank_id: text,
    state: oneOf(attemptState.options),
    stan: text,
    rrn: text,
    stored_at: instant,
    sent_at: nullable(instant),
    answered_at: nullable(instant),
    changed_at: instant,
    response_code: nullable(text),
    response_class: nullable(oneOf(responseClasses)),
    after_reversal: nullable(oneOf(afterReversals)),
    was_approved: boolean,
    late_response_code: nullable(text),
    advice_code: nullable(text),
    authorisation_code: nullable(text),
    fee_minor: nullable(bigint),
    route: json<Route>(),
    reversal_tries: integer,
    reversing_since: nullable(instant),
    reversal_verdict: nullable(oneOf(reversalVerdicts)),
    refund_stan: nullable(text),
    refund_rrn: nullable(text),
    dispute_cause: nullable(oneOf(disputeCauses)),
    pending_alarm: nullable(oneOf(pendingAlarms)),
  },
  decisions: {
    bucket: smallint,
    payment_id: text,
    number: integer,
    attempt: integer,
    decision: oneOf(attemptDecisions),
    decided_by: text,
    why: text,
    decided_at: instant,
  },
  payment_events: {
    bucket: smallint,
    payment_id: text,
    number: integer,
    happened_at: instant,
    kind: oneOf(paymentEventKinds),
    data: json<PaymentEvent['data']>(),
  },
  trace_numbers: { bank_id: text, block: bigint },
  bank_states: { bank_id: text, health: oneOf(bankHealths), failures: integer, changed_at: instant },
  debts: {
    bucket: smallint,
    payment_id: text,
    card_reference: text,
    masked_pan: text,
    till_id: text,
    state: oneOf(debtState.options),
    amount_minor: bigint,
    currency: text,
    scheme: oneOf(schemes),
    sold_at: instant,
    time_zone: text,
    response_code: text,
    declined_cause: oneOf(cycleCauses),
    retry_class: oneOf(retryClasses),
    wait_ms: bigint,
    phone: nullable(text),
    opened_at: instant,
    declined_at: instant,
    window_ends_at: instant,
    next_attempt_at: nullable(instant),
    attempt_cycle: integer,
    closed_at: nullable(instant),
    due_at: nullable(instant),
  },
  notices: {
    bucket: smallint,
    payment_id: text,
    kind: oneOf(noticeKinds),
    state: oneOf(noticeState.options),
    phone: text,
    data: json<NoticeFacts>(),
    stored_at: instant,
    changed_at: instant,
    tries: integer,
    due_at: nullable(instant),
  },
  notice_messages: {
    bucket: smallint,
    payment_id: text,
    kind: oneOf(noticeKinds),
    part: integer,
    message_id: text,
    message_key: text,
    is_delivered: nullable(boolean),
  },
  stop_list_entries: {
    bucket: smallint,
    card_reference: text,
    payment_id: text,
    masked_pan: text,
    response_code: text,
    since: instant,
  },
  stop_list_versions: { version: integer, issued_at: instant, card_references: json<string[]>() },
} as const;

export type TableName = keyof typeof tables;
type ValueOf<Of> = Of extends Column<infer Value> ? Value : never;

/** A row of a table; a statement that reads some of its columns is typed by a `Pick` of it. */
export type Row<Name extends TableName> = {
  -readonly [ColumnName in keyof (typeof tables)[Name]]: ValueOf<(typeof tables)[Name][ColumnName]>;
};
