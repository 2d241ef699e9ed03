import type { CardSummary } from '@bivak/domain';
import { describe, expect, it } from 'vitest';
import { attachmentsOf } from '../intake/attachments.ts';
import { decideEntry } from '../intake/quarantine.ts';
import { type Row, sql } from '../store/index.ts';
import { until } from '../testing/clock.ts';
import { ship, testFold } from '../testing/host-parts.ts';
import { silentLog } from '../testing/log.ts';
import { keys, paymentsHarness } from '../testing/payments-harness.ts';
import { type Sale, tapOf, testPans, testTill } from '../testing/till.ts';
import { startCardDestruction } from './card-destruction.ts';
import { foldNext } from './fold.ts';
import { requestAttempt } from './retry.ts';

const h = paymentsHarness();
const [visa, mastercard] = testPans;
const rouble = 100;
const returnWindowMs = 60 * 86_400_000;

type Kept = Pick<
  Row<'payments'>,
  'card_track' | 'card_track_key' | 'card_account' | 'card_account_key' | 'phone'
>;
const kept = async (id: string): Promise<Kept> => {
  const [row] = await h.database.query<Kept>(sql`
    select card_track, card_track_key, card_account, card_account_key, phone from payments where payment_id = ${id}`);
  return row!;
};
/** What is left of a key, whatever a copy of the store may hold. */
const isAlive = (dataKey: string | null): boolean => {
  try {
    keys.cards.sealArrived(dataKey!, '');
    return true;
  } catch {
    return false;
  }
};
const reasons = async (): Promise<unknown[]> =>
  (
    await h.database.query<Pick<Row<'quarantine'>, 'reason'>>(
      sql`select reason from quarantine where ended_at is null order by seq`,
    )
  ).map(({ reason }) => reason);
const payments = async (): Promise<string[]> =>
  (
    await h.database.query<{ payment_id: string }>(sql`select payment_id from payments order by payment_id`)
  ).map(({ payment_id }) => payment_id);
const besideEntries = async (): Promise<number> =>
  (await h.database.query(sql`select seq from intake_attachments`)).length;
const runDestruction = () => {
  const { database, clock } = h;
  const worker = startCardDestruction({ database, keys, clock, log: silentLog, returnWindowMs });
  h.workers.push(worker);
  return worker;
};
const idle = (...workers: { isBusy(): boolean }[]) => until(() => workers.every((one) => !one.isBusy()));

