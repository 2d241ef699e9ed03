import type { BankHealth } from '@bivak/domain';
import {
  cardsUntilBlocked,
  type DebitSign,
  failuresUntilFailing,
  issuersUntilFailing,
  probeAfterMs,
} from '@bivak/rules';
import { type Queries, type Row, sql } from '../store/index.ts';
import type { TroubleSubject } from '../store/tables.ts';

/**
 * What a message shows: of a debit what the rules say; `reachable`, a bank has answered something else: a failing one is
 * probed at once.
 */
export type HealthSign = DebitSign | 'reachable';

/** Whose card it was: an issuer that a bank cannot reach, and a card that it refuses, are not the bank's own trouble. */
export interface TroubleAbout {
  issuer: string;
  card: string;
}

/** Makes the configured banks known. */
export async function registerBanks(
  queries: Queries,
  bankIds: readonly string[],
  nowMs: number,
): Promise<void> {
  for (const bankId of bankIds) {
    await queries.query(sql`
      insert into bank_states (bank_id, health, failures, changed_at) values (${bankId}, 'healthy', 0, ${new Date(nowMs)})
      on conflict (bank_id) do nothing`);
  }
}

/** Takes a sign of a bank, an issuer or a card into account. */
export async function recordHealth(
  queries: Queries,
  { bankId, issuer, card }: TroubleAbout & { bankId: string },
  sign: HealthSign,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  if (sign === 'answered') return recordAnswered(queries, bankId, issuer, at);
  if (sign === 'reachable') {
    // The next debit probes it at once and decides: a bank may confirm reversals and still answer no debit.
    await queries.query(sql`
      update bank_states set changed_at = ${new Date(nowMs - probeAfterMs.failing)}
      where bank_id = ${bankId} and health = 'failing'`);
  } else if (sign === 'blocked') await setHealth(queries, bankId, 'blocked', at);
  else if (sign === 'issuer-failed') {
    await addTrouble(queries, bankId, 'issuer', issuer, at);
    const unreached = await addTrouble(queries, bankId, 'unreached', issuer, at);
    if (unreached >= issuersUntilFailing) await setHealth(queries, bankId, 'failing', at);
  } else if (sign === 'card-refused') {
    const refused = await addTrouble(queries, bankId, 'card', card, at);
    if (refused >= cardsUntilBlocked) await setHealth(queries, bankId, 'blocked', at);
  } else {
    await queries.query(sql`
      update bank_states set failures = failures + 1, changed_at = ${at},
        health = case when health = 'blocked' then health when failures + 1 >= ${failuresUntilFailing} then 'failing' else health end
      where bank_id = ${bankId}`);
  }
}

/** The bank has decided: it works, it serves us, and it reaches this issuer. */
async function recordAnswered(queries: Queries, bankId: string, issuer: string, at: Date): Promise<void> {
  await queries.query(sql`
    update bank_states set health = 'healthy', failures = 0, changed_at = ${at}
    where bank_id = ${bankId} and (health <> 'healthy' or failures > 0)`);
  await queries.query(sql`
    delete from bank_troubles where bank_id = ${bankId} and (about <> 'issuer' or subject = ${issuer})`);
}

/** One that has blocked our account stays so while it only fails. */
async function setHealth(
  queries: Queries,
  bankId: string,
  health: 'failing' | 'blocked',
  at: Date,
): Promise<void> {
  await queries.query(sql`
    update bank_states set health = ${health}, changed_at = ${at}
    where bank_id = ${bankId} and (health <> 'blocked' or ${health} = 'blocked')`);
}

/** Counts a trouble of a bank; resolves with how many subjects it has such trouble with. */
async function addTrouble(
  queries: Queries,
  bankId: string,
  about: TroubleSubject,
  subject: string,
  at: Date,
): Promise<number> {
  await queries.query(sql`
    insert into bank_troubles (bank_id, about, subject, failures, changed_at) values (${bankId}, ${about}, ${subject}, 1, ${at})
    on conflict (bank_id, about, subject) do update set failures = bank_troubles.failures + 1, changed_at = ${at}`);
  const [row] = await queries.query<{ count: number }>(sql`
    select count(*) as count from bank_troubles where bank_id = ${bankId} and about = ${about}`);
  return row!.count;
}

