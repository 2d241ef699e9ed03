import { entryKinds, type KnownKinds } from '@bivak/journal';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listAlarms } from '../alarms/alarms.ts';
import { takeBatch } from '../intake/intake.ts';
import { type Database, type Row, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { fakeBanks } from '../testing/banks.ts';
import { handClock, until } from '../testing/clock.ts';
import { enrolTestTill, readPayment, startPayments, testFold, testKeyStore } from '../testing/host-parts.ts';
import { type TestTill, testTill } from '../testing/till.ts';
import { foldJournal } from './fold.ts';
import { startFolding } from './fold-worker.ts';

/** An alarm's facts without those of the sale that is at stake. */
const withoutSale = (data: object) => {
  const { saleId, amountMinor, currency, ...others } = data as Record<string, unknown>;
  return others;
};

describe('a host that is older than a till', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  let till: TestTill;
  const clock = handClock();
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database } = await databases.emptied());
    till = testTill('till-1', clock.nowMs);
    await enrolTestTill(database, till, clock.nowMs());
  });

  /** Ships the whole journal to a host that knows these kinds, and folds it. */
  const arriveAt = async (knownKinds: KnownKinds): Promise<void> => {
    const { refused, acknowledgedSeq } = await takeBatch(
      { database, keys: testKeyStore() },
      till,
      till.batch(),
      clock.nowMs(),
    );
    expect([refused, acknowledgedSeq]).toEqual([null, till.entries.length]);
    await foldJournal({ ...testFold(database), knownKinds }, 'till-1');
  };
  /** The host is brought up to date: it starts anew and knows every kind. */
  const update = async (): Promise<string[]> => {
    const folded: string[] = [];
    const worker = startFolding(testFold(database), clock, (tillId) => folded.push(tillId));
    await until(() => !worker.isBusy());
    await worker.stop();
    return folded;
  };
  const payments = async (): Promise<string[]> =>
    (
      await database.query<Pick<Row<'payments'>, 'payment_id'>>(
        sql`select payment_id from payments order by payment_id`,
      )
    ).map(({ payment_id }) => payment_id);
  const quarantined = () =>
    database.query<Pick<Row<'quarantine'>, 'seq' | 'entry_kind' | 'version' | 'reason'>>(
      sql`select seq, entry_kind, version, reason from quarantine order by seq`,
    );
  const alarms = async () =>
    (await listAlarms(database, { state: null, tillId: 'till-1' }, null, 100))
      .map(({ kind, state, data }) => ({ kind, state, data: withoutSale(data) }))
      .toSorted((one, other) => one.state.localeCompare(other.state));

  const { 'sale.accepted': _, ...withoutAccepted } = entryKinds;
  const { 'sale.abandoned': __, ...withoutAbandoned } = entryKinds;
  const olderIntent = { ...entryKinds, 'sale.intent': { ...entryKinds['sale.intent'], version: 0 } };

  it('takes and keeps entries of a kind that it does not know, and folds them once it does', async () => {
    const id = till.sell();
    till.write({ kind: 'till.started', body: { softwareVersion: '2' } });
    await arriveAt(withoutAccepted);
    expect(await payments()).toEqual([]);
    const reason = { kind: 'unknown-kind', entryKind: 'sale.accepted' };
    expect(await quarantined()).toEqual([{ seq: 2, entry_kind: 'sale.accepted', version: 1, reason }]);
    const alarm = { kind: 'entry-quarantined', data: { seq: 2, reason } };
    expect(await alarms()).toEqual([{ ...alarm, state: 'raised' }]);
    expect(await update()).toEqual(['till-1']);
    expect(await payments()).toEqual([id]);
    expect(await quarantined()).toEqual([]);
    expect(await alarms()).toEqual([{ ...alarm, state: 'ended' }]);
    expect(await update()).toEqual([]);
  });

  it('gives back what was debited for a sale that ended for a reason which it does not know', async () => {
    const saleId = till.intend({ requestedMode: 'online' });
    till.write({ kind: 'sale.abandoned', body: { saleId, reason: 'drawer-stuck' as 'interrupted' } });
    await arriveAt(entryKinds);
    expect(await quarantined()).toEqual([]);
    expect(await database.query(sql`select cancel_requested from payments`)).toEqual([
      { cancel_requested: true },
    ]);
    expect((await readPayment(database, saleId)).timeline.at(-1)).toEqual({
      kind: 'ended-without-receipt',
      data: { reason: null },
    });
  });

  it('folds what comes later, and what belongs to an entry of a newer form only with it', async () => {
    const newer = till.sell();
    await arriveAt(olderIntent);
    const reason = { kind: 'newer-version', entryKind: 'sale.intent', version: 1 };
    expect(await quarantined()).toEqual([
      // Its intent, which cannot be read either, is superseded by it.
      { seq: 2, entry_kind: 'sale.accepted', version: 1, reason },
    ]);
    // Later entries of forms that it knows go on.
    const later = till.sell();
    await arriveAt(entryKinds);
    expect(await payments()).toEqual([later]);
    await update();
    expect(await payments()).toEqual([newer, later]);
    expect((await alarms()).map(({ state }) => state)).toEqual(['ended']);
  });

  it('gives back what was debited for a sale whose end it could not read', async () => {
    const id = till.intend({ requestedMode: 'online' });
    till.write({ kind: 'sale.abandoned', body: { saleId: id, reason: 'interrupted' } });
    await arriveAt(withoutAbandoned);
    const banks = fakeBanks();
    const worker = startPayments(database, banks, clock, { keys: testKeyStore() });
    await until(async () => (await readPayment(database, id)).state === 'collected');
    await update();
    worker.wake();
    await until(async () => (await readPayment(database, id)).state === 'cancelled');
    expect(banks.netOf(id)).toBe(0);
    await worker.stop();
  });

  it('never debits for a sale whose intent it could not read and which then did not happen', async () => {
    const id = till.intend({ requestedMode: 'online' });
    till.write({ kind: 'sale.abandoned', body: { saleId: id, reason: 'interrupted' } });
    await arriveAt(olderIntent);
    expect(await payments()).toEqual([]);
    expect((await quarantined()).map(({ seq }) => seq)).toEqual([2]);
    await update();
    expect([await payments(), await quarantined()]).toEqual([[], []]);
    expect((await alarms()).map(({ state }) => state)).toEqual(['ended']);
  });

  it('raises one alarm for all entries of a kind, which ends with the last of them', async () => {
    till.sell();
    till.sell({ currency: 'USD' });
    till.sell();
    await arriveAt(withoutAccepted);
    expect(await quarantined()).toHaveLength(3);
    const reason = { kind: 'unknown-kind', entryKind: 'sale.accepted' };
    expect(await alarms()).toMatchObject([{ state: 'raised', data: { reason } }]);
    await update();
    expect(await alarms()).toMatchObject([
      { state: 'ended', data: { reason } },
      { state: 'raised', data: { seq: 4, reason: { kind: 'wrong-currency' } } },
    ]);
  });

  it('keeps in quarantine what a newer program can read and not fold', async () => {
    till.sell({ currency: 'USD' });
    await arriveAt(withoutAccepted);
    expect(await update()).toEqual([]);
    const reason = { kind: 'wrong-currency', currency: 'USD', expectedCurrency: 'RUB' };
    expect(await quarantined()).toMatchObject([{ seq: 2, reason }]);
    expect(await alarms()).toMatchObject([
      { state: 'ended', data: { seq: 2, reason: { kind: 'unknown-kind' } } },
      { state: 'raised', data: { seq: 2, reason } },
    ]);
  });

  it('keeps an entry whose body is malformed, and goes on with the next', async () => {
    const body = { softwareVersion: 5 } as unknown as { softwareVersion: string };
    till.write({ kind: 'till.started', body });
    const id = till.sell();
    await arriveAt(entryKinds);
    expect(await quarantined()).toMatchObject([
      { seq: 1, reason: { kind: 'malformed-body', entryKind: 'till.started' } },
    ]);
    expect(await payments()).toEqual([id]);
    const before = await alarms();
    expect(await update()).toEqual([]);
    expect(await alarms()).toEqual(before);
  });

  it('folds an entry whose form it knows after all', async () => {
    const id = till.sell();
    const strict = z.strictObject({ saleId: z.string() });
    await arriveAt({ ...entryKinds, 'sale.accepted': { version: 1, body: strict } });
    expect(await quarantined()).toMatchObject([{ seq: 2, reason: { kind: 'malformed-body' } }]);
    expect(await update()).toEqual(['till-1']);
    expect(await payments()).toEqual([id]);
    expect((await alarms()).map(({ state }) => state)).toEqual(['ended']);
  });
});