describe('a tap', { timeout: 60_000 }, () => {
  const sealedFor = (saleId: string, amountMinor: number): string =>
    tapOf(visa, 1, { tillId: 'till-1', saleId, amountMinor, currency: 'RUB' }).ciphertext;

  it('that was asked for 1 rouble is collected for that, and for no other sale, sum or till', async () => {
    const ciphertext = sealedFor('till-1-000001', rouble);
    const own = tapOf(visa, 1, {
      tillId: 'till-1',
      saleId: 'till-1-000001',
      amountMinor: rouble,
      currency: 'RUB',
    });
    const honest = h.till.sell({ totalMinor: rouble });
    for (const totalMinor of [rouble, 124_900, 249_800, 374_700])
      h.till.sell({ totalMinor, ciphertext, card: { ksn: own.ksn } });
    await h.arrive();
    h.run();
    await h.becomes(honest, 'collected');
    expect(await payments()).toEqual([honest]);
    const reason = { kind: 'card-unreadable', fault: 'altered-or-other-key' };
    expect(await reasons()).toEqual([reason, reason, reason, reason]);
    expect(h.banks.ledger.map(({ amountMinor }) => amountMinor)).toEqual([rouble]);
    expect(await h.alarms()).toEqual(['card-data-unreadable raised']);
  });

  it('of which somebody has the till’s files is not debited again, nor for another sum, by another till', async () => {
    const id = h.till.sell({ totalMinor: rouble });
    await h.arrive();
    h.run();
    await h.becomes(id, 'collected');
    const { card } = JSON.parse(h.till.entries[0]!.payload).body as { card: CardSummary };
    const { ciphertext } = JSON.parse(h.till.entries[0]!.attachments.card!.content) as { ciphertext: string };
    const thief = testTill('till-2', h.clock.nowMs);
    thief.sell({ totalMinor: rouble, ciphertext, card });
    thief.sell({ totalMinor: 500_000, ciphertext, card });
    await ship(h.database, thief, h.clock.nowMs());
    expect(await payments()).toEqual([id]);
    expect(await reasons()).toMatchObject([
      { fault: 'altered-or-other-key' },
      { fault: 'altered-or-other-key' },
    ]);
    expect(h.banks.netOf(id)).toBe(1);
  });

  it('pays once: a key serial number that another sale has used is not debited, and a person is told', async () => {
    const first = h.till.sell();
    await h.arrive();
    // A reader that has lost its memory seals another sale with a key that it has used.
    const purchase = { tillId: 'till-1', saleId: 'till-1-000002', amountMinor: 70_000, currency: 'RUB' };
    const { ksn, ciphertext } = tapOf(mastercard, 1, purchase);
    h.till.sell({ pan: mastercard, totalMinor: 70_000, ciphertext, card: { ksn } });
    await h.arrive();
    expect(await payments()).toEqual([first]);
    expect(await reasons()).toEqual([{ kind: 'card-refused', fault: 'used-by-another-sale' }]);
    expect(await h.alarms()).toEqual(['entry-quarantined raised']);
    const [entry] = await h.database.query<{ seq: number }>(sql`select seq from quarantine`);
    const decided = {
      tillId: 'till-1',
      seq: entry!.seq,
      decision: 'dismiss',
      by: 'Анна',
      why: 'reader 7',
    } as const;
    await decideEntry(h.database, decided, h.clock.nowMs());
    expect(await h.alarms()).toEqual(['entry-quarantined ended']);
    expect(await besideEntries()).toBe(0);
  });

  it('is its own sale’s however often that is folded, by whatever host', async () => {
    const id = h.till.sell();
    await h.arrive();
    await h.database.query(sql`update intake_folded set seq = 0`);
    await Promise.all([foldNext(testFold(h.database), 'till-1'), foldNext(testFold(h.database), 'till-1')]);
    expect([await payments(), await reasons()]).toEqual([[id], []]);
  });

  it.each<[string, Sale]>([
    ['other-card-than-reference', { card: { cardReference: 'f'.repeat(64) } }],
    ['other-mask', { card: { maskedPan: '220220******1234' } }],
    ['other-expiry', { card: { expiry: '5001' } }],
    ['other-service-code', { card: { serviceCode: '221' } }],
  ])('that is another card than its sale says is not debited: %s', async (fault, sale) => {
    h.till.sell(sale);
    await h.arrive();
    expect(await payments()).toEqual([]);
    expect(await reasons()).toEqual([{ kind: 'card-refused', fault }]);
    expect(await h.alarms()).toEqual(['entry-quarantined raised']);
  });

  it('that was destroyed at the till before the host had it is a sale that is explained, and not debited', async () => {
    h.till.sell();
    h.till.entries[0] = { ...h.till.entries[0]!, attachments: { card: null } };
    await h.arrive();
    expect(await payments()).toEqual([]);
    expect(await reasons()).toEqual([{ kind: 'card-refused', fault: 'missing' }]);
  });
});