/** The health of each bank, as its answers have it. */
export async function bankHealthById(queries: Queries): Promise<Map<string, BankHealth>> {
  const found = await queries.query<Pick<Row<'bank_states'>, 'bank_id' | 'health'>>(
    sql`select bank_id, health from bank_states`,
  );
  return new Map(found.map(({ bank_id, health }) => [bank_id, health]));
}

/** The banks' health for the router; a probed one counts as healthy, since the time to try it again has come. */
export interface RoutingHealth {
  health: ReadonlyMap<string, BankHealth>;
  probed: ReadonlyMap<string, Date>;
  /** Banks of which nothing bad is recorded: one more good sign changes nothing. */
  spotless: ReadonlySet<string>;
  /** No issuer is known not to be reached by any bank: one more answer of one changes nothing. */
  areIssuersReached: boolean;
  /** The issuers that a bank could not reach lately. */
  failingIssuers: ReadonlyMap<string, readonly string[]>;
}

/** Reads the health of the banks, and of the issuers behind each, for the router. */
export async function routingHealth(queries: Queries, nowMs: number): Promise<RoutingHealth> {
  const sinceAt = new Date(nowMs - probeAfterMs.failing);
  const found = await queries.query<
    Pick<Row<'bank_states'>, 'bank_id' | 'health' | 'failures' | 'changed_at'> & {
      issuers: string[] | null;
      has_troubles: boolean;
      is_any_away: boolean;
    }
  >(sql`
    select s.bank_id, s.health, s.failures, s.changed_at, t.issuers, t.bank_id is not null as has_troubles,
      exists (select 1 from issuer_states i where i.attempts_in_vain > 0) as is_any_away
    from bank_states s left join (
      select bank_id, array_agg(subject) filter (where about = 'issuer' and failures >= ${failuresUntilFailing} and changed_at > ${sinceAt}) as issuers
      from bank_troubles group by bank_id
    ) t on t.bank_id = s.bank_id`);
  const probed = found.filter(
    ({ health, changed_at }) => health !== 'healthy' && nowMs - changed_at.getTime() >= probeAfterMs[health],
  );
  const isProbed = new Set(probed.map(({ bank_id }) => bank_id));
  return {
    health: new Map(
      found.map(({ bank_id, health }) => [bank_id, isProbed.has(bank_id) ? 'healthy' : health] as const),
    ),
    probed: new Map(probed.map(({ bank_id, changed_at }) => [bank_id, changed_at])),
    spotless: new Set(
      found
        .filter(
          ({ health, failures, has_troubles }) => health === 'healthy' && failures === 0 && !has_troubles,
        )
        .map(({ bank_id }) => bank_id),
    ),
    areIssuersReached: !found.some(({ is_any_away }) => is_any_away),
    failingIssuers: new Map(found.map(({ bank_id, issuers }) => [bank_id, issuers ?? []])),
  };
}

/** The banks' health for a card of this issuer: one that lately could not reach it counts as failing for this card alone. */
export function healthFor(
  { health, failingIssuers }: RoutingHealth,
  issuer: string,
): ReadonlyMap<string, BankHealth> {
  const isFailing = (bankId: string): boolean => failingIssuers.get(bankId)?.includes(issuer) === true;
  return new Map(
    [...health].map(([bankId, own]) => [bankId, own === 'healthy' && isFailing(bankId) ? 'failing' : own]),
  );
}

/** Takes the probe of a bank: no other payment probes it before it has answered or the time has passed again. */
export async function takeProbe(
  queries: Queries,
  bankId: string,
  seenAt: Date,
  nowMs: number,
): Promise<void> {
  await queries.query(sql`
    update bank_states set changed_at = ${new Date(nowMs)} where bank_id = ${bankId} and changed_at = ${seenAt}`);
}
