import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { fakeBanks } from '../testing/banks.ts';
import { type HandClock, handClock, until } from '../testing/clock.ts';
import { enrolTestTill, readPayment, ship, startPayments, testKeyStore } from '../testing/host-parts.ts';
import { silentLog } from '../testing/log.ts';
import { testTill } from '../testing/till.ts';
import { currentEpoch, decideStore, openDoubts, openEpoch, trustedEpoch } from './epoch.ts';
import { epochWatch } from './watch.ts';
import { openWitness, type Witness } from './witness.ts';

describe('a store and its hosts', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  let clock: HandClock;
  let folder: string;
  const witnesses: Witness[] = [];
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database } = await databases.emptied());
    clock = handClock();
    folder = mkdtempSync(join(tmpdir(), 'bivak-epoch-'));
    await openEpoch(database, clock.nowMs());
  });
  afterEach(() => {
    for (const witness of witnesses.splice(0)) witness.close();
    rmSync(folder, { recursive: true });
  });

  const host = (hostName: string) => {
    const witness = openWitness(join(folder, hostName));
    witnesses.push(witness);
    const watch = epochWatch({ database, witness, hostName, clock, log: silentLog });
    return { witness, look: async () => (await watch.look()).standing };
  };
  /** A till has sold, and a bank was sent something. */
  const use = () => database.query(sql`insert into trace_numbers (bank_id, block) values ('north', 3)`);
  /** A debit that has left and that the store has written down. */
  const debited = async (): Promise<{ paymentId: string; stan: string }> => {
    const till = testTill('till-1', clock.nowMs);
    await enrolTestTill(database, till, clock.nowMs());
    const paymentId = till.sell();
    await ship(database, till, clock.nowMs());
    const worker = startPayments(database, fakeBanks(clock), clock, { keys: testKeyStore() });
    await until(async () => (await readPayment(database, paymentId)).state === 'collected');
    await worker.stop();
    return { paymentId, stan: (await readPayment(database, paymentId)).attempts[0]!.stan };
  };
  const decide = (decision: 'restored' | 'nothing-lost', block = 0) =>
    decideStore(database, { decision, by: 'Anna', why: 'the disk was replaced' }, block, clock.nowMs());

  it('has one epoch, in which hosts with and without a past work', async () => {
    await openEpoch(database, clock.nowMs());
    expect(await host('one').look()).toBe('trusted');
    expect(await host('two').look()).toBe('trusted');
    expect(await trustedEpoch(database)).toMatchObject({ epoch: 1, inDoubt: false });
  });

  it('knows a refund that was followed by another one', async () => {
    const one = host('one');
    await one.look();
    const { paymentId } = await debited();
    one.witness.recordSent({ kind: 'refund', bankId: 'north', paymentId, stan: '900007' });
    await database.query(sql`
      update attempts set refund_stan = '900009', refund_rrn = '9', former_refund_stans = '["900007"]' where bucket = any(select bucket from payments) and payment_id = ${paymentId}`);
    expect(await one.look()).toBe('trusted');
    await database.query(sql`
      update attempts set former_refund_stans = '[]' where bucket = any(select bucket from payments) and payment_id = ${paymentId}`);
    expect(await one.look()).toBe('in-doubt');
  });

  it('is in doubt if it does not know what a host has sent, until a person has decided', async () => {
    const one = host('one');
    await one.look();
    const known = await debited();
    one.witness.recordSent({ kind: 'debit', bankId: 'north', ...known });
    expect(await one.look()).toBe('trusted');
    one.witness.recordSent({ kind: 'debit', bankId: 'north', paymentId: 'till-1-000002', stan: '900002' });
    one.witness.recordSent({ kind: 'refund', bankId: 'north', ...known });
    expect(await one.look()).toBe('in-doubt');
    expect(await host('two').look(), 'every host of it waits').toBe('in-doubt');
    expect(await openDoubts(database)).toMatchObject([
      { cause: 'witness-ahead', data: { hostName: 'one', lacking: 2, paymentId: known.paymentId } },
    ]);
    await expect(trustedEpoch(database)).rejects.toMatchObject({ code: 'store-in-doubt' });
  });

  it('goes on in a new epoch if it was restored, with trace numbers beyond all that any host knows of', async () => {
    const one = host('one');
    await one.look();
    const { epochId: before } = await currentEpoch(database);
    await use();
    one.witness.recordSent({ kind: 'debit', bankId: 'north', paymentId: 'till-1-000002', stan: '000002' });
    await one.look();
    await decide('restored', 40);
    const now = await currentEpoch(database);
    expect(now).toMatchObject({ epoch: 2, inDoubt: false });
    expect(now.epochId).not.toBe(before);
    const [row] = await database.query<{ floor: number }>(
      sql`select trace_block_floor as floor from store_epochs where epoch = 2`,
    );
    expect(row!.floor).toBeGreaterThan(2_000 + 40);
    expect(await one.look()).toBe('trusted');
    expect(one.witness.epochId()).toBe(now.epochId);
    await expect(decide('restored')).rejects.toMatchObject({ code: 'store-not-in-doubt' });
  });

  it('goes on as it was if a person says that nothing was lost, and is not doubted for the same again', async () => {
    const one = host('one');
    await one.look();
    one.witness.recordSent({ kind: 'debit', bankId: 'north', paymentId: 'till-1-000002', stan: '000002' });
    await one.look();
    await decide('nothing-lost');
    expect(await one.look()).toBe('trusted');
    expect(await currentEpoch(database)).toMatchObject({ epoch: 1, inDoubt: false });
  });

  it('is vouched for by a host with a witness if another has none, else a person is asked', async () => {
    const [one, two] = [host('one'), host('two')];
    await one.look();
    await use();
    expect(await two.look()).toBe('joining');
    await one.look();
    expect(await two.look()).toBe('trusted');
    const three = host('three');
    expect(await three.look()).toBe('joining');
    clock.advance(14_000);
    expect(await three.look()).toBe('joining');
    clock.advance(1_000);
    expect(await three.look()).toBe('in-doubt');
    expect(await openDoubts(database)).toMatchObject([{ cause: 'no-witness', data: { hostName: 'three' } }]);
    await decide('nothing-lost');
    expect(await three.look()).toBe('trusted');
  });

  it('is in doubt if a host’s witness is of another store', async () => {
    const one = host('one');
    one.witness.begin(randomUUID());
    expect(await one.look()).toBe('in-doubt');
    await decide('restored');
    expect(await one.look()).toBe('trusted');
  });
});