describe('card data at the host', { timeout: 60_000 }, () => {
  it('lies beside its entry under a key of its own until it is folded, and the phone’s key goes then', async () => {
    h.till.sell({ phone: '+79001234567' });
    const folding = { ...testFold(h.database), database: h.database };
    const before = h.arrive();
    await before;
    expect(await besideEntries()).toBe(0);
    const { phone, card_track_key, card_account_key } = await kept('till-1-000001');
    expect([phone, isAlive(card_track_key), isAlive(card_account_key)]).toEqual(['+79001234567', true, true]);
    const [pending] = await h.database.query<{ data_key: string }>(
      sql`select data_key from key_destructions`,
    );
    expect(isAlive(pending!.data_key)).toBe(true);
    await idle(runDestruction());
    await until(
      async () => (await h.database.query(sql`select data_key from key_destructions`)).length === 0,
    );
    expect(isAlive(pending!.data_key)).toBe(false);
    await foldNext(folding, 'till-1');
  });

  it('loses its track with the first final answer; a retry is made by number and expiry', async () => {
    h.banks.debits = () => '51';
    const id = h.till.sell();
    await h.arrive();
    // What a backup of now, or the write-ahead log, will hold for ever.
    const backup = await kept(id);
    const { card_track_key: trackKey } = backup;
    const worker = h.run();
    await h.becomes(id, 'declined');
    expect(await kept(id)).toMatchObject({ card_track: null, card_track_key: null });
    await idle(runDestruction());
    await until(() => !isAlive(trackKey));
    const track = { dataKey: trackKey!, sealed: backup.card_track! };
    const { cardReference } = JSON.parse(h.till.entries[0]!.payload).body.card as CardSummary;
    expect(() => keys.cards.open({ track, account: null }, { paymentId: id, cardReference })).toThrow(
      'destroyed',
    );
    h.banks.debits = () => '00';
    const [row] = await h.database.query<{ bucket: number }>(sql`select bucket from payments`);
    const payment = { bucket: row!.bucket, paymentId: id };
    await h.database.transaction((queries) =>
      requestAttempt(queries, payment, 'retry', h.clock.nowMs(), silentLog),
    );
    worker.wake();
    await h.becomes(id, 'collected');
    expect(h.banks.cards).toEqual([
      { pan: visa, track2: `${visa}=4912201` },
      { pan: visa, track2: null },
    ]);
  });

  it('keeps its track while no bank has decided, and another bank is asked with it', async () => {
    h.banks.debits = (bankId) => (bankId === 'north' ? '91' : '00');
    const id = h.till.sell();
    await h.arrive();
    h.run();
    await h.becomes(id, 'collected');
    expect(h.banks.cards.map(({ track2 }) => track2)).toEqual([`${visa}=4912201`, `${visa}=4912201`]);
    expect((await kept(id)).card_track).toBeNull();
  });

  it('is gone, with the phone, once the return window of a paid sale is over', async () => {
    const id = h.till.sell({ phone: '+79001234567' });
    await h.arrive();
    h.run();
    await h.becomes(id, 'collected');
    const { card_account_key: accountKey } = await kept(id);
    const destruction = runDestruction();
    h.clock.advance(returnWindowMs - 1);
    destruction.wake();
    await idle(destruction);
    expect(isAlive(accountKey)).toBe(true);
    h.clock.advance(2);
    destruction.wake();
    await until(() => !isAlive(accountKey));
    expect(await kept(id)).toEqual({
      card_track: null,
      card_track_key: null,
      card_account: null,
      card_account_key: null,
      phone: null,
    });
  });

  it('is kept as long as a debt is not paid', async () => {
    h.banks.debits = () => '51';
    const id = h.till.sell();
    await h.arrive();
    h.run();
    await h.becomes(id, 'declined');
    const { card_account_key: accountKey } = await kept(id);
    const destruction = runDestruction();
    for (let looks = 0; looks < 3; looks++) {
      h.clock.advance(returnWindowMs);
      destruction.wake();
      await idle(destruction);
    }
    expect(isAlive(accountKey)).toBe(true);
  });

  it('of a sale that ended without a receipt is destroyed at once', async () => {
    const id = h.till.intend({ phone: '+79001234567' });
    await h.arrive();
    const beside = await attachmentsOf(h.database, 'till-1', 1);
    expect(beside.map(({ name }) => name).toSorted()).toEqual(['card', 'contact']);
    h.till.write({ kind: 'sale.abandoned', body: { saleId: id, reason: 'interrupted' } });
    await h.arrive();
    await idle(runDestruction());
    await until(() => beside.every(({ data_key }) => !isAlive(data_key)));
    expect([await besideEntries(), await payments()]).toEqual([0, []]);
  });

  it('is destroyed though the host dies after it was forgotten and before its key is', async () => {
    const id = h.till.sell();
    await h.arrive();
    const { card_track_key: trackKey } = await kept(id);
    h.run();
    await h.becomes(id, 'collected');
    expect(isAlive(trackKey)).toBe(true); // nothing has run yet that destroys keys
    await idle(runDestruction());
    await until(() => !isAlive(trackKey));
  });
});
