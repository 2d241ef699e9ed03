import { Readable } from 'node:stream';
import { type EntryBody, encodeBatch } from '@bivak/journal';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listAlarms } from '../alarms/alarms.ts';
import { foldJournal } from '../payments/fold.ts';
import { type Database, type Row, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { handClock } from '../testing/clock.ts';
import { enrolTestTill, newKeyPair, readPayment, testFold, testKeyStore } from '../testing/host-parts.ts';
import { type TestTill, testPans, testTill } from '../testing/till.ts';
import { readArrival } from './arrival.ts';
import { acknowledgedPlace, takeBatch } from './intake.ts';

describe('the intake', { timeout: 60_000 }, () => {
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

  const take = (text: string, from = till) =>
    takeBatch({ database, keys: testKeyStore() }, from, text, clock.nowMs());
  const stored = () => database.query<{ payload: string }>(sql`select payload from intake order by seq`);
  const rejected = () =>
    database.query<Pick<Row<'intake_rejected'>, 'fault' | 'entry'>>(
      sql`select fault, entry from intake_rejected`,
    );
  const alarms = async () =>
    (await listAlarms(database, { state: null, tillId: 'till-1' }, null, 100)).map(
      ({ kind, state, data }) => ({ kind, state, data }),
    );
  const fold = () => foldJournal(testFold(database), 'till-1');

  it('takes each entry once, whole or in pieces, in one order', async () => {
    for (let sales = 0; sales < 5; sales++) till.sell();
    const whole = till.batch();
    const results = await Promise.all([take(whole), take(whole.slice(0, 2_000)), take(whole)]);
    expect(Math.max(...results.map((result) => result.acknowledgedSeq))).toBe(10);
    expect(results.every(({ refused }) => refused === null)).toBe(true);
    expect((await stored()).map(({ payload }) => payload)).toEqual(
      till.entries.map(({ payload }) => payload),
    );
    expect(await take(till.batch(7))).toEqual({ acknowledgedSeq: 10, taken: 0, refused: null });
  });

  it('keeps what is whole of a batch that is cut at any byte', async () => {
    till.sell();
    const bytes = Buffer.from(till.batch());
    let before = 0;
    for (let length = 0; length <= bytes.length; length += 61) {
      const text = bytes.subarray(0, length).toString('utf8');
      const { acknowledgedSeq: seq, refused } = await take(text);
      expect(refused).toBeNull();
      expect(seq).toBe(Math.max(before, text.split('\n').length - 1));
      before = seq;
    }
    expect(await take(bytes.toString('utf8'))).toMatchObject({ acknowledgedSeq: 2 });
  });

  it('reads a body as far as it comes', async () => {
    const body = (chunks: string[], breaks: boolean): Readable => {
      const stream = new Readable({ read: () => {} });
      for (const chunk of chunks) stream.push(Buffer.from(chunk));
      if (breaks) setTimeout(() => stream.destroy(new Error('aborted')), 5);
      else stream.push(null);
      return stream;
    };
    const read = async (stream: Readable, limitBytes: number) => {
      const { bytes, end } = await readArrival(stream, limitBytes);
      return { text: bytes.toString(), end };
    };
    expect(await read(body(['ab', 'cd'], false), 4)).toEqual({ text: 'abcd', end: 'whole' });
    expect(await read(body(['ab', 'cd'], true), 4)).toEqual({ text: 'abcd', end: 'cut' });
    expect(await read(body(['ab', 'cd'], false), 3)).toEqual({ text: 'ab', end: 'too-long' });
    // A letter of two bytes that arrives in two chunks is one letter.
    const halves = new Readable({ read: () => {} });
    for (const half of [Buffer.from('Ч').subarray(0, 1), Buffer.from('Ч').subarray(1), null])
      halves.push(half);
    expect(await read(halves, 9)).toEqual({ text: 'Ч', end: 'whole' });
  });

  it.each<[string, (till: TestTill) => string, string]>([
    ['a sum that was changed', (one) => one.batch().replace('50000', '10000'), 'bad-signature'],
    ['an entry left out', (one) => one.batch(1), 'gap'],
    ['text that is none', () => 'hello\n', 'unreadable'],
    ['an entry with a NUL', () => '{"payload":"\\u0000","signature":""}\n', 'malformed'],
    ['nothing but brackets', () => `${'['.repeat(10_000)}\n`, 'unreadable'],
  ])(
    'refuses %s by name, stores nothing of it, keeps it apart once, and raises one alarm',
    async (_, forge, fault) => {
      till.sell();
      const text = forge(till);
      const first = await take(text);
      expect(first.refused?.fault).toBe(fault);
      expect(first.acknowledgedSeq).toBe(0);
      expect(await stored()).toEqual([]);
      expect(first.refused?.isNew).toBe(true);
      expect((await take(text)).refused?.isNew).toBe(false);
      expect(await rejected()).toMatchObject([{ fault }]);
      const data = { afterSeq: 0, fault, waitingEntries: expect.any(Number) };
      expect(await alarms()).toEqual([{ kind: 'journal-refused', state: 'raised', data }]);
      await take(till.batch());
      expect(await alarms()).toEqual([{ kind: 'journal-refused', state: 'ended', data }]);
    },
  );

  it('refuses an entry whose card data was lost or changed on the way, and keeps none of it apart', async () => {
    till.sell();
    const [intent, accepted] = till.entries;
    const { card } = intent!.attachments;
    const { payload, signature } = intent!;
    for (const [attachments, fault] of [
      [{}, 'attachment-missing'],
      [
        { card: { ...card!, content: card!.content.replace('"ciphertext":"', '"ciphertext":"00') } },
        'attachment-differs',
      ],
      [{ card: card!, extra: card! }, 'attachment-differs'],
    ] as const) {
      const result = await take(encodeBatch([{ payload, signature, attachments }, accepted!]));
      expect(result).toMatchObject({ acknowledgedSeq: 0, taken: 0, refused: { fault } });
    }
    await take(`{"payload":5,"signature":"","attachments":${JSON.stringify(intent!.attachments)}}\n`);
    expect(JSON.stringify(await rejected())).not.toContain(card!.content.slice(20, 60));
    // The whole entry is still taken.
    expect(await take(till.batch())).toMatchObject({ acknowledgedSeq: 2, refused: null });
    const stored = await database.query<{ sealed: string; name: string }>(
      sql`select name, sealed from intake_attachments`,
    );
    expect(stored.map(({ name }) => name)).toEqual(['card']);
    expect(stored[0]!.sealed).not.toContain(card!.content);
  });

  it('keeps no card number in clear, whatever a broken till sends', async () => {
    const { payload } = till.write({
      kind: 'till.started',
      body: { softwareVersion: testPans[0] },
    });
    await take(`${JSON.stringify({ payload, signature: 'none' })}\n`);
    await take(`{"track":"${testPans[1]}=4912201"}\n`);
    await take(`{"driveNumber":"9999078900005488"}\n`);
    const kept = (await rejected()).map(({ entry }) => entry).join('\n');
    for (const pan of testPans) expect(kept).not.toContain(pan);
    expect(kept).toContain('476173******0119');
    expect(kept).toContain('541333******0011=4912201');
    expect(kept).toContain('9999078900005488');
  });

  it('refuses another till’s entries, another key’s, and a chain that was begun anew', async () => {
    const other = testTill('till-2', clock.nowMs);
    other.sell();
    expect((await take(other.batch())).refused?.fault).toBe('wrong-till');
    till.sell();
    const stranger = { ...till, publicKey: newKeyPair().publicKey };
    expect((await take(till.batch(), stranger)).refused?.fault).toBe('bad-signature');
    await take(till.batch());
    const anew = { ...testTill('till-1', clock.nowMs) };
    anew.sell({ totalMinor: 1 });
    const result = await take(anew.batch(), anew);
    expect(result).toMatchObject({ acknowledgedSeq: 2, taken: 0, refused: { fault: 'changed' } });
    expect((await rejected()).at(-1)!.entry).toContain('"totalMinor":1}');
  });

  it('takes what a till has signed with a former key, as far as its chain shows that it was before the new one', async () => {
    till.sell();
    await take(till.batch());
    till.sell(); // not shipped when the till was enrolled anew
    till.changeKey();
    till.sell();
    expect(await take(till.batch())).toMatchObject({ acknowledgedSeq: 6, taken: 4, refused: null });
    const numbers = await database.query(sql`select seq, key_number from intake order by seq`);
    expect(numbers).toEqual([1, 1, 1, 1, 2, 2].map((key_number, index) => ({ seq: index + 1, key_number })));
    expect(await fold()).toBe(6);
  });

  it('refuses a former key’s signature once the new key has signed, and counts what waits behind it', async () => {
    till.sell();
    const { publicKey, privateKey } = till;
    till.changeKey();
    till.sell();
    await take(till.batch());
    Object.assign(till, { publicKey, privateKey });
    till.sell();
    till.sell();
    Object.assign(till, { publicKey: newKeyPair().publicKey, formerKeys: [publicKey] });
    const keys = { ...till, formerKeys: [publicKey, till.publicKey], publicKey: newKeyPair().publicKey };
    const { refused } = await take(till.batch(), keys);
    expect(refused?.fault).toBe('former-key');
    const data = { afterSeq: 4, fault: 'former-key', waitingEntries: 4 };
    expect(await alarms()).toEqual([{ kind: 'journal-refused', state: 'raised', data }]);
    expect(await rejected()).toMatchObject([{ fault: 'former-key' }]);
  });

  it('refuses what no key of the till has signed, and counts what waits behind it', async () => {
    till.sell();
    till.sell();
    const stranger = { ...till, publicKey: newKeyPair().publicKey, formerKeys: [newKeyPair().publicKey] };
    expect((await take(till.batch(), stranger)).refused?.fault).toBe('bad-signature');
    const data = { afterSeq: 0, fault: 'bad-signature', waitingEntries: 4 };
    expect(await alarms()).toEqual([{ kind: 'journal-refused', state: 'raised', data }]);
  });

  it('takes a long journal of short entries in one batch, and knows all of it again', async () => {
    for (let starts = 0; starts < 7_500; starts++)
      till.write({ kind: 'till.started', body: { softwareVersion: '1' } });
    const batch = till.batch();
    expect(batch.length).toBeLessThan(4_194_304);
    expect(await take(batch)).toEqual({ acknowledgedSeq: 7_500, taken: 7_500, refused: null });
    expect(await take(batch)).toEqual({ acknowledgedSeq: 7_500, taken: 0, refused: null });
  });

  it('keeps the good ones before a bad one', async () => {
    till.sell();
    till.sell();
    const lines = till.batch().split('\n');
    lines[2] = lines[2]!.replace('50000', '70000');
    const result = await take(lines.join('\n'));
    expect(result).toMatchObject({ acknowledgedSeq: 2, taken: 2, refused: { fault: 'bad-signature' } });
    expect((await acknowledgedPlace(database, 'till-1')).seq).toBe(2);
    expect(await take(till.batch(2))).toMatchObject({ acknowledgedSeq: 4, refused: null });
  });

  it('folds each sale into one payment in its card’s bucket, and cash, refusals and open intents into none', async () => {
    const [sold, offline] = [till.sell({ pan: testPans[1], phone: '+79001234567' }), till.intend()];
    const online = till.intend({ requestedMode: 'online', pan: testPans[2] });
    await take(till.batch());
    expect(await fold()).toBe(4);
    const rows = await database.query<{
      payment_id: string;
      bucket: number;
      mode: string;
      phone: string | null;
    }>(sql`select payment_id, bucket, mode, phone from payments order by payment_id`);
    expect(rows.map(({ payment_id, mode, phone }) => [payment_id, mode, phone])).toEqual([
      [sold, 'offline', '+79001234567'],
      [online, 'online', null],
    ]);
    expect(new Set(rows.map(({ bucket }) => bucket)).size).toBe(2);
    till.accept(offline);
    till.accept(online, 'offline');
    await take(till.batch());
    await fold();
    expect((await readPayment(database, online)).timeline.at(-1)).toEqual({
      kind: 'accepted',
      data: { tillId: 'till-1', mode: 'offline' },
    });
    const [count] = await database.query<{ count: number }>(
      sql`select count(*) as count from payments where fiscal is not null`,
    );
    expect(count!.count).toBe(3);
  });

  it('quarantines what cannot become a payment, raises an alarm for each, and goes on with the next', async () => {
    const fiscal = {
      driveNumber: '1',
      registrationNumber: '1',
      documentNumber: 1,
      fiscalSign: 1,
      shiftNumber: 1,
      receiptNumber: 1,
      signedAt: new Date(clock.nowMs()).toISOString(),
      qr: '',
    };
    till.write({
      kind: 'sale.accepted',
      body: { saleId: 'till-1-000900', mode: 'offline', fiscal, checks: [] },
    });
    till.sell({ currency: 'USD' });
    till.sell({ totalMinor: 0 });
    till.sell({ totalMinor: 1_000_000_000_000 }); // DE 4 has twelve digits
    const foreignZone = till.sell({ timeZone: 'Moon/Tycho' });
    const good = till.sell();
    await take(till.batch());
    expect(await fold()).toBe(11);
    expect(await database.query(sql`select payment_id from payments order by payment_id`)).toEqual([
      { payment_id: foreignZone },
      { payment_id: good },
    ]);
    expect(
      await database.query(sql`select time_zone from payments where payment_id = ${foreignZone}`),
    ).toEqual([{ time_zone: 'Europe/Moscow' }]);
    const quarantined = await database.query<Pick<Row<'quarantine'>, 'seq' | 'entry_kind' | 'reason'>>(
      sql`select seq, entry_kind, reason from quarantine order by seq`,
    );
    const reasons = [
      { kind: 'no-intent' },
      { kind: 'wrong-currency', currency: 'USD', expectedCurrency: 'RUB' },
      { kind: 'zero-sum' },
      { kind: 'sum-too-large' },
    ];
    expect(quarantined).toEqual(
      [1, 3, 5, 7].map((seq, index) => ({ seq, entry_kind: 'sale.accepted', reason: reasons[index] })),
    );
    const raised = await alarms();
    expect(raised.map(({ data }) => data)).toEqual(
      expect.arrayContaining(quarantined.map(({ seq, reason }) => expect.objectContaining({ seq, reason }))),
    );
    expect(raised).toHaveLength(4);
  });

  it('takes an entry that names no sale as sales are named, and folds what follows', async () => {
    const forged = { saleId: `till-1-${'9'.repeat(20_000)}`, reason: 'interrupted' } as const;
    till.write({ kind: 'sale.abandoned', body: forged });
    till.write({
      kind: 'sale.abandoned',
      body: { ...forged, saleId: { __proto__: null } as unknown as string },
    });
    const good = till.sell();
    expect(await take(till.batch())).toMatchObject({ acknowledgedSeq: 4, refused: null });
    await fold();
    expect(await database.query(sql`select payment_id from payments`)).toEqual([{ payment_id: good }]);
    const reason = { kind: 'malformed-body', entryKind: 'sale.abandoned' };
    expect(await database.query(sql`select seq, reason from quarantine order by seq`)).toEqual([
      { seq: 1, reason },
      { seq: 2, reason },
    ]);
  });

  it('collects a sale whose till’s clock was years off, dated as it arrived', async () => {
    const lost = testTill('till-1', () => Date.parse('9999-12-31T23:59:59.999Z'));
    const id = lost.sell();
    await take(lost.batch(), lost);
    await fold();
    const [row] = await database.query<{ sold_at: Date; bank_due_at: Date }>(
      sql`select sold_at, bank_due_at from payments where payment_id = ${id}`,
    );
    expect(row!.sold_at.getTime()).toBe(clock.nowMs());
    expect(row!.bank_due_at.getTime()).toBe(clock.nowMs() + testFold(database).bankWindowMs);
    const { timeline } = await readPayment(database, id);
    expect(timeline).toContainEqual({
      kind: 'dated-on-arrival',
      data: { tillAt: '9999-12-31T23:59:59.999Z' },
    });
  });

  it('lets no till end another till’s sale', async () => {
    const id = till.intend({ requestedMode: 'online' });
    await take(till.batch());
    await fold();
    const other = testTill('till-2', clock.nowMs);
    await enrolTestTill(database, other, clock.nowMs());
    const forged = { saleId: id, reason: 'interrupted' } as const;
    const { body } = JSON.parse(till.entries[0]!.payload) as { body: EntryBody<'sale.intent'> };
    other.write({ kind: 'sale.intent', body });
    other.write({ kind: 'sale.abandoned', body: forged });
    await take(other.batch(), other);
    await foldJournal(testFold(database), 'till-2');
    expect(await database.query(sql`select cancel_requested from payments`)).toEqual([
      { cancel_requested: false },
    ]);
    till.write({ kind: 'sale.abandoned', body: forged });
    await take(till.batch());
    await fold();
    expect(await database.query(sql`select cancel_requested from payments`)).toEqual([
      { cancel_requested: true },
    ]);
  });
});
