import type { BankHealth } from '@bivak/rules';
import { type Queries, sql } from '../store/index.ts';

/**
 * What a message told of its bank: it decided a debit (`answered`), it confirmed a reversal and is there at least
 * (`reachable`: one that fails is tried out at once), it failed us, or it has blocked our account.
 */
export type HealthSign = 'answered' | 'reachable' | 'failed' | 'blocked';

/** From this many failures in a row on, a bank stands after all that work. */
const failuresUntilFailing = 2;
/** A bank that fails, or has blocked our account, is tried again by one payment after this long; its answer decides. */
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
      insert into bank_states (bank_id, health, failures, changed_at, stan_block) values (${bankId}, 'healthy', 0, ${new Date(nowMs)}, 0)
      on conflict (bank_id) do nothing`);
  }
}

/** Takes a sign of a bank into account. */
export async function noteHealth(
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
    // Worth a debit at once, which decides: a bank may go on to confirm reversals and answer no debit.
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

/** The banks' health as their answers have it. */
export async function knownHealth(queries: Queries): Promise<Map<string, BankHealth>> {
  const found = await queries.query<{ bank_id: string; health: BankHealth }>(
    sql`select bank_id, health from bank_states`,
  );
  return new Map(found.map(({ bank_id, health }) => [bank_id, health]));
}

/** How the router has to see the banks now, and which of them it sees as healthy only to try them out. */
export interface RoutingHealth {
  health: ReadonlyMap<string, BankHealth>;
  probed: ReadonlyMap<string, Date>;
}

/** Reads the banks' health for the router: whoever was out for long enough may be tried again. */
export async function routingHealth(queries: Queries, nowMs: number): Promise<RoutingHealth> {
  const found = await queries.query<{ bank_id: string; health: BankHealth; changed_at: Date }>(sql`
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

/** Takes the chance to try a bank out: until it has answered, or the time has passed again, others stay away from it. */
export async function takeProbe(
  queries: Queries,
  bankId: string,
  seenAt: Date,
  nowMs: number,
): Promise<void> {
  await queries.query(sql`
    update bank_states set changed_at = ${new Date(nowMs)} where bank_id = ${bankId} and changed_at = ${seenAt}`);
}
