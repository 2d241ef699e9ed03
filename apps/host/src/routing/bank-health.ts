import type { BankHealth } from '@bivak/domain';
import { type Queries, type Row, sql } from '../store/index.ts';

/**
 * What a message shows of its bank: it decided a debit (`answered`), it confirmed a reversal and can at least be reached
 * (`reachable`: a failing one is probed at once), it failed, or it has blocked our account.
 */
export type HealthSign = 'answered' | 'reachable' | 'failed' | 'blocked';

/** From this many failures in a row on, a bank comes after all that work. */
const failuresUntilFailing = 2;
/** A bank that fails, or has blocked our account, is probed with one payment after this long; its answer decides. */
const probeAfterMs: Readonly<Record<BankHealth, number>> = {
  healthy: 0,
  failing: 5 * 60_000,
  blocked: 15 * 60_000,
};

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

/** Takes a sign of a bank into account. */
export async function recordHealth(
  queries: Queries,
  bankId: string,
  sign: HealthSign,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  if (sign === 'answered') {
    await queries.query(sql`
      update bank_states set health = 'healthy', failures = 0, changed_at = ${at}
      where bank_id = ${bankId} and (health <> 'healthy' or failures > 0)`);
  } else if (sign === 'reachable') {
    // The next debit probes it at once and decides: a bank may confirm reversals and still answer no debit.
    await queries.query(sql`
      update bank_states set changed_at = ${new Date(nowMs - probeAfterMs.failing)}
      where bank_id = ${bankId} and health = 'failing'`);
  } else if (sign === 'blocked') {
    await queries.query(
      sql`update bank_states set health = 'blocked', changed_at = ${at} where bank_id = ${bankId}`,
    );
  } else {
    await queries.query(sql`
      update bank_states set failures = failures + 1, changed_at = ${at},
        health = case when health = 'blocked' then health when failures + 1 >= ${failuresUntilFailing} then 'failing' else health end
      where bank_id = ${bankId}`);
  }
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
}

/** Reads the banks' health for the router. */
export async function routingHealth(queries: Queries, nowMs: number): Promise<RoutingHealth> {
  const found = await queries.query<Pick<Row<'bank_states'>, 'bank_id' | 'health' | 'changed_at'>>(sql`
    select bank_id, health, changed_at from bank_states`);
  const probed = found.filter(
    ({ health, changed_at }) => health !== 'healthy' && nowMs - changed_at.getTime() >= probeAfterMs[health],
  );
  const isProbed = new Set(probed.map(({ bank_id }) => bank_id));
  return {
    health: new Map(
      found.map(({ bank_id, health }) => [bank_id, isProbed.has(bank_id) ? 'healthy' : health] as const),
    ),
    probed: new Map(probed.map(({ bank_id, changed_at }) => [bank_id, changed_at])),
  };
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
