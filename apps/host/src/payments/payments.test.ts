import { describe, expect, it } from 'vitest';
import { bankHealthById } from '../routing/index.ts';
import { sql } from '../store/index.ts';
import { until } from '../testing/clock.ts';
import { enrolTestTill, ship, startPayments } from '../testing/host-parts.ts';
import { silentLog } from '../testing/log.ts';
import { keys, minuteMs, paymentsHarness } from '../testing/payments-harness.ts';
import { testPans, testTill } from '../testing/till.ts';
import { declinedPayment, requestAttempt } from './retry.ts';

describe('payments', { timeout: 60_000 }, () => {
  const h = paymentsHarness();

  it('goes to the cheapest bank, is written down before it leaves, and has a timeline', async () => {
    h.banks.debits = () => 'hang';
    const id = h.till.sell({ totalMinor: 123_45 });
    await h.arrive();
    h.run();
    const during = await h.whileHanging(id);
    expect(during.state).toBe('sending');
    expect(during.wait).toEqual({ kind: 'answer-pending', bankId: 'north' });
    expect(during.attempts).toMatchObject([{ bankId: 'north', state: 'sent', cause: 'first', code: null }]);
    h.banks.answerHanging();
    await h.becomes(id, 'collected');
    expect(h.banks.netOf(id)).toBe(1);
    const { request } = h.banks.requests[0]!;
    expect(request).toMatchObject({
      reference: id,
      amountMinor: 123_45,
      currency: 'RUB',
      deferred: true,
      resubmission: false,
      timeZone: 'Europe/Moscow',
      card: { expiry: '4912' },
    });
    expect(h.banks.cards).toEqual([{ pan: testPans[0], track2: `${testPans[0]}=4912201` }]);
    expect(request.stan).toMatch(/^\d{6}$/);
    expect(request.rrn).toBe(`632809${request.stan}`);
    expect((await h.read(id)).timeline).toEqual([
      { kind: 'accepted', data: { tillId: 'till-1', mode: 'offline' } },
      { kind: 'arrived', data: {} },
      {
        kind: 'debit-sent',
        data: { bankId: 'north', attempt: 1, route: { kind: 'off-us', feePercent: '1.6', isFailing: false } },
      },
      {
        kind: 'debit-answered',
        data: { bankId: 'north', attempt: 1, responseCode: '00', meaning: 'approved' },
      },
      { kind: 'collected', data: {} },
    ]);
  });

  it('ends a cycle in which no bank reaches the issuer, and calls that no decline', async () => {
    h.banks.debits = () => '91';
    const id = h.till.sell();
    await h.arrive();
    const worker = h.run();
    await h.becomes(id, 'declined', h.whenIdle(worker, 10 * minuteMs));
    expect(h.banks.requests).toHaveLength(5);
    expect(new Set(h.banks.requests.map(({ bankId }) => bankId)).size).toBe(3);
    expect((await h.read(id)).timeline.at(-1)).toEqual({ kind: 'not-reached', data: {} });
    expect(await h.database.query(sql`select is_unreached, due_at from payments`)).toEqual([
      { is_unreached: true, due_at: null },
    ]);
  });

  it('keeps a part of what a card’s scheme bears, however many sales there are, and none waits for another', async () => {
    const ids = Array.from({ length: 12 }, () => h.till.sell({ pan: testPans[1] })); // Mastercard: 10 in 24 hours
    h.banks.debits = () => '91';
    await h.arrive();
    const worker = h.run();
    for (const id of ids) await h.becomes(id, 'declined', h.whenIdle(worker, 10 * minuteMs));
    // The first attempt of each is no retry.
    expect(h.banks.requests.length).toBeLessThanOrEqual(12 + 6);
    expect(h.banks.requests.length).toBeGreaterThanOrEqual(12);
  });

  it('makes one payment of a sale, however often its journal arrives', async () => {
    const id = h.till.sell();
    await Promise.all([h.arrive(), h.arrive()]);
    await h.arrive();
    await h.database.query(sql`update intake_folded set seq = 0 where till_bucket = 904`);
    await h.arrive(); // as after a crash between folding and noting it
    h.run();
    await h.becomes(id, 'collected');
    expect(h.banks.ledger).toHaveLength(1);
    expect(await h.database.query(sql`select payment_id from payments`)).toEqual([{ payment_id: id }]);
  });

  it('sends to the next bank if nothing was sent, if the bank is in trouble, and if it has blocked us', async () => {
    const answers: Record<string, string> = { north: 'not-sent', ural: '91', volga: '00' };
    h.banks.debits = (bankId) => answers[bankId]!;
    const first = h.till.sell();
    await h.arrive();
    const worker = h.run();
    await h.becomes(first, 'collected');
    expect(await h.attempts(first)).toEqual([
      ['north', 'not-sent', 'first', null],
      ['ural', 'rejected', 'failover', '91'],
      ['volga', 'approved', 'failover', '00'],
    ]);
    Object.assign(answers, { north: '03', volga: '00' });
    const second = h.till.sell();
    await h.arrive();
    worker.wake();
    await h.becomes(second, 'collected');
    expect((await h.attempts(second))[0]).toEqual(['north', 'rejected', 'first', '03']);
    const third = h.till.sell();
    await h.arrive();
    worker.wake();
    await h.becomes(third, 'collected');
    expect((await h.attempts(third)).map(([bankId]) => bankId)).not.toContain('north');
    expect([first, second, third].map((id) => h.banks.netOf(id))).toEqual([1, 1, 1]);
  });

  it('probes a bank with one payment after it was out for a while', async () => {
    h.banks.debits = (bankId) => (bankId === 'north' ? '03' : '00');
    const first = h.till.sell();
    await h.arrive();
    const worker = h.run();
    await h.becomes(first, 'collected');
    h.clock.advance(16 * minuteMs);
    h.banks.debits = (bankId) => (bankId === 'north' ? 'hang' : '00');
    const probe = h.till.sell();
    await h.arrive();
    worker.wake();
    await h.whileHanging(probe);
    const other = h.till.sell();
    await h.arrive();
    worker.wake();
    await h.becomes(other, 'collected');
    expect(await h.attempts(other)).toEqual([['ural', 'approved', 'first', '00']]);
    h.banks.answerHanging();
    h.banks.debits = () => '00';
    await h.becomes(probe, 'collected');
    expect((await h.read(probe)).bank_id).toBe('north');
    const healthy = h.till.sell();
    await h.arrive();
    worker.wake();
    await h.becomes(healthy, 'collected');
    expect((await h.read(healthy)).bank_id).toBe('north');
  });

  it('counts no failure against a bank for a message that this side could not make', async () => {
    const bad = h.till.sell();
    const good = h.till.sell();
    h.banks.debits = (_, { reference }) => (reference === bad ? 'unbuildable' : '00');
    await h.arrive();
    const worker = h.run();
    await h.becomes(good, 'collected');
    await until(() => h.banks.requests.filter(({ request }) => request.reference === bad).length >= 3);
    await until(() => !worker.isBusy());
    expect(new Set((await bankHealthById(h.database)).values())).toEqual(new Set(['healthy']));
    expect(await h.database.query(sql`select sum(failures) as failures from bank_states`)).toEqual([
      { failures: 0 },
    ]);
  });

  it('stops at the issuer’s decline, keeps its code, and has an outcome for the till', async () => {
    h.banks.debits = () => '51';
    const id = h.till.sell();
    await h.arrive();
    h.run();
    await h.becomes(id, 'declined');
    expect(await h.attempts(id)).toEqual([['north', 'declined', 'first', '51']]);
    const [{ bucket, pending_outcome }] = (await h.database.query(
      sql`select bucket, pending_outcome from payments where payment_id = ${id}`,
    )) as [{ bucket: number; pending_outcome: string }];
    expect(pending_outcome).toBe('declined');
    expect(await declinedPayment(h.database, bucket, id)).toMatchObject({ response_code: '51', cycle: 0 });
  });

  it('makes another attempt when recovery requests one, and only while it is declined', async () => {
    h.banks.debits = () => '51';
    const id = h.till.sell();
    await h.arrive();
    const worker = h.run();
    await h.becomes(id, 'declined');
    const [{ bucket }] = (await h.database.query(sql`select bucket from payments`)) as [{ bucket: number }];
    h.banks.debits = () => '00';
    expect(
      await h.database.transaction((one) =>
        requestAttempt(one, { bucket, paymentId: id }, 'retry', h.clock.nowMs(), silentLog),
      ),
    ).toBe(true);
    expect(
      await h.database.transaction((one) =>
        requestAttempt(one, { bucket, paymentId: id }, 'retry', h.clock.nowMs(), silentLog),
      ),
    ).toBe(false);
    worker.wake();
    await h.becomes(id, 'collected');
    expect(h.banks.requests.at(-1)!.request).toMatchObject({ resubmission: true });
    expect((await h.attempts(id)).map(([, , cause]) => cause)).toEqual(['first', 'retry']);
    expect(await h.database.query(sql`select pending_outcome from payments`)).toEqual([
      { pending_outcome: 'recovered' },
    ]);
  });

  it('waits if no bank can be reached, and sends by itself when one can', async () => {
    h.banks.debits = () => 'not-sent';
    const id = h.till.sell();
    await h.arrive();
    const worker = h.run();
    await until(() => h.banks.requests.length >= 3);
    await h.becomes(id, 'routed');
    await until(() => !worker.isBusy());
    const { wait, due_at } = await h.read(id);
    expect(wait).toEqual({ kind: 'banks-unreachable', bankIds: ['north', 'ural', 'volga'] });
    expect(due_at!.getTime()).toBe(h.clock.nowMs() + 10_000);
    h.banks.debits = () => '00';
    await h.becomes(id, 'collected', h.whenIdle(worker, minuteMs));
    expect(h.banks.netOf(id)).toBe(1);
    expect((await h.read(id)).wait).toBeNull();
    expect((await h.events(id)).filter((kind) => kind === 'waiting')).toHaveLength(1);
  });

  it('serves the buyer who waits before those who have gone', async () => {
    h.banks.debits = (_, { reference }) => (reference.startsWith('till-1') ? 'hang' : '00');
    for (let sales = 0; sales < 80; sales++) h.till.sell({ pan: testPans[sales % testPans.length]! });
    await h.arrive();
    const worker = h.run({ maxAtOnce: { all: 64, offline: 48 } });
    await until(() => h.banks.requests.length >= 48);
    const waiting = testTill('till-2', h.clock.nowMs);
    await enrolTestTill(h.database, waiting, h.clock.nowMs());
    const id = waiting.intend({ requestedMode: 'online' });
    await ship(h.database, waiting, h.clock.nowMs());
    worker.wake();
    await h.becomes(id, 'collected');
    expect(h.banks.requests).toHaveLength(49);
    h.banks.debits = () => '00';
    await until(async () => {
      h.banks.answerHanging();
      return h.banks.ledger.length === 81;
    });
  });

  it('leaves a payment alone whose card data cannot be opened, says so once, and harms no other', async () => {
    const good = h.till.sell();
    const bad = h.till.sell();
    await h.arrive();
    await h.database.query(sql`
      update payments set card_track = ${Buffer.alloc(60).toString('base64')} where payment_id = ${bad}`);
    const worker = h.run();
    await h.becomes(good, 'collected');
    for (let looks = 0; looks < 3; looks++) {
      h.clock.advance(61 * minuteMs);
      worker.wake();
      await until(() => !worker.isBusy());
    }
    const { state, attempts, wait, timeline } = await h.read(bad);
    expect([state, attempts]).toEqual(['received', []]);
    const reason = { kind: 'card-data-unreadable', fault: 'altered-or-other-key' };
    expect(wait).toEqual(reason);
    expect(timeline.filter(({ kind }) => kind === 'waiting')).toMatchObject([{ data: { reason } }]);
    expect(JSON.stringify(timeline)).not.toMatch(/\d{12,}/);
  });

  it('collects forty payments within a few seconds, several at a time', async () => {
    const ids = Array.from({ length: 40 }, (_, index) =>
      h.till.sell({ pan: testPans[index % testPans.length]! }),
    );
    await h.arrive();
    const booked = new Set<string>();
    h.workers.push(startPayments(h.database, h.banks, h.clock, { keys, onBooked: (id) => booked.add(id) }));
    await until(() => booked.size === ids.length);
    expect(h.banks.ledger).toHaveLength(40);
    expect(h.banks.maxAtOnce()).toBeGreaterThan(1);
  });
});
