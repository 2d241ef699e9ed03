import type { hostApi } from '@bivak/contracts';
import { type DisputeCause, type PaymentState, Problem, type TimelineEntry } from '@bivak/domain';
import { minorOfText } from '@bivak/money';
import { decisionsFor, responseMeaning, saleEndDecisionsFor } from '@bivak/rules';
import { saleEndFacts } from '../payments/sale-end.ts';
import { type PageEnd, type Queries, type Row, sql } from '../store/index.ts';

type PaymentColumns = Pick<
  Row<'payments'>,
  | 'payment_id'
  | 'till_id'
  | 'state'
  | 'amount_minor'
  | 'currency'
  | 'masked_pan'
  | 'mode'
  | 'sold_at'
  | 'received_at'
  | 'bank_due_at'
  | 'collected_at'
  | 'bank_id'
  | 'issuer'
  | 'wait'
  | 'is_unreached'
  | 'double_of'
> & {
  debt_id: string | null;
  /** Null too while somebody works on it: what it waits for then has no time. */
  wait_until: Date | null;
};

const paymentOf = (row: PaymentColumns): hostApi.Payment => ({
  id: row.payment_id,
  tillId: row.till_id,
  state: row.state,
  amountMinor: row.amount_minor,
  currency: row.currency,
  maskedPan: row.masked_pan,
  mode: row.mode,
  soldAt: row.sold_at.toISOString(),
  receivedAt: row.received_at.toISOString(),
  bankDueAt: row.bank_due_at.toISOString(),
  collectedAt: row.collected_at?.toISOString() ?? null,
  bankId: row.bank_id,
  issuer: row.issuer,
  debtId: row.debt_id,
  isUnreached: row.is_unreached,
  doubleOf: row.double_of,
  wait: row.wait === null ? null : { reason: row.wait, untilAt: row.wait_until?.toISOString() ?? null },
});

export interface PaymentFilter {
  state: PaymentState | null;
  tillId: string | null;
  /** Last four digits, sale id, or sum. */
  search: string | null;
  /** ISO 4217: in which a sum is searched for. */
  currency: string;
}

/** One thing that is searched for; each is served by an index of its own. */
interface Sought {
  amountMinor: number | null;
  lastDigits: string | null;
  /** Patterns of LIKE: how a sale's identity begins, and how it ends (read backwards). */
  begins: string | null;
  ends: string | null;
}

const nothing: Sought = { amountMinor: null, lastDigits: null, begins: null, ends: null };

/** What a search may mean. */
function soughtBy(search: string | null, currency: string): Sought[] {
  if (search === null) return [nothing];
  const pattern = (text: string): string => `${text.replace(/[\\%_]/g, '\\$&')}%`;
  const sought: Sought[] = [
    { ...nothing, begins: pattern(search) },
    { ...nothing, ends: pattern([...search].toReversed().join('')) },
  ];
  const amountMinor = minorOfText(search, currency);
  if (amountMinor !== null) sought.push({ ...nothing, amountMinor });
  if (/^\d{4}$/.test(search)) sought.push({ ...nothing, lastDigits: search });
  return sought;
}

/** Payments, the newest first. */
export async function listPayments(
  queries: Queries,
  { search, currency, ...filter }: PaymentFilter,
  after: PageEnd | null,
  limit: number,
): Promise<hostApi.Payment[]> {
  const pages = await Promise.all(
    soughtBy(search, currency).map((sought) => pageOf(queries, filter, sought, after, limit)),
  );
  // Each page is sorted; what is found in two ways is one.
  const all = new Map(pages.flat().map((row) => [row.payment_id, row]));
  return [...all.values()]
    .toSorted(
      (one, other) =>
        other.sold_at.getTime() - one.sold_at.getTime() || (one.payment_id < other.payment_id ? 1 : -1),
    )
    .slice(0, limit)
    .map(paymentOf);
}

async function pageOf(
  queries: Queries,
  { state, tillId }: Omit<PaymentFilter, 'search' | 'currency'>,
  { amountMinor, lastDigits, begins, ends }: Sought,
  after: PageEnd | null,
  limit: number,
): Promise<PaymentColumns[]> {
  return queries.query<PaymentColumns>(sql`
    select p.payment_id, p.till_id, p.state, p.amount_minor, p.currency, p.masked_pan, p.mode, p.sold_at, p.received_at, p.bank_due_at,
      p.collected_at, p.bank_id, p.issuer, p.wait, p.is_unreached, p.double_of, case when p.lease is null then p.due_at end as wait_until, d.payment_id as debt_id
    from payments p left join debts d on d.bucket = p.bucket and d.payment_id = p.payment_id
    where (${state}::text is null or p.state = ${state})
      and (${tillId}::text is null or p.till_id = ${tillId})
      and (${amountMinor}::bigint is null or p.amount_minor = ${amountMinor})
      and (${lastDigits}::text is null or right(p.masked_pan, 4) = ${lastDigits})
      and (${begins}::text is null or p.payment_id like ${begins})
      and (${ends}::text is null or reverse(p.payment_id) like ${ends})
      and (${after?.at ?? null}::timestamptz is null or (p.sold_at, p.payment_id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}))
    order by p.sold_at desc, p.payment_id desc limit ${limit}`);
}

type DetailColumns = PaymentColumns &
  Pick<
    Row<'payments'>,
    | 'bucket'
    | 'line_items'
    | 'checks'
    | 'fiscal'
    | 'routing'
    | 'cancel_requested'
    | 'accepted_seq'
    | 'end_decision'
  >;

