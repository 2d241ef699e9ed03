import { randomUUID } from 'node:crypto';
import type { Clock } from '@bivak/clock';
import type { DoubtFacts } from '@bivak/domain';
import type { Logger } from '@bivak/process';
import { type Database, type Queries, type Row, sql } from '../store/index.ts';
import { type CurrentEpoch, currentEpoch, hasHistory, knowsEpoch, raiseDoubt } from './epoch.ts';
import type { SentMessage, Witness } from './witness.ts';

/**
 * What a host knows of its store: that it is as new as the world; that this is doubted; or nothing yet, since it has no witness
 * of its own and waits for another host to vouch for the store.
 */
export type Standing = 'trusted' | 'in-doubt' | 'joining';

export interface WatchContext {
  database: Database;
  witness: Witness;
  hostName: string;
  clock: Clock;
  log: Logger;
}

/** So long a host without a witness waits for another one to vouch for the store. */
const maxJoiningMs = 15_000;

/** Looks how a host stands to its store. Each call compares anew: a store may be replaced beneath a host that runs. */
export function epochWatch(context: WatchContext): {
  look(): Promise<{ standing: Standing; epochId: string }>;
} {
  const { database, witness, hostName, clock, log } = context;
  /** Names this run of the host in what it asks for: a later run asks anew. */
  const life = randomUUID();
  let joiningSinceMs: number | null = null;
  /** This host has asked a person whether the store is the one that it works for. */
  let hasAsked = false;
  const doubt = async ({ epoch }: CurrentEpoch, facts: DoubtFacts, withLife = ''): Promise<boolean> => {
    const isOpen = await raiseDoubt(database, epoch, facts, clock.nowMs(), withLife);
    if (isOpen) log.error({ ...facts }, 'the store is in doubt: nothing is sent until a person has decided');
    return isOpen;
  };
  const begin = (now: CurrentEpoch): Standing => {
    witness.begin(now.epochId);
    joiningSinceMs = null;
    hasAsked = false;
    return 'trusted';
  };
  const ask = async (now: CurrentEpoch, facts: DoubtFacts): Promise<Standing> => {
    hasAsked = await doubt(now, facts, life);
    return hasAsked ? 'in-doubt' : begin(now);
  };
  const join = async (now: CurrentEpoch): Promise<Standing> => {
    if (!(await hasHistory(database))) return begin(now);
    if (joiningSinceMs === null) {
      joiningSinceMs = clock.nowMs();
      await askToJoin(database, hostName, joiningSinceMs);
      return 'joining';
    }
    if (await isVouchedFor(database, hostName)) return begin(now);
    if (clock.nowMs() - joiningSinceMs < maxJoiningMs) return 'joining';
    return ask(now, { cause: 'no-witness', data: { hostName } });
  };
  const compare = async (now: CurrentEpoch): Promise<Standing> => {
    const lacking = await lackingMessages(database, witness.sent());
    const last = lacking.at(-1);
    if (last === undefined) return 'trusted';
    const data = { hostName, lacking: lacking.length, paymentId: last.paymentId };
    return (await doubt(now, { cause: 'witness-ahead', data })) ? 'in-doubt' : 'trusted';
  };
  const standingTo = async (now: CurrentEpoch): Promise<Standing> => {
    if (now.inDoubt) return 'in-doubt';
    // A person has answered.
    if (hasAsked) return begin(now);
    const mine = witness.epochId();
    if (mine === null) return join(now);
    if (mine !== now.epochId) {
      if (await knowsEpoch(database, mine)) return begin(now);
      return ask(now, { cause: 'witness-of-other-store', data: { hostName } });
    }
    const standing = await compare(now);
    if (standing === 'trusted') await vouch(database, hostName);
    await witness.sync();
    return standing;
  };
  return {
    async look() {
      const now = await currentEpoch(database);
      return { standing: await standingTo(now), epochId: now.epochId };
    },
  };
}

/** Messages that left this host and of which the store has no attempt: it was older than them when it was put back. */
async function lackingMessages(queries: Queries, sent: readonly SentMessage[]): Promise<SentMessage[]> {
  const keys = (rows: readonly { payment_id: string; stan: string | null }[]): Set<string> =>
    new Set(rows.map(({ payment_id, stan }) => `${payment_id} ${stan}`));
  const lacking: SentMessage[] = [];
  for (const [bankId, messages] of Map.groupBy(sent, (one) => one.bankId)) {
    const stans = messages.map(({ stan }) => stan);
    const debits = keys(
      await queries.query<Pick<Row<'attempts'>, 'payment_id' | 'stan'>>(sql`
        select payment_id, stan from attempts where bank_id = ${bankId} and stan = any(${stans}::text[])`),
    );
    const refunds = keys(
      await queries.query<Pick<Row<'attempts'>, 'payment_id' | 'stan'>>(sql`
        select payment_id, refund_stan as stan from attempts
        where bank_id = ${bankId} and refund_stan is not null and refund_stan = any(${stans}::text[])`),
    );
    const lackingRefunds = messages.filter(
      ({ kind, paymentId, stan }) => kind !== 'debit' && !refunds.has(`${paymentId} ${stan}`),
    );
    for (const key of await formerRefunds(queries, bankId, lackingRefunds)) refunds.add(key);
    for (const message of messages) {
      const known = message.kind === 'debit' ? debits : refunds;
      if (!known.has(`${message.paymentId} ${message.stan}`)) lacking.push(message);
    }
  }
  return lacking;
}

async function askToJoin(queries: Queries, hostName: string, nowMs: number): Promise<void> {
  await queries.query(sql`
    insert into store_joins (host_name, asked_at) values (${hostName}, ${new Date(nowMs)})
    on conflict (host_name) do update set asked_at = excluded.asked_at, vouched_by = null`);
}

async function isVouchedFor(queries: Queries, hostName: string): Promise<boolean> {
  const found = await queries.query(sql`
    select 1 from store_joins where host_name = ${hostName} and vouched_by is not null`);
  return found.length > 0;
}

/** What another host has written after it joined, and this one reads, is in the store of which this one is a witness. */
async function vouch(queries: Queries, hostName: string): Promise<void> {
  await queries.query(sql`
    update store_joins set vouched_by = ${hostName} where vouched_by is null and host_name <> ${hostName}`);
}

/** Refunds of these payments that were followed by others: named like the messages. */
async function formerRefunds(
  queries: Queries,
  bankId: string,
  messages: readonly SentMessage[],
): Promise<string[]> {
  if (messages.length === 0) return [];
  const ids = messages.map(({ paymentId }) => paymentId);
  const found = await queries.query<Pick<Row<'attempts'>, 'payment_id' | 'former_refund_stans'>>(sql`
    select a.payment_id, a.former_refund_stans from attempts a join payments p on p.bucket = a.bucket and p.payment_id = a.payment_id
    where p.payment_id = any(${ids}::text[]) and a.bank_id = ${bankId}`);
  return found.flatMap(({ payment_id, former_refund_stans }) =>
    former_refund_stans.map((stan) => `${payment_id} ${stan}`),
  );
}
