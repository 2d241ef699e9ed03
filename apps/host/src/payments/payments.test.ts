import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase, sql, type Worker } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { type FakeBanks, fakeBanks } from '../testing/banks.ts';
import { type HandClock, handClock, until } from '../testing/clock.ts';
import { seen, settle, ship, startPayments, testKeyStore } from '../testing/host-parts.ts';
import { silentLog } from '../testing/log.ts';
import { type TestTill, testPans, testTill } from '../testing/till.ts';
import { knownHealth } from './bank-health.ts';
import { takeOver } from './claims.ts';
import { lateAnswerNotes } from './late-answers.ts';
import { declinedPayment, requestAttempt } from './retry.ts';

const minuteMs = 60_000;
const keys = testKeyStore();

describe('payments', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  let url: string;
  let banks: FakeBanks;
  let clock: HandClock;
  let till: TestTill;
  const workers: Worker[] = [];
  const opened: Database[] = [];

  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database, url } = await databases.emptied());
    clock = handClock();
    banks = fakeBanks();
    till = testTill('till-1', clock.nowMs);
    await settle(database, till, clock.nowMs());
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map(stopped));
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });
  /** Ends a worker, with the answers that it still waits for. */
  const stopped = async (worker: Worker): Promise<void> => {
    banks.debits = () => 'not-sent';
    const ending = worker.stop();
    let isOver = false;
    void ending.then(() => {
      isOver = true;
    });
    await until(() => isOver, banks.answerHanging);
  };

  const run = (options: { hostName?: string; on?: Database } = {}): Worker => {
    const worker = startPayments(options.on ?? database, banks, clock, { keys, ...options });
    workers.push(worker);
    return worker;
  };
  /** Moves the clock on, but not while work is under way: on a slow machine every claim would pass before its first write. */
  const whenIdle =
    (worker: Worker, byMs: number): (() => void) =>
    () => {
      if (!worker.isBusy()) clock.advance(byMs);
    };
  /** A host of which nothing is left after `crash`, as after kill -9. */
  const runMortal = (hostName: string): { crash: () => void } => {
    const host = mortal(openDatabase(url, () => {}, 5));
    opened.push(host.database);
    startPayments(host.database, banks, clock, { keys, hostName });
    return host;
  };
  const arrive = (): Promise<void> => ship(database, till, clock.nowMs());
  const becomes = async (id: string, state: string, between = () => {}): Promise<void> =>
    until(async () => (await seen(database, id)).state === state, between);
  const codes = async (id: string): Promise<(string | null)[][]> =>
    (await seen(database, id)).attempts.map((one) => [one.bankId, one.state, one.cause, one.code]);
  /** What is stored at the moment at which a message is on its way. */
  const whileHanging = async (id: string) => {
    await until(() => banks.ledger.some(({ reference }) => reference === id));
    return seen(database, id);
  };

  it('goes to the cheapest bank, is written down before it leaves, and says why', async () => {
    banks.debits = () => 'hang';
    const id = till.sell({ totalMinor: 123_45 });
    await arrive();
    run();
    const during = await whileHanging(id);
    expect(during.state).toBe('sending');
    expect(during.attempts).toMatchObject([{ bankId: 'north', state: 'sent', cause: 'first', code: null }]);
    banks.answerHanging();
    await becomes(id, 'collected');
    expect(banks.netOf(id)).toBe(1);
    const { request } = banks.asked[0]!;
    expect(request).toMatchObject({
      reference: id,
      amountMinor: 123_45,
      currency: 'RUB',
      deferred: true,
      resubmission: false,
      timeZone: 'Europe/Moscow',
      card: { pan: testPans[0], expiry: '4912', serviceCode: '201' },
    });
    expect(request.stan).toMatch(/^\d{6}$/);
    expect(request.rrn).toBe(`632809${request.stan}`);
    const { story } = await seen(database, id);
    expect(story).toEqual([
      'accepted offline at till-1',
      'arrived at the host',
      'sent to north: 1.6 % of the sum',
      'north answered 00: approved',
      'collected',
    ]);
  });

  it('spends no more attempts than the card’s scheme allows, whatever bank carries them, and goes on when it may', async () => {
    const askedAtMs: number[] = [];
    banks.debits = () => {
      askedAtMs.push(clock.nowMs());
      return '91';
    };
    const id = till.sell(); // Visa: 20 in 30 days
    await arrive();
    const worker = run();
    const hours = whenIdle(worker, 60 * minuteMs);
    await until(
      async () => (await seen(database, id)).story.some((line) => /allows no more/.test(line)),
      hours,
    );
    expect(askedAtMs).toHaveLength(20);
    expect(new Set(banks.asked.map(({ bankId }) => bankId)).size).toBe(3);
    banks.debits = () => {
      askedAtMs.push(clock.nowMs());
      return '00';
    };
    await becomes(id, 'collected', whenIdle(worker, 24 * 60 * minuteMs));
    expect(askedAtMs[20]! - askedAtMs[0]!).toBeGreaterThanOrEqual(30 * 24 * 60 * minuteMs);
    expect(banks.netOf(id)).toBe(1);
  });

  it('lets many sales to one card wait for its scheme, and not for each other', async () => {
    const ids = Array.from({ length: 12 }, () => till.sell({ pan: testPans[1] })); // Mastercard: 10 in 24 hours
    let asked = 0;
    banks.debits = () => (++asked <= 36 ? '91' : '00');
    await arrive();
    const worker = run();
    const hours = whenIdle(worker, 60 * minuteMs);
    for (const id of ids) await becomes(id, 'collected', hours);
    expect(ids.map((id) => banks.netOf(id))).toEqual(ids.map(() => 1));
  });

  it('makes one payment of a sale, however often its journal arrives', async () => {
    const id = till.sell();
    await Promise.all([arrive(), arrive()]);
    await arrive();
    await database.query(sql`update intake_folded set seq = 0 where till_bucket = 904`);
    await arrive(); // as after a crash between folding and noting it
    run();
    await becomes(id, 'collected');
    expect(banks.ledger).toHaveLength(1);
    expect(await database.query(sql`select payment_id from payments`)).toEqual([{ payment_id: id }]);
  });

  it('asks the next bank where nothing was sent, where the bank is in trouble, and where it has blocked us', async () => {
    const answers: Record<string, string> = { north: 'not-sent', ural: '91', volga: '00' };
    banks.debits = (bankId) => answers[bankId]!;
    const first = till.sell();
    await arrive();
    const worker = run();
    await becomes(first, 'collected');
    expect(await codes(first)).toEqual([
      ['north', 'not-sent', 'first', null],
      ['ural', 'declined', 'failover', '91'],
      ['volga', 'approved', 'failover', '00'],
    ]);
    Object.assign(answers, { north: '03', volga: '00' });
    const second = till.sell();
    await arrive();
    worker.wake();
    await becomes(second, 'collected');
    expect((await codes(second))[0]).toEqual(['north', 'declined', 'first', '03']);
    const third = till.sell();
    await arrive();
    worker.wake();
    await becomes(third, 'collected');
    expect((await codes(third)).map(([bankId]) => bankId)).not.toContain('north');
    expect([first, second, third].map((id) => banks.netOf(id))).toEqual([1, 1, 1]);
  });

  it('tries a bank out with one payment after it was out for a while', async () => {
    banks.debits = (bankId) => (bankId === 'north' ? '03' : '00');
    const first = till.sell();
    await arrive();
    const worker = run();
    await becomes(first, 'collected');
    clock.advance(16 * minuteMs);
    banks.debits = (bankId) => (bankId === 'north' ? 'hang' : '00');
    const probe = till.sell();
    await arrive();
    worker.wake();
    await whileHanging(probe);
    const other = till.sell();
    await arrive();
    worker.wake();
    await becomes(other, 'collected');
    expect(await codes(other)).toEqual([['ural', 'approved', 'first', '00']]);
    banks.answerHanging();
    banks.debits = () => '00';
    await becomes(probe, 'collected');
    expect((await seen(database, probe)).bankId).toBe('north');
    const healthy = till.sell();
    await arrive();
    worker.wake();
    await becomes(healthy, 'collected');
    expect((await seen(database, healthy)).bankId).toBe('north');
  });

  it('reverses first where the bank itself does not know whether the issuer has debited', async () => {
    banks.debits = (bankId) => (bankId === 'north' ? '68' : '00');
    const id = till.sell();
    await arrive();
    run();
    await becomes(id, 'collected');
    expect(await codes(id)).toEqual([
      ['north', 'reversed', 'first', '68'],
      ['ural', 'approved', 'failover', '00'],
    ]);
    expect(banks.asked.map(({ bankId, what }) => `${bankId} ${what}`)).toEqual([
      'north debit',
      'north reversal',
      'ural debit',
    ]);
  });

  it('stays away from a bank that answers no debit, also where it confirms reversals', async () => {
    banks.debits = (bankId) => (bankId === 'north' ? 'silent' : '00');
    const worker = run();
    const first = async (): Promise<string> => {
      const id = till.sell();
      await arrive();
      worker.wake();
      await becomes(id, 'collected');
      return (await codes(id))[0]![0]!;
    };
    expect([await first(), await first()]).toEqual(['north', 'north']);
    expect((await knownHealth(database)).get('north')).toBe('failing');
  });

  it('thinks no worse of a bank for a message that this side could not make', async () => {
    const bad = till.sell();
    const good = till.sell();
    banks.debits = (_, { reference }) => (reference === bad ? 'unbuildable' : '00');
    await arrive();
    const worker = run();
    await becomes(good, 'collected');
    await until(() => banks.asked.filter(({ request }) => request.reference === bad).length >= 3);
    await until(() => !worker.isBusy());
    expect(new Set((await knownHealth(database)).values())).toEqual(new Set(['healthy']));
    expect(await database.query(sql`select sum(failures) as failures from bank_states`)).toEqual([
      { failures: 0 },
    ]);
  });

  it('tells a late answer once, and only in its own payment’s story', async () => {
    const id = till.sell();
    await arrive();
    run();
    await becomes(id, 'collected');
    const note = lateAnswerNotes(database, clock, silentLog);
    const late = { bankId: 'north', messageType: '0210', stan: null, rrn: null, responseCode: '00' };
    for (const reference of [id, 'till-1-000999', null, id]) {
      note({ ...late, reference });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const isTold = (what: string): boolean => what.startsWith('north answered too late (0210, 00)');
    await until(async () => (await seen(database, id)).story.some(isTold));
    expect((await seen(database, id)).story.filter(isTold)).toHaveLength(1);
  });

  it('stops at the issuer’s no, keeps its code, and tells the till', async () => {
    banks.debits = () => '51';
    const id = till.sell();
    await arrive();
    run();
    await becomes(id, 'declined');
    expect(await codes(id)).toEqual([['north', 'declined', 'first', '51']]);
    const [{ bucket, outcome_untold }] = (await database.query(
      sql`select bucket, outcome_untold from payments where payment_id = ${id}`,
    )) as [{ bucket: number; outcome_untold: string }];
    expect(outcome_untold).toBe('declined');
    expect(await declinedPayment(database, bucket, id)).toMatchObject({ response_code: '51', cycle: 0 });
  });

  it('makes another attempt when recovery asks for one, and only while it is declined', async () => {
    banks.debits = () => '51';
    const id = till.sell();
    await arrive();
    const worker = run();
    await becomes(id, 'declined');
    const [{ bucket }] = (await database.query(sql`select bucket from payments`)) as [{ bucket: number }];
    banks.debits = () => '00';
    expect(await requestAttempt(database, { bucket, paymentId: id }, 'retry', clock.nowMs())).toBe(true);
    expect(await requestAttempt(database, { bucket, paymentId: id }, 'retry', clock.nowMs())).toBe(false);
    worker.wake();
    await becomes(id, 'collected');
    expect(banks.asked.at(-1)!.request).toMatchObject({ resubmission: true });
    expect((await codes(id)).map(([, , cause]) => cause)).toEqual(['first', 'retry']);
    expect(await database.query(sql`select outcome_untold from payments`)).toEqual([
      { outcome_untold: 'recovered' },
    ]);
  });

  it('reverses what nobody knows until the bank confirms it, and only then asks another', async () => {
    let confirms = false;
    banks.debits = (bankId) => (bankId === 'north' ? 'silent' : '00');
    banks.reversals = () => (confirms ? '00' : 'lost');
    const id = till.sell();
    await arrive();
    const worker = run();
    await until(() => banks.asked.filter(({ what }) => what === 'reversal').length === 1);
    for (let repeats = 2; repeats <= 4; repeats++)
      await until(
        () => banks.asked.filter(({ what }) => what === 'reversal').length >= repeats,
        whenIdle(worker, 5_000),
      );
    expect((await seen(database, id)).state).toBe('reversing');
    expect(banks.asked.filter(({ what }) => what === 'debit')).toHaveLength(1);
    confirms = true;
    await becomes(id, 'collected', whenIdle(worker, 5_000));
    expect(banks.ledger.map(({ bankId, kind }) => `${bankId} ${kind}`)).toEqual([
      'north debit',
      'north reversal',
      'ural debit',
    ]);
    const [debit, ...reversals] = banks.asked.filter(({ bankId }) => bankId === 'north');
    for (const { request } of reversals)
      expect(request).toMatchObject({
        stan: debit!.request.stan,
        rrn: debit!.request.rrn,
        transmittedAtMs: debit!.request.transmittedAtMs,
      });
  });

  it('waits where no bank can be asked, and sends by itself when one can', async () => {
    banks.debits = () => 'not-sent';
    const id = till.sell();
    await arrive();
    const worker = run();
    await until(() => banks.asked.length >= 3);
    await becomes(id, 'routed');
    banks.debits = () => '00';
    await becomes(id, 'collected', whenIdle(worker, minuteMs));
    expect(banks.netOf(id)).toBe(1);
  });

  it('gives back what was debited for a sale that then did not happen', async () => {
    const id = till.intend({ asked: 'online' });
    await arrive();
    const worker = run();
    await becomes(id, 'collected');
    expect(banks.asked[0]!.request).toMatchObject({ deferred: false });
    till.write({ kind: 'sale.abandoned', body: { saleId: id, reason: 'fiscal-drive-refused' } });
    await arrive();
    worker.wake();
    await becomes(id, 'cancelled');
    expect(banks.netOf(id)).toBe(0);
  });

  it.each([
    ['00', 'cancelled', 0],
    ['51', 'cancelled', 0],
    ['91', 'cancelled', 0],
    ['silent', 'cancelled', 0],
  ])('ends a sale that was abandoned while its bank answered %s', async (answer, state, net) => {
    const release = Promise.withResolvers<void>();
    const original = banks.debit.bind(banks);
    let hasLeft = false;
    banks.debit = async (bankId, request, timeoutMs, leaving) => {
      hasLeft = (await leaving?.()) ?? true;
      await release.promise;
      return original(bankId, request, timeoutMs);
    };
    banks.debits = () => answer;
    const id = till.intend({ asked: 'online' });
    await arrive();
    run();
    await until(() => hasLeft);
    till.write({ kind: 'sale.abandoned', body: { saleId: id, reason: 'interrupted' } });
    await arrive();
    release.resolve();
    await becomes(id, state);
    expect(banks.netOf(id)).toBe(net);
    expect(banks.asked.filter(({ what }) => what === 'debit')).toHaveLength(1);
  });

  it('serves the buyer who waits before those who have gone', async () => {
    banks.debits = (_, { reference }) => (reference.startsWith('till-1') ? 'hang' : '00');
    for (let sales = 0; sales < 80; sales++) till.sell({ pan: testPans[sales % testPans.length]! });
    await arrive();
    const worker = run();
    await until(() => banks.asked.length >= 48);
    const waiting = testTill('till-2', clock.nowMs);
    await settle(database, waiting, clock.nowMs());
    const id = waiting.intend({ asked: 'online' });
    await ship(database, waiting, clock.nowMs());
    worker.wake();
    await becomes(id, 'collected');
    expect(banks.asked).toHaveLength(49);
    banks.debits = () => '00';
    await until(async () => {
      banks.answerHanging();
      return banks.ledger.length === 81;
    });
  });

  it('takes up after a crash what was on its way: unknown, reversed, and only then sent again', async () => {
    banks.debits = () => 'hang';
    const id = till.sell();
    await arrive();
    const first = runMortal('first');
    await whileHanging(id);
    first.crash();
    banks.debits = () => '00';
    await takeOver(database, 'first', clock.nowMs());
    run({ hostName: 'first' });
    await becomes(id, 'collected');
    expect(await codes(id)).toEqual([
      ['north', 'reversed', 'first', null],
      ['ural', 'approved', 'failover', '00'],
    ]);
    expect(banks.netOf(id)).toBe(1);
    expect((await seen(database, id)).story.join()).toContain('the host was interrupted');
  });

  it('reverses nothing after a crash that certainly had not left', async () => {
    banks.debits = (bankId) => (bankId === 'north' ? 'no-line' : '00');
    const id = till.sell();
    await arrive();
    const first = runMortal('first');
    await until(() => banks.asked.length === 1);
    expect((await seen(database, id)).attempts).toMatchObject([{ bankId: 'north', state: 'stored' }]);
    first.crash();
    await takeOver(database, 'first', clock.nowMs());
    run({ hostName: 'first' });
    await becomes(id, 'collected');
    expect((await codes(id)).map(([bankId, state]) => [bankId, state])).toEqual([
      ['north', 'not-sent'],
      ['ural', 'approved'],
    ]);
    expect(banks.asked.filter(({ what }) => what === 'reversal')).toEqual([]);
  });

  it('lets no message leave once another host has the payment, nor once the sale was ended', async () => {
    const lines: PromiseWithResolvers<void>[] = [];
    const debit = banks.debit.bind(banks);
    let holdsNext = true;
    banks.debit = async (...given) => {
      if (holdsNext) {
        holdsNext = false;
        lines.push(Promise.withResolvers<void>()); // its line is not up yet
        await lines.at(-1)!.promise;
      }
      return debit(...given);
    };
    const id = till.sell();
    await arrive();
    run({ hostName: 'slow' });
    await becomes(id, 'sending');
    const other = openDatabase(url, () => {}, 5);
    opened.push(other);
    clock.advance(2 * minuteMs);
    run({ on: other, hostName: 'quick' });
    await becomes(id, 'collected');
    lines[0]!.resolve();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(banks.ledger.map(({ bankId, kind }) => `${bankId} ${kind}`)).toEqual(['ural debit']);

    holdsNext = true;
    const ended = till.intend({ asked: 'online' });
    await arrive();
    for (const worker of workers) worker.wake();
    await becomes(ended, 'sending');
    till.write({ kind: 'sale.abandoned', body: { saleId: ended, reason: 'interrupted' } });
    await arrive();
    lines[1]!.resolve();
    await becomes(ended, 'cancelled');
    expect(banks.ledger).toHaveLength(1);
  });

  it('writes nothing for a payment that another host has taken up meanwhile', async () => {
    banks.debits = () => 'hang';
    const id = till.sell();
    await arrive();
    run({ hostName: 'slow' });
    await whileHanging(id);
    banks.debits = () => '00';
    const other = openDatabase(url, () => {}, 5);
    opened.push(other);
    clock.advance(2 * minuteMs); // the clock jumps past the lease
    run({ on: other, hostName: 'quick' });
    await becomes(id, 'collected');
    banks.answerHanging(); // and now the first host hears its approval
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(banks.netOf(id)).toBe(1);
    expect((await seen(database, id)).attempts.map(({ bankId, state }) => [bankId, state])).toEqual([
      ['north', 'reversed'],
      ['ural', 'approved'],
    ]);
  });

  it('leaves a payment alone whose card data cannot be opened, says so once, and harms no other', async () => {
    const good = till.sell();
    const bad = till.sell();
    await arrive();
    await database.query(sql`
      update payments set card_ciphertext = ${'00'.repeat(40)} where payment_id = ${bad}`);
    const worker = run();
    await becomes(good, 'collected');
    for (let looks = 0; looks < 3; looks++) {
      clock.advance(61 * minuteMs);
      worker.wake();
      await until(() => !worker.isBusy());
    }
    const { state, attempts, story } = await seen(database, bad);
    expect([state, attempts]).toEqual(['received', []]);
    expect(story.filter((what) => what.startsWith('cannot be sent'))).toHaveLength(1);
    expect(JSON.stringify(story)).not.toMatch(/\d{12,}/);
  });

  it('debits no sale twice and loses none, whatever banks and hosts do', async () => {
    const random = randomNumbers(20_261_124);
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
    const anything = ['00', '00', '51', '91', '96', '68', '03', 'not-sent', 'silent', 'lost', 'hang'];
    banks.debits = () => pick(anything);
    banks.reversals = () => pick(['00', '00', 'lost', 'silent', '91', 'not-sent']);
    const ids = Array.from({ length: 40 }, () => till.sell({ pan: pick(testPans) }));
    await arrive();
    for (let lives = 0; lives < 4; lives++) {
      const host = runMortal(`life ${lives}`);
      const beside = startPayments(database, banks, clock, { keys, hostName: 'beside' });
      for (let steps = 0; steps < 6; steps++) {
        await new Promise((resolve) => setTimeout(resolve, 15));
        clock.advance(pick([1_000, 20_000, 2 * minuteMs]));
        if (random() < 0.4) banks.answerHanging();
      }
      host.crash();
      await stopped(beside);
      banks.debits = () => pick(anything);
    }
    banks.debits = () => '00';
    banks.reversals = () => '00';
    const last = run({ hostName: 'last' });
    // Days may pass until the schemes allow another attempt with a card.
    const moveOn = whenIdle(last, 6 * 60 * minuteMs);
    const states = async (): Promise<Set<string>> =>
      new Set(
        (await database.query<{ state: string }>(sql`select distinct state from payments`)).map(
          (row) => row.state,
        ),
      );
    const isOver = async (): Promise<boolean> =>
      [...(await states())].every((state) => state === 'collected' || state === 'declined');
    await until(isOver, () => {
      banks.answerHanging();
      moveOn();
    });
    for (const id of ids) {
      const { state, attempts } = await seen(database, id);
      expect([id, banks.netOf(id)]).toEqual([id, state === 'collected' ? 1 : 0]);
      expect(attempts.filter((one) => one.state === 'approved')).toHaveLength(state === 'collected' ? 1 : 0);
    }
    const stans = banks.asked
      .filter(({ what }) => what === 'debit')
      .map(({ bankId, request }) => bankId + request.stan);
    expect(new Set(stans).size).toBe(stans.length);
  });

  it('collects the story’s forty payments within a few seconds, several at a time', async () => {
    const ids = Array.from({ length: 40 }, (_, index) =>
      till.sell({ pan: testPans[index % testPans.length]! }),
    );
    await arrive();
    const booked = new Set<string>();
    workers.push(startPayments(database, banks, clock, { keys, onBooked: (id) => booked.add(id) }));
    await until(() => booked.size === ids.length);
    expect(banks.ledger).toHaveLength(40);
    expect(banks.mostAtOnce()).toBeGreaterThan(1);
  });
});

/** A database that a host loses when it dies: what was begun ends, nothing else ever comes back. */
function mortal(database: Database): { database: Database; crash: () => void } {
  let isDead = false;
  const never = new Promise<never>(() => {});
  return {
    crash: () => {
      isDead = true;
    },
    database: {
      query: (statement) => (isDead ? never : database.query(statement)),
      transaction: (work) => (isDead ? never : database.transaction(work)),
      close: () => database.close(),
    },
  };
}

/** Mulberry32: the same numbers from the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
