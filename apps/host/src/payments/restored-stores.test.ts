import { listHash } from '@bivak/stoplist';
import { beforeEach, describe, expect, it } from 'vitest';
import { currentEpoch, decideStore, openEpoch } from '../epoch/epoch.ts';
import { epochWatch } from '../epoch/watch.ts';
import type { SentMessage, Witness } from '../epoch/witness.ts';
import { compareMemory } from '../fleet/memory.ts';
import { acknowledgedPlace, takeBatch } from '../intake/intake.ts';
import { type Database, type Queries, sql, tables, type Worker } from '../store/index.ts';
import type { Behaviour } from '../testing/banks.ts';
import { until } from '../testing/clock.ts';
import { testContracts, testFold, testKeyStore } from '../testing/host-parts.ts';
import { silentLog } from '../testing/log.ts';
import { paymentsHarness } from '../testing/payments-harness.ts';
import { testPans } from '../testing/till.ts';
import { decideByBooks, heldPayments } from './after-restore.ts';
import { foldJournal } from './fold.ts';

const h = paymentsHarness();
const who = { by: 'Anna', why: 'the books' };

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function diceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Copies every table at one instant, while others write. */
async function backUp(database: Database): Promise<void> {
  const run = (queries: Queries, text: string) => queries.query({ text, values: [] });
  await run(database, 'drop schema if exists backup cascade');
  await database.transaction(async (queries) => {
    await run(queries, 'set transaction isolation level repeatable read');
    await run(queries, 'create schema backup');
    for (const name of Object.keys(tables))
      await run(queries, `create table backup.${name} as table public.${name}`);
  });
}

async function restore(database: Database): Promise<void> {
  const names = Object.keys(tables).filter((name) => name !== 'migrations');
  const statements = names.map(
    (name) => `delete from public.${name}; insert into public.${name} select * from backup.${name};`,
  );
  const text = `begin; set local session_replication_role = replica; ${statements.join(' ')} commit; drop schema backup cascade`;
  await database.query({ text, values: [] });
}

/** What a host remembers, without a file. */
function memoryWitness(): Witness {
  let [epochId, maxBlock]: [string | null, number] = [null, 0];
  const sent: SentMessage[] = [];
  return {
    epochId: () => epochId,
    sent: () => sent,
    maxBlock: () => maxBlock,
    recordSent: (message) => void sent.push(message),
    recordBlock(block) {
      maxBlock = Math.max(maxBlock, block);
    },
    begin(id) {
      epochId = id;
      sent.length = 0;
    },
    sync: async () => {},
    close: () => {},
  };
}

describe('any store that is put back at any moment', { timeout: 120_000 }, () => {
  let witness: Witness;
  let shippedSeq: number;
  beforeEach(async () => {
    await openEpoch(h.database, h.clock.nowMs());
    witness = memoryWitness();
    shippedSeq = 0;
    await look();
  });

  const look = async () =>
    (
      await epochWatch({
        database: h.database,
        witness,
        hostName: 'one',
        clock: h.clock,
        log: silentLog,
      }).look()
    ).standing;
  const run = (): Worker => h.run({ onLeaving: witness.recordSent });
  const arrive = async (): Promise<void> => {
    await h.arrive();
    shippedSeq = h.till.entries.length;
  };
  const settle = async (worker: Worker): Promise<void> => {
    for (let round = 0; round < 40; round++) {
      await until(() => !worker.isBusy());
      h.clock.advance(30_000);
      worker.wake();
    }
    await until(() => !worker.isBusy());
  };
  /** The till is in contact again: it says what it knows, and sends what the store lacks. */
  const reconnect = async (knownEpochId: string): Promise<void> => {
    const memory = {
      epochId: knownEpochId,
      acknowledgedSeq: 0,
      shippedSeq,
      outcomesCursor: 0,
      stopListVersion: 0,
      stopListHash: listHash(0, []),
    };
    await compareMemory(h.database, 'till-1', memory, h.clock.nowMs());
    const { epoch } = await currentEpoch(h.database);
    const { seq } = await acknowledgedPlace(h.database, 'till-1');
    const context = { database: h.database, keys: testKeyStore() };
    await takeBatch(context, { ...h.till, epoch }, h.till.batch(seq), h.clock.nowMs());
    await foldJournal(testFold(h.database), 'till-1');
  };
  /** What the banks' day files say of a payment. */
  const linesOf = (id: string) =>
    h.banks.ledger.flatMap(({ bankId, kind, reference, stan, amountMinor }) => {
      if (reference !== id || (kind !== 'debit' && kind !== 'reversal')) return [];
      const sent = h.banks.requests.find(
        ({ bankId: bank, kind: what, request }) =>
          bank === bankId && what === 'debit' && request.stan === stan,
      );
      return [{ bankId, kind, amountMinor, stan, rrn: sent!.request.rrn }];
    });

  it.each([1, 2, 3, 4, 5, 6])(
    'debits no sale twice, and each that a bank can collect once (seed %i)',
    async (seed) => {
      const dice = diceOf(seed);
      const pick = <One>(list: readonly One[]): One => list[Math.floor(dice() * list.length)]!;
      const ids: string[] = [];
      const sell = (count: number): void => {
        for (let sale = 0; sale < count; sale++)
          ids.push(h.till.sell({ pan: pick(testPans), totalMinor: 100 + ids.length }));
      };
      const ill: readonly Behaviour[] = ['00', '00', '00', 'silent', 'lost', 'not-sent', '96'];
      h.banks.debits = () => pick(ill);
      h.banks.reversals = () => pick(['00', 'lost', 'silent']);
      sell(6);
      await arrive();
      const worker = run();
      for (let round = Math.floor(dice() * 12); round > 0; round--) {
        h.clock.advance(8_000);
        worker.wake();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await backUp(h.database);
      sell(4);
      await arrive();
      for (let round = 3 + Math.floor(dice() * 12); round > 0; round--) {
        h.clock.advance(8_000);
        worker.wake();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await h.stop(worker);
      await restore(h.database);

      const { epochId } = await currentEpoch(h.database);
      expect(await look(), 'what has left since is not in the store').toBe('in-doubt');
      await decideStore(h.database, { decision: 'restored', ...who }, witness.maxBlock(), h.clock.nowMs());
      expect(await look()).toBe('trusted');
      const moved = h.banks.ledger.length;
      sell(2);
      await reconnect(epochId);
      h.banks.debits = () => '00';
      h.banks.reversals = () => '00';
      const again = run();
      await settle(again);
      const fresh = ids.slice(-2);
      expect(
        h.banks.ledger
          .slice(moved)
          .map(({ reference }) => reference)
          .toSorted(),
      ).toEqual(fresh);

      const held = await heldPayments(h.database, '', 100);
      const books = held.map(({ paymentId }) => ({ paymentId, lines: linesOf(paymentId) }));
      const context = { database: h.database, log: silentLog, banks: testContracts };
      expect((await decideByBooks(context, books, who, h.clock.nowMs())).unclear).toEqual([]);
      again.wake();
      await settle(again);
      const states = await h.database.query<{ payment_id: string; state: string }>(
        sql`select payment_id, state from payments order by payment_id`,
      );
      expect(states.map(({ payment_id, state }) => [payment_id, state, h.banks.netOf(payment_id)])).toEqual(
        ids.map((id) => [id, 'collected', 1]),
      );
      const used = h.banks.requests
        .filter(({ kind }) => kind === 'debit')
        .map(({ bankId, request }) => `${bankId} ${request.stan}`);
      expect(new Set(used).size).toBe(used.length);
    },
  );
});