/** A payment with its attempts and timeline. Throws Problem `unknown-payment`. */
export async function paymentDetail(
  queries: Queries,
  paymentId: string,
  nowMs: number,
): Promise<hostApi.PaymentDetail> {
  const [row] = await queries.query<DetailColumns>(sql`
    select p.bucket, p.payment_id, p.till_id, p.state, p.amount_minor, p.currency, p.masked_pan, p.mode, p.sold_at, p.received_at, p.bank_due_at,
      p.collected_at, p.bank_id, p.issuer, p.wait, p.is_unreached, p.double_of, case when p.lease is null then p.due_at end as wait_until, d.payment_id as debt_id,
      p.line_items, p.checks, p.fiscal, p.routing, p.cancel_requested, p.accepted_seq, p.end_decision
    from payments p left join debts d on d.bucket = p.bucket and d.payment_id = p.payment_id where p.payment_id = ${paymentId}`);
  if (row === undefined) throw new Problem('unknown-payment', { paymentId });
  return {
    ...paymentOf(row),
    attempts: await attemptsOf(queries, row.bucket, paymentId),
    lineItems: row.line_items,
    checks: row.checks,
    fiscal: row.fiscal,
    routing: row.routing,
    timeline: await timelineOf(queries, row.bucket, paymentId),
    neededDecisions: await neededDecisions(queries, row),
    neededEndDecision: neededEndDecision(row, nowMs),
    decisions: await decisionsMade(queries, row.bucket, paymentId),
  };
}

/** The attempts about which a person has to decide, with what the rules let him. */
async function neededDecisions(
  queries: Queries,
  { bucket, payment_id, cancel_requested }: DetailColumns,
): Promise<hostApi.NeededDecision[]> {
  const attempts = await queries.query<
    Pick<Row<'attempts'>, 'number' | 'state' | 'bank_id' | 'changed_at'> & { dispute_cause: DisputeCause }
  >(sql`
    select number, state, bank_id, changed_at, dispute_cause from attempts
    where bucket = ${bucket} and payment_id = ${payment_id} order by number`);
  return attempts.flatMap(({ number, bank_id: bankId, changed_at, dispute_cause: cause }) => {
    const facts = attempts.map((one) => ({ ...one, disputeCause: one.dispute_cause }));
    const options = decisionsFor({ cancelRequested: cancel_requested }, facts, number);
    if (options.length === 0) return [];
    return [{ attempt: number, bankId, cause, since: changed_at.toISOString(), options: [...options] }];
  });
}

/** What a person may decide about the end of the sale, if its till never wrote it. */
function neededEndDecision(row: DetailColumns, nowMs: number): hostApi.PaymentDetail['neededEndDecision'] {
  const options = saleEndDecisionsFor(saleEndFacts(row), nowMs);
  return options.length === 0 ? null : { since: row.received_at.toISOString(), options: [...options] };
}

async function decisionsMade(
  queries: Queries,
  bucket: number,
  paymentId: string,
): Promise<hostApi.PaymentDetail['decisions']> {
  const made = await queries.query<
    Pick<Row<'decisions'>, 'attempt' | 'decision' | 'decided_by' | 'why' | 'decided_at'>
  >(sql`
    select attempt, decision, decided_by, why, decided_at from decisions
    where bucket = ${bucket} and payment_id = ${paymentId} order by number`);
  return made.map(({ attempt, decision, decided_by: by, why, decided_at }) => ({
    attempt,
    decision,
    by,
    why,
    at: decided_at.toISOString(),
  }));
}

async function timelineOf(queries: Queries, bucket: number, paymentId: string): Promise<TimelineEntry[]> {
  const events = await queries.query<Pick<Row<'payment_events'>, 'happened_at' | 'kind' | 'data'>>(sql`
    select happened_at, kind, data from payment_events
    where bucket = ${bucket} and payment_id = ${paymentId} order by number`);
  return events.map(
    ({ happened_at, kind, data }) => ({ at: happened_at.toISOString(), kind, data }) as TimelineEntry,
  );
}

type AttemptColumns = Pick<
  Row<'attempts'>,
  | 'number'
  | 'bank_id'
  | 'state'
  | 'cause'
  | 'stan'
  | 'rrn'
  | 'stored_at'
  | 'sent_at'
  | 'answered_at'
  | 'response_code'
  | 'fee_minor'
  | 'route'
  | 'reversal_tries'
>;

async function attemptsOf(queries: Queries, bucket: number, paymentId: string): Promise<hostApi.Attempt[]> {
  const found = await queries.query<AttemptColumns>(sql`
    select number, bank_id, state, cause, stan, rrn, stored_at, sent_at, answered_at, response_code, fee_minor, route, reversal_tries
    from attempts where bucket = ${bucket} and payment_id = ${paymentId} order by number`);
  return found.map((row) => ({
    number: row.number,
    bankId: row.bank_id,
    state: row.state,
    cause: row.cause,
    stan: row.stan,
    rrn: row.rrn,
    storedAt: row.stored_at.toISOString(),
    sentAt: row.sent_at?.toISOString() ?? null,
    answeredAt: row.answered_at?.toISOString() ?? null,
    responseCode: row.response_code,
    meaning: row.response_code === null ? null : responseMeaning(row.response_code),
    feeMinor: row.fee_minor,
    route: row.route,
    reversalTries: row.reversal_tries,
  }));
}
