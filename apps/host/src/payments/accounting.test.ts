import type { EntryDecision } from '@bivak/domain';
import { type EntryDraft, entryKinds, type KnownKinds } from '@bivak/journal';
import { maxUnfoldedMs } from '@bivak/rules';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listAlarms } from '../alarms/alarms.ts';
import { takeBatch } from '../intake/intake.ts';
import { unreadableReaderKeys } from '../intake/progress.ts';
import { decideEntry } from '../intake/quarantine.ts';
import { tellOfWaiting } from '../intake/waiting.ts';
import { type Database, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { handClock } from '../testing/clock.ts';
import { enrolTestTill, readPayment, testFold, testKeyStore } from '../testing/host-parts.ts';
import { type TestTill, testPans, testTill, unknownBaseKey } from '../testing/till.ts';
import { listUnaccounted, unaccountedByTill } from '../views/accounting.ts';
import { type FoldContext, foldJournal, foldNext } from './fold.ts';
import { onlineOutcome } from './online-outcome.ts';
import { collectDecided, foldQuarantined } from './refold.ts';

const [visa, mastercard] = testPans;
const opened = 50_000;

describe('accepted card sales minus what accounts for them', { timeout: 120_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  let till: TestTill;
  const clock = handClock();
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  const begin = async (): Promise<void> => {
    ({ database } = await databases.emptied());
    till = testTill('till-1', clock.nowMs);
    await enrolTestTill(database, till, clock.nowMs());
  };
  beforeEach(begin);

  const context = (): FoldContext => testFold(database);
  const take = (from = till) =>
    takeBatch({ database, keys: testKeyStore() }, from, from.batch(), clock.nowMs());
  const arrive = async (on = context()): Promise<void> => {
    expect((await take()).refused).toBeNull();
    await foldJournal(on, 'till-1');
  };
  const figure = async () =>
    (await unaccountedByTill(database, 'RUB')).get('till-1') ?? { count: 0, sumMinor: 0, otherSums: 0 };
  const lines = (state: 'open' | 'ended' = 'open') =>
    listUnaccounted(database, { tillId: 'till-1', state }, null, 500);
  const decide = (seq: number, decision: EntryDecision) =>
    decideEntry(
      database,
      { tillId: 'till-1', seq, decision, by: 'Анна', why: 'receipt 12 is in the drawer' },
      clock.nowMs(),
    );
  const alarms = async () =>
    (await listAlarms(database, { state: null, tillId: 'till-1' }, null, 500)).map(
      ({ kind, state, data }) => ({ kind, state, data }),
    );
  const payments = async () =>
    (
      await database.query<{ payment_id: string }>(
        sql`select payment_id from payments where accepted_seq is not null order by payment_id`,
      )
    ).map(({ payment_id }) => payment_id);

  /** Counted in full: every accepted card sale for which there is no payment and no decision. */
  const fullCount = async () => {
    type Entry = { seq: number; amount_minor: number | null; currency: string | null };
    const accepted = await database.query<Entry>(
      sql`select seq, amount_minor, currency from intake where till_id = 'till-1' and tender = 'card'`,
    );
    const paid = await database.query<{ accepted_seq: number }>(
      sql`select accepted_seq from payments where till_id = 'till-1' and accepted_seq is not null`,
    );
    const dismissed = await database.query<{ seq: number }>(
      sql`select seq from quarantine where till_id = 'till-1' and decision = 'dismiss'`,
    );
    const done = new Set([...paid.map((row) => row.accepted_seq), ...dismissed.map(({ seq }) => seq)]);
    const left = accepted.filter(({ seq }) => !done.has(seq));
    const inRoubles = left.filter(({ currency }) => currency === 'RUB');
    return {
      count: left.length,
      sumMinor: inRoubles.reduce((sum, { amount_minor }) => sum + (amount_minor ?? 0), 0),
      otherSums: left.length - inRoubles.length,
      seqs: left.map(({ seq }) => seq),
    };
  };
  const expectExplained = async (): Promise<void> => {
    const { seqs, ...full } = await fullCount();
    expect(await figure()).toEqual(full);
    const explained = (await lines()).filter(({ isCardSale }) => isCardSale).map(({ seq }) => seq);
    expect(explained).toEqual(seqs.toSorted((a, b) => a - b));
  };

  it('is what waits to be folded, and 0 once it is', async () => {
    till.sell();
    till.sell({ totalMinor: 70_000, pan: mastercard });
    await take();
    expect(await figure()).toEqual({ count: 2, sumMinor: 120_000, otherSums: 0 });
    expect(
      (await lines()).map(({ saleId, amountMinor, reason }) => [saleId, amountMinor, reason.kind]),
    ).toEqual([
      ['till-1-000001', 50_000, 'waiting'],
      ['till-1-000002', 70_000, 'waiting'],
    ]);
    await foldJournal(context(), 'till-1');
    expect(await figure()).toEqual({ count: 0, sumMinor: 0, otherSums: 0 });
    expect(await lines()).toEqual([]);
  });

  it('is an alarm if it waits for longer than any sale should, until it is folded', async () => {
    till.sell();
    till.sell({ totalMinor: 70_000 });
    await take();
    const nowMs = clock.nowMs();
    await tellOfWaiting(database, nowMs + maxUnfoldedMs - 1);
    expect(await alarms()).toEqual([]);
    await tellOfWaiting(database, nowMs + maxUnfoldedMs);
    const data = { sales: 2, sumMinor: 120_000, currency: 'RUB', since: new Date(nowMs).toISOString() };
    expect(await alarms()).toEqual([{ kind: 'sales-waiting', state: 'raised', data }]);
    await foldJournal(context(), 'till-1');
    await tellOfWaiting(database, nowMs + maxUnfoldedMs + 1);
    expect(await alarms()).toEqual([{ kind: 'sales-waiting', state: 'ended', data }]);
  });

  it('knows the sum of a sale whose intent came in an earlier batch', async () => {
    const id = till.intend({ totalMinor: 70_000 });
    await take();
    till.accept(id);
    await take();
    expect(await figure()).toEqual({ count: 1, sumMinor: 70_000, otherSums: 0 });
  });

  it.each<[string, Parameters<TestTill['sell']>[0], string]>([
    ['a NUL in a product’s name', { productName: 'Чай\0' }, 'line-items'],
    ['a line item that nobody can read', { lineItems: [{ name: 7 }] }, 'line-items'],
    ['a VAT rate that only a newer host knows', { lineItems: [{ vatRate: '23' }] }, 'line-items'],
    ['no line item at all', { lineItems: [] }, 'line-items'],
  ])('is 0 of a sale with %s: it is mended, and its timeline says so', async (_, sale, part) => {
    const id = till.sell(sale);
    await arrive();
    await expectExplained();
    expect(await payments()).toEqual([id]);
    expect(await database.query(sql`select amount_minor from payments`)).toEqual([{ amount_minor: opened }]);
    expect((await readPayment(database, id)).timeline).toContainEqual({
      kind: 'mended',
      data: { parts: [part] },
    });
    expect(await alarms()).toEqual([]);
  });

  it.each<[string, Parameters<TestTill['sell']>[0], 'sum' | 'card' | 'repeat', number]>([
    ['another sum', { totalMinor: 70_000 }, 'sum', 70_000],
    ['another card', { pan: mastercard }, 'card', 50_000],
    ['the same sum and card', {}, 'repeat', 50_000],
  ])(
    'has a sale whose number was used with %s, with both figures',
    async (_, again, differs, secondMinor) => {
      const saleId = till.sell({ pan: visa });
      till.sell({ ...again, saleId });
      await arrive();
      await expectExplained();
      expect(await payments()).toEqual([saleId]);
      const reason = {
        kind: 'sale-repeated',
        differs,
        first: { seq: 1, amountMinor: 50_000, currency: 'RUB' },
        second: { seq: 3, amountMinor: secondMinor, currency: 'RUB' },
      };
      expect(await lines()).toMatchObject([
        { seq: 4, saleId, amountMinor: secondMinor, reason, options: ['collect', 'dismiss'], decided: null },
      ]);
      const data = { seq: 4, saleId, reason, amountMinor: secondMinor, currency: 'RUB' };
      expect(await alarms()).toEqual([{ kind: 'entry-quarantined', state: 'raised', data }]);
    },
  );

  it('lets a person have such a sale collected as one of its own', async () => {
    const saleId = till.sell();
    till.sell({ saleId, totalMinor: 70_000 });
    await arrive();
    await decide(4, 'collect');
    await expectExplained();
    expect(await collectDecided(context(), 'till-1', clock.nowMs())).toBe(1);
    await expectExplained();
    expect(await figure()).toEqual({ count: 0, sumMinor: 0, otherSums: 0 });
    expect(await payments()).toEqual([saleId, 'till-1-900000000000004']);
    const { timeline } = await readPayment(database, 'till-1-900000000000004');
    expect(timeline).toContainEqual({
      kind: 'collected-by-decision',
      data: { saleId, by: 'Анна', why: 'receipt 12 is in the drawer' },
    });
    expect((await alarms()).map(({ state }) => state)).toEqual(['ended']);
    expect(await collectDecided(context(), 'till-1', clock.nowMs())).toBe(0);
    await expect(decide(4, 'dismiss')).rejects.toThrow('entry-decision-not-offered');
  });

  it('lets a person dismiss it, and keeps who did and why', async () => {
    const saleId = till.sell();
    till.sell({ saleId });
    await arrive();
    await decide(4, 'dismiss');
    await expectExplained();
    expect(await figure()).toEqual({ count: 0, sumMinor: 0, otherSums: 0 });
    expect(await lines('ended')).toMatchObject([
      {
        seq: 4,
        options: [],
        decided: { decision: 'dismiss', by: 'Анна', why: 'receipt 12 is in the drawer' },
      },
    ]);
    expect((await alarms()).map(({ state }) => state)).toEqual(['ended']);
    // What was decided is not looked at again when the host starts.
    expect(await foldQuarantined(context(), 'till-1', clock.nowMs())).toBe(0);
    await expectExplained();
    await expect(decide(99, 'dismiss')).rejects.toThrow('unknown-entry');
  });

  it('has every alarm of a till beside every other', async () => {
    const first = till.sell();
    till.sell({ saleId: first });
    till.sell({ currency: 'USD' });
    till.sell({ totalMinor: 0 });
    await arrive();
    await takeBatch({ database, keys: testKeyStore() }, till, 'hello\n', clock.nowMs());
    await takeBatch(
      { database, keys: testKeyStore() },
      till,
      '{"payload":"","signature":""}\n',
      clock.nowMs(),
    );
    const kinds = (await alarms()).map(({ kind }) => kind).toSorted();
    expect(kinds).toEqual([
      ...Array.from({ length: 3 }, () => 'entry-quarantined'),
      ...Array.from({ length: 2 }, () => 'journal-refused'),
    ]);
    await expectExplained();
    expect(await figure()).toEqual({ count: 3, sumMinor: 50_000, otherSums: 1 });
  });

  it('has what the journal ends twice, and in two ways', async () => {
    const abandoned = till.intend({ requestedMode: 'online' });
    till.write({ kind: 'sale.abandoned', body: { saleId: abandoned, reason: 'interrupted' } });
    till.accept(abandoned, 'online');
    const sold = till.sell();
    till.write({ kind: 'sale.abandoned', body: { saleId: sold, reason: 'interrupted' } });
    const asCash = till.intend();
    till.accept(asCash, 'cash');
    till.write({ kind: 'sale.abandoned', body: { saleId: 'till-1-000077', reason: 'interrupted' } });
    await arrive();
    await expectExplained();
    expect((await lines()).map(({ saleId, isCardSale, reason }) => [saleId, isCardSale, reason])).toEqual([
      [abandoned, true, { kind: 'ended-before', end: 'abandoned', seq: 2 }],
      [sold, false, { kind: 'ended-before', end: 'accepted', seq: 5 }],
      [asCash, false, { kind: 'tender-differs' }],
      ['till-1-000077', false, { kind: 'no-intent' }],
    ]);
    expect(await payments()).toEqual([sold]);
  });

  it('has a sale that is accepted after its money was given back', async () => {
    const id = till.intend({ requestedMode: 'online' });
    await arrive();
    await database.query(sql`update payments set cancel_requested = true, end_decision = 'give-back'`);
    till.accept(id, 'online');
    await arrive();
    await expectExplained();
    expect(await lines()).toMatchObject([{ saleId: id, reason: { kind: 'given-back' } }]);
  });

  it('has a sale whose card data the host cannot open, in one alarm with count and sum, and its till is told', async () => {
    till.sell();
    till.sell({ isOfUnknownReader: true });
    till.sell({ isOfUnknownReader: true, totalMinor: 70_000 });
    await arrive();
    await expectExplained();
    expect(await figure()).toEqual({ count: 2, sumMinor: 120_000, otherSums: 0 });
    const fault = 'altered-or-other-key';
    const since = new Date(clock.nowMs()).toISOString();
    const data = { fault, sales: 2, sumMinor: 120_000, currency: 'RUB', since };
    expect(await alarms()).toEqual([{ kind: 'card-data-unreadable', state: 'raised', data }]);
    expect(await unreadableReaderKeys(database, 'till-1')).toEqual(['b17a0000000000ff']);
  });

  it('does not take one sale that it cannot open for a reader with another key', async () => {
    till.sell({ isOfUnknownReader: true });
    await arrive();
    expect((await alarms()).map(({ kind }) => kind)).toEqual(['card-data-unreadable']);
    expect(await unreadableReaderKeys(database, 'till-1')).toEqual([]);
  });

  it('says of a card that it cannot open, while the buyer waits, that it is declined', async () => {
    const id = till.intend({ requestedMode: 'online', isOfUnknownReader: true });
    const told: string[] = [];
    await arrive({ ...context(), onQuarantined: (saleId) => told.push(saleId) });
    expect(await onlineOutcome(database, 'till-1', id)).toBe('declined');
    expect(told).toEqual([id]);
    till.write({ kind: 'sale.abandoned', body: { saleId: id, reason: 'declined-online' } });
    await arrive();
    // Nothing was sold and nothing debited: there is nothing left to look into.
    expect(await lines()).toEqual([]);
    expect((await alarms()).map(({ state }) => state)).toEqual(['ended']);
  });

  it('is 0 again once the key of such a reader is loaded', async () => {
    till.sell({ isOfUnknownReader: true });
    till.sell({ isOfUnknownReader: true });
    await arrive();
    const withKey: FoldContext = { ...context(), keys: testKeyStore(unknownBaseKey) };
    expect(await foldQuarantined(withKey, 'till-1', clock.nowMs())).toBe(2);
    await expectExplained();
    expect(await figure()).toEqual({ count: 0, sumMinor: 0, otherSums: 0 });
    expect((await alarms()).map(({ state }) => state)).toEqual(['ended']);
    expect(await unreadableReaderKeys(database, 'till-1')).toEqual([]);
  });

  it('counts each entry once if two hosts fold them', async () => {
    for (let sales = 0; sales < 20; sales++) till.sell();
    till.sell({ currency: 'USD' });
    await take();
    await Promise.all([foldJournal(context(), 'till-1'), foldJournal(context(), 'till-1')]);
    await expectExplained();
    expect(await figure()).toEqual({ count: 1, sumMinor: 0, otherSums: 1 });
  });

  it('counts each entry once if a host dies between the payments and the till’s progress', async () => {
    till.sell();
    till.sell({ totalMinor: 0 });
    await take();
    const dying: Database = {
      ...database,
      transaction: (work) =>
        database.transaction((queries) =>
          work({
            ...queries,
            query: async (statement) => {
              if (statement.text.includes('update intake_folded')) throw new Error('killed');
              return queries.query(statement);
            },
          }),
        ),
    };
    await expect(foldNext({ ...context(), database: dying }, 'till-1')).rejects.toThrow('killed');
    expect(await payments()).toEqual(['till-1-000001']);
    await foldJournal(context(), 'till-1');
    await expectExplained();
    expect(await figure()).toEqual({ count: 1, sumMinor: 0, otherSums: 0 });
  });

  it('is read page by page over all tills', async () => {
    const others = ['till-2', 'till-3'].map((tillId) => testTill(tillId, clock.nowMs));
    for (const one of others) await enrolTestTill(database, one, clock.nowMs());
    for (const one of [till, ...others]) {
      for (let sales = 0; sales < 3; sales++) one.sell({ currency: 'USD' });
      await take(one);
    }
    await foldJournal(context(), 'till-2');
    const found: string[] = [];
    const filter = { tillId: null, state: 'open' } as const;
    for (let after: { tillId: string; seq: number } | null = null; ; ) {
      const page: { tillId: string; seq: number; reason: { kind: string } }[] = await listUnaccounted(
        database,
        filter,
        after,
        2,
      );
      found.push(...page.map(({ tillId, seq, reason }) => `${tillId} ${seq} ${reason.kind}`));
      const last = page.at(-1);
      if (last === undefined) break;
      after = { tillId: last.tillId, seq: last.seq };
    }
    expect(found).toEqual([
      ...[2, 4, 6].map((seq) => `till-1 ${seq} waiting`),
      ...[2, 4, 6].map((seq) => `till-2 ${seq} wrong-currency`),
      ...[2, 4, 6].map((seq) => `till-3 ${seq} waiting`),
    ]);
  });

  type Step =
    | { do: 'sell'; sale: Parameters<TestTill['sell']>[0]; reuse: number | null }
    | { do: 'intend'; sale: Parameters<TestTill['sell']>[0] }
    | { do: 'end'; which: number; mode: 'online' | 'offline' | 'cash' | 'abandoned' }
    | { do: 'strange'; kind: string; version: number }
    | { do: 'ship' }
    | { do: 'fold'; knows: KnownKinds }
    | { do: 'decide'; which: number; decision: EntryDecision }
    | { do: 'restart' };

  const { 'sale.accepted': _, ...withoutAccepted } = entryKinds;
  const olderIntent = { ...entryKinds, 'sale.intent': { ...entryKinds['sale.intent'], version: 0 } };
  const sale = fc.record(
    {
      totalMinor: fc.constantFrom(1, 50_000, 70_000, 0, 1_000_000_000_000),
      pan: fc.constantFrom(...testPans),
      currency: fc.constantFrom('RUB', 'RUB', 'RUB', 'USD'),
      productName: fc.constantFrom('Чай', 'a\0b'),
      requestedMode: fc.constantFrom('offline' as const, 'online' as const),
      isOfUnknownReader: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  const which = fc.nat({ max: 40 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ do: fc.constant('sell' as const), sale, reuse: fc.option(which, { freq: 4 }) }),
    fc.record({ do: fc.constant('sell' as const), sale: fc.constant({}), reuse: fc.constant(null) }),
    fc.record({ do: fc.constant('intend' as const), sale }),
    fc.record({
      do: fc.constant('end' as const),
      which,
      mode: fc.constantFrom('online' as const, 'offline' as const, 'cash' as const, 'abandoned' as const),
    }),
    fc.record({
      do: fc.constant('strange' as const),
      kind: fc.constantFrom('sale.accepted', 'sale.intent', 'sale.abandoned'),
      version: fc.constantFrom(1, 9),
    }),
    fc.constant({ do: 'ship' as const }),
    fc.record({
      do: fc.constant('fold' as const),
      knows: fc.constantFrom(entryKinds, entryKinds, withoutAccepted, olderIntent),
    }),
    fc.record({
      do: fc.constant('decide' as const),
      which,
      decision: fc.constantFrom('collect' as const, 'dismiss' as const),
    }),
    fc.constant({ do: 'restart' as const }),
  );

  const perform = async (one: Step, ids: string[]): Promise<void> => {
    const pick = (index: number): string => ids[index % Math.max(1, ids.length)] ?? 'till-1-000099';
    if (one.do === 'sell')
      ids.push(till.sell(one.reuse === null ? one.sale : { ...one.sale, saleId: pick(one.reuse) }));
    else if (one.do === 'intend') ids.push(till.intend(one.sale));
    else if (one.do === 'end' && one.mode === 'abandoned')
      till.write({ kind: 'sale.abandoned', body: { saleId: pick(one.which), reason: 'interrupted' } });
    else if (one.do === 'end') till.accept(pick(one.which), one.mode as 'online');
    else if (one.do === 'strange') {
      const strange = { kind: one.kind, version: one.version, body: { saleId: pick(0), mode: 'later' } };
      till.write(strange as unknown as EntryDraft);
    } else if (one.do === 'ship') await take();
    else if (one.do === 'fold') await foldNext({ ...context(), knownKinds: one.knows }, 'till-1');
    else if (one.do === 'restart') {
      await foldQuarantined(context(), 'till-1', clock.nowMs());
      await collectDecided(context(), 'till-1', clock.nowMs());
    } else if (one.do === 'decide') {
      const open = await lines();
      const line = open[one.which % Math.max(1, open.length)];
      if (line?.options.includes(one.decision) === true) await decide(line.seq, one.decision);
    }
  };

  it('is 0 or explained entry by entry, and always what a full count gives, whatever a till writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        await begin();
        const ids: string[] = [];
        for (const one of steps) {
          await perform(one, ids);
          if (one.do !== 'sell' && one.do !== 'intend' && one.do !== 'end') await expectExplained();
        }
        await take();
        await foldJournal(context(), 'till-1');
        await collectDecided(context(), 'till-1', clock.nowMs());
        await expectExplained();
        // What is left has an alarm of its till, and nothing waits.
        const left = await lines();
        expect(left.filter(({ reason }) => reason.kind === 'waiting')).toEqual([]);
        const open = (await alarms()).filter(({ state }) => state !== 'ended');
        expect(open.length > 0).toBe(left.length > 0);
      }),
      { numRuns: 25 },
    );
  });
});
