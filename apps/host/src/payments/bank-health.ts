import type { BankHealth } from '@bivak/rules';
import { type Queries, sql } from '../store/index.ts';

/** What an attempt told of its bank. */
export type HealthSign = 'answered' | 'failed' | 'blocked';

/** From this many failures in a row on, a bank stands after all that work. */
const failuresUntilFailing = 2;
/** A bank that has blocked our account is tried again, as the last choice, after this long. */
const blockedForMs = 15 * 60_000;

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

/** The banks as the router has to see them now. */
export async function bankHealth(queries: Queries, nowMs: number): Promise<Map<string, BankHealth>> {
  const found = await queries.query<{ bank_id: string; health: BankHealth; changed_at: Date }>(sql`
    select bank_id, health, changed_at from bank_states`);
  return new Map(
    found.map(({ bank_id, health, changed_at }) => {
      const isOver = health === 'blocked' && nowMs - changed_at.getTime() > blockedForMs;
      return [bank_id, isOver ? 'failing' : health];
    }),
  );
}

const blockSize = 100;

/**
 * System trace audit numbers (DE 11): six digits, never the same twice at a bank within a million. Taken from the store in
 * blocks; what a killed host had left of its block is skipped.
 */
export function stanSource(queries: Queries): (bankId: string) => Promise<string> {
  const left = new Map<string, number[]>();
  return async (bankId) => {
    const block = left.get(bankId) ?? [];
    if (block.length === 0) {
      const [taken] = await queries.query<{ stan_block: number }>(sql`
        update bank_states set stan_block = stan_block + 1 where bank_id = ${bankId} returning stan_block`);
      const first = (taken!.stan_block - 1) * blockSize + 1;
      block.push(...Array.from({ length: blockSize }, (_, index) => ((first + index - 1) % 999_999) + 1));
      left.set(bankId, block);
    }
    return String(block.shift()).padStart(6, '0');
  };
}

/** Retrieval reference number (DE 37): last digit of the year, day of the year, hour, STAN: unique for an attempt at its bank. */
export function rrnOf(stan: string, atMs: number): string {
  const at = new Date(atMs);
  const dayOfYear = Math.floor((atMs - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
  return `${at.getUTCFullYear() % 10}${String(dayOfYear).padStart(3, '0')}${String(at.getUTCHours()).padStart(2, '0')}${stan}`;
}
