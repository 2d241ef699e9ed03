import type { DebtDecision, DebtState } from '@bivak/domain';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decideAttempt } from '../payments/decisions.ts';
import { publish } from '../stoplist/publisher.ts';
import { type Database, openDatabase, type Row, sql, type Worker } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { type FakeBanks, fakeBanks } from '../testing/banks.ts';
import { type HandClock, handClock, until } from '../testing/clock.ts';
import { readDebt, readDebtAlarms, readListed, readNotices } from '../testing/debts.ts';
import { enrolTestTill, readPayment, ship, startPayments, testKeyStore } from '../testing/host-parts.ts';
import { silentLog } from '../testing/log.ts';
import { sumsAndFullCounts } from '../testing/sums.ts';
import { type Sale, type TestTill, testPans, testTill } from '../testing/till.ts';
import { decideDebt } from './decisions.ts';
import { mayTryDebt, type RecoveryContext, startRecovery, tryNow } from './recovery.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const keys = testKeyStore();
const [visa, mastercard] = testPans;
const phone = '+79000000001';

describe('recovery', { timeout: 60_000 }, () => {
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
    banks.debits = () => '51';
    till = testTill('till-1', clock.nowMs);
    await enrolTestTill(database, till, clock.nowMs());
  });
  afterEach(async () => {
    banks.debits = () => 'not-sent';
    const ending = Promise.all(workers.splice(0).map((worker) => worker.stop()));
    let isOver = false;
    void ending.then(() => {
      isOver = true;
    });
    await until(() => isOver, banks.answerHanging);
    const { kept, counted } = await sumsAndFullCounts(database);
    expect(kept).toEqual(counted);
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });

  /** A host's recovery and payments, on a connection of its own. */
  const runHost = (name: string): RecoveryContext & { workers: Worker[] } => {
    const own = openDatabase(url, () => {}, 5);
    opened.push(own);
    const context: RecoveryContext = {
      database: own,
      clock,
      log: silentLog,
      policy: {
        windowMs: 7 * dayMs,
        attemptHourLocal: 9,
        timeZone: 'Europe/Moscow',
        minGapMs: 12 * hourMs,
      },
      wakeOthers: () => payments.wake(),
      onDecided: () => {},
    };
    const recovery = startRecovery(context);
    const payments = startPayments(own, banks, clock, {
      keys,
      hostName: name,
      onBooked: () => recovery.wake(),
    });
    workers.push(recovery, payments);
    return { ...context, workers: [recovery, payments] };
  };
  const sell = async (sale: Sale = {}): Promise<string> => {
    const id = till.sell({ pan: mastercard, phone, ...sale });
    await ship(database, till, clock.nowMs());
    return id;
  };
  const debt = (id: string) => readDebt(database, id);
  const wake = (): void => {
    for (const worker of workers) worker.wake();
  };
  const becomes = (id: string, state: DebtState): Promise<void> =>
    until(async () => (await debt(id))?.state === state, wake);
  const attempts = async (id: string): Promise<number> => (await readPayment(database, id)).attempts.length;
  const notices = (id: string) => readNotices(database, id);
  const listed = () => readListed(database);
  /** Lets time pass in steps; what the cardholder was told has arrived after each. */
  const letPass = async (ms: number, noticesBecome: 'delivered' | 'failed' = 'delivered'): Promise<void> => {
    for (let left = ms; left > 0; left -= 12 * hourMs) {
      clock.advance(Math.min(left, 12 * hourMs));
      wake();
      await settled();
      await database.query(
        sql`update notices set state = ${noticesBecome}, due_at = null where state in ('stored', 'sending')`,
      );
    }
    wake();
    await settled();
  };
  const settled = (): Promise<void> => until(() => workers.every((worker) => !worker.isBusy()));
  /** Goes on to the next morning's attempt and waits until it is booked. */
  const nextMorning = async (id: string, attemptsThen: number): Promise<void> => {
    clock.advance(dayMs);
    await until(
      async () => (await attempts(id)) === attemptsThen && (await debt(id))?.state !== 'attempting',
      wake,
    );
  };

  it('plans the next morning, and its notice holds when that is', async () => {
    runHost('one');
    const id = await sell();
    await until(async () => (await notices(id)).length === 1, wake);
    expect((await debt(id))?.next_attempt_at?.toISOString()).toBe('2026-11-25T06:00:00.000Z');
    expect(await notices(id)).toEqual([
      {
        kind: 'declined',
        state: 'stored',
        data: {
          amountMinor: 50_000,
          currency: 'RUB',
          soldAt: '2026-11-24T09:00:00.000Z',
          timeZone: 'Europe/Moscow',
          windowEndsAt: '2026-12-01T09:00:00.000Z',
          retryClass: 'later',
          nextAttemptAt: '2026-11-25T06:00:00.000Z',
        },
      },
    ]);
  });

  it('lists at once for the code of the latest answer if a retry is answered “stolen card”', async () => {
    runHost('one');
    const id = await sell();
    await becomes(id, 'open');
    banks.debits = () => '43';
    clock.advance(dayMs);
    await becomes(id, 'stop-listed');
    expect(await listed()).toEqual(['43']);
    clock.advance(dayMs);
    expect(await attempts(id)).toBe(2);
  });

  it('lists at the window’s end though a bank that cannot be reached still holds an attempt', async () => {
    runHost('one');
    const id = await sell();
    await becomes(id, 'open');
    banks.debits = () => 'not-sent';
    clock.advance(dayMs);
    await becomes(id, 'attempting');
    await until(async () => (await attempts(id)) > 1, wake);
    expect(await listed()).toEqual([]);
    await letPass(7 * dayMs);
    await until(async () => (await listed()).length === 1, wake);
    expect((await notices(id)).at(-1)?.kind).toBe('listed');
    banks.debits = () => '00';
    await until(
      async () => (await debt(id))?.state === 'paid-after-listing',
      () => {
        // Not while a bank is being asked: its claim would pass with the leap.
        if (!workers.some((worker) => worker.isBusy())) clock.advance(hourMs);
      },
    );
    expect(await listed()).toEqual([]);
    expect(banks.netOf(id)).toBe(1);
  });

  /** Goes on until the banks were asked in vain as often as a first cycle asks them. */
  const unreached = async (id: string): Promise<void> => {
    for (const [index, minutes] of [6, 31, 0].entries()) {
      await until(async () => (await attempts(id)) >= 3 + index, wake);
      await settled();
      clock.advance(minutes * 60_000);
    }
    await becomes(id, 'open');
  };
  const held = async (id: string) => ({ ...(await debt(id))!, alarms: await readDebtAlarms(database) });

  it.each([
    ['answers 91', '91', '91'],
    ['says nothing', 'silent', null],
  ])(
    'makes a debt of a sale whose issuer %s, tells the holder once, and ends it with its window',
    async (_, does, code) => {
      banks.debits = () => does;
      runHost('one');
      const id = await sell();
      const firstAt = clock.nowMs();
      await unreached(id);
      const window_ends_at = new Date(firstAt + 7 * dayMs);
      expect(await held(id)).toMatchObject({
        retry_class: 'unreachable',
        response_code: code,
        window_ends_at,
      });
      const payment = await readPayment(database, id);
      expect(payment.state).toBe('declined');
      expect(payment.timeline.at(-1)).toEqual({ kind: 'not-reached', data: {} });
      expect((await notices(id)).map(({ kind }) => kind)).toEqual(['bank-unreachable']);
      await letPass(8 * dayMs);
      await becomes(id, 'stop-listed');
      expect((await notices(id)).map(({ kind }) => kind)).toEqual([
        'bank-unreachable',
        'middle',
        'day-before',
        'listed',
      ]);
      expect(await listed()).toEqual([code]);
      expect(banks.netOf(id)).toBe(0);
      expect(await attempts(id)).toBeLessThanOrEqual(20);
    },
  );

  it('tries a card at once whose issuer has decided about another card', async () => {
    banks.debits = () => '91';
    runHost('one');
    const id = await sell();
    await unreached(id);
    await letPass(5 * dayMs);
    const before = await attempts(id);
    banks.debits = () => '00';
    const other = await sell({ pan: testPans[3], totalMinor: 70_000 });
    await until(async () => (await readPayment(database, other)).state === 'collected', wake);
    await becomes(id, 'recovered');
    expect(await attempts(id)).toBe(before + 1);
    expect(banks.netOf(id)).toBe(1);
    expect((await notices(id)).at(-1)?.kind).toBe('paid');
  });

  it('holds a debt for a person if the promised notices have not arrived, and does what he decides', async () => {
    const context = runHost('one');
    const ids = [await sell(), await sell({ pan: visa })];
    for (const id of ids) await becomes(id, 'open');
    await letPass(7 * dayMs, 'failed');
    for (const id of ids) await becomes(id, 'held');
    expect(await listed()).toEqual([]);
    await until(async () => (await held(ids[0]!)).alarms.length === 2, wake);
    expect((await held(ids[0]!)).alarms[0]!.data).toMatchObject({
      shortfall: 'none-delivered',
      amountMinor: 50_000,
    });
    const said = { by: 'Anna', why: 'called the number' };
    const decide = (paymentId: string, decision: DebtDecision) =>
      decideDebt({ database, log: silentLog }, { paymentId, decision, ...said }, clock.nowMs());
    await decide(ids[0]!, 'list-card');
    await decide(ids[1]!, 'give-up');
    await becomes(ids[0]!, 'stop-listed');
    await becomes(ids[1]!, 'given-up');
    expect(await listed()).toHaveLength(1);
    await until(async () => (await held(ids[0]!)).alarms.every(({ ended_at }) => ended_at !== null), wake);
    expect((await readPayment(database, ids[1]!)).timeline.at(-1)).toEqual({
      kind: 'debt-decided',
      data: { decision: 'give-up', ...said },
    });
    await expect(decide(ids[1]!, 'list-card')).rejects.toMatchObject({ code: 'debt-decision-not-offered' });
    await expect(decide('till-9-000001', 'give-up')).rejects.toMatchObject({ code: 'unknown-debt' });
    // Who was given up may still pay, and then it stays so if that fails.
    const { bucket } = (await debt(ids[1]!))!;
    expect(await tryNow(context, bucket, ids[1]!)).toEqual({ requested: true });
    await becomes(ids[1]!, 'given-up');
    banks.debits = () => '00';
    expect(await tryNow(context, bucket, ids[1]!)).toEqual({ requested: true });
    await becomes(ids[1]!, 'recovered');
  });

  it('waits for receipts before it lists, as long as they may come', async () => {
    runHost('one');
    const id = await sell();
    await becomes(id, 'open');
    await until(async () => (await notices(id)).length === 1, wake);
    clock.advance(7 * dayMs);
    await until(async () => (await notices(id)).length === 2, wake);
    expect((await notices(id)).at(-1)?.kind).toBe('day-before');
    expect((await debt(id))?.state).toBe('open');
    clock.advance(2 * dayMs);
    wake();
    await settled();
    expect((await debt(id))?.state).toBe('open');
    await database.query(sql`update notices set state = 'delivered', due_at = null`);
    clock.advance(11 * 60_000);
    await becomes(id, 'stop-listed');
  });

  it('lists at the end of the window whose holder has left no phone', async () => {
    runHost('one');
    const id = await sell({ phone: null });
    await becomes(id, 'open');
    await letPass(7 * dayMs);
    await becomes(id, 'stop-listed');
  });

  it('withdraws what says that a purchase is unpaid once it is paid', async () => {
    runHost('one');
    const id = await sell();
    await becomes(id, 'open');
    banks.debits = () => '00';
    clock.advance(dayMs);
    await becomes(id, 'recovered');
    expect((await notices(id)).map(({ kind, state }) => [kind, state])).toEqual([
      ['declined', 'withdrawn'],
      ['paid', 'stored'],
    ]);
  });

  it('takes a card off the list when the last of its listed debts is paid, and opens a debt for a new decline while it is listed', async () => {
    runHost('one');
    const first = await sell();
    await becomes(first, 'open');
    await letPass(2 * dayMs);
    const second = await sell({ totalMinor: 70_000 });
    await becomes(second, 'open');
    await letPass(5 * dayMs + hourMs);
    await becomes(first, 'stop-listed');
    const third = await sell({ totalMinor: 90_000 });
    await becomes(third, 'open');
    await letPass(2 * dayMs);
    await becomes(second, 'stop-listed');
    expect(await listed()).toHaveLength(2);
    await publish(database, clock.nowMs(), silentLog);
    const context = runHost('two');
    const { bucket } = (await debt(first))!;
    banks.debits = (_, { reference }) => (reference === first ? '00' : '51');
    expect(await tryNow(context, bucket, first)).toEqual({ requested: true });
    await becomes(first, 'paid-after-listing');
    expect(await listed()).toHaveLength(1);
    banks.debits = () => '00';
    await until(async () => (await debt(second))?.state !== 'attempting', wake);
    expect(await tryNow(context, bucket, second)).toEqual({ requested: true });
    await becomes(second, 'paid-after-listing');
    expect(await listed()).toEqual([]);
  });

  it('records of the latest decline when it was, why it was tried, and the code', async () => {
    const context = runHost('one');
    const id = await sell();
    await becomes(id, 'open');
    expect(await debt(id)).toMatchObject({ declined_cause: 'first', response_code: '51' });
    clock.advance(hourMs);
    banks.debits = () => '61';
    expect(await tryNow(context, (await debt(id))!.bucket, id)).toEqual({ requested: true });
    await until(async () => (await debt(id))?.declined_cause === 'cardholder-request', wake);
    expect(await debt(id)).toMatchObject<Partial<Row<'debts'>>>({ state: 'open', response_code: '61' });
    expect(await database.query(sql`select declined_at from debts`)).toEqual([
      { declined_at: new Date(clock.nowMs()) },
    ]);
    expect((await readPayment(database, id)).timeline).toContainEqual({
      kind: 'retry-requested',
      data: { cause: 'cardholder-request' },
    });
  });

  it('grants one of many presses at once, on two hosts', async () => {
    const hosts = [runHost('one'), runHost('two')];
    const id = await sell();
    await becomes(id, 'open');
    banks.debits = () => 'hang';
    const { bucket } = (await debt(id))!;
    const presses = await Promise.all(
      Array.from({ length: 8 }, (_, at) => tryNow(hosts[at % 2]!, bucket, id)),
    );
    expect(presses.filter(({ requested }) => requested)).toHaveLength(1);
    expect(presses.filter((press) => !press.requested && press.denial === 'under-way')).toHaveLength(7);
    await until(() => banks.ledger.some(({ reference }) => reference === id));
    banks.answerHanging();
    await becomes(id, 'recovered');
    expect(banks.netOf(id)).toBe(1);
    expect(await tryNow(hosts[0]!, bucket, id)).toEqual({ requested: false, denial: 'closed' });
  });

  it('does not let two debts of a card spend the last place of its budget', async () => {
    const context = runHost('one');
    const ids = [await sell({ pan: visa }), await sell({ pan: visa })];
    for (const id of ids) await becomes(id, 'open');
    const { bucket } = (await debt(ids[0]!))!;
    // 17 more declines of this month, at some bank: 19 of 20 are spent.
    await database.query(sql`
      insert into attempts (bucket, payment_id, number, cycle, cause, bank_id, state, stan, rrn, stored_at, sent_at, answered_at,
        changed_at, response_code, response_class, was_approved, route, reversal_tries, flow, completion_tries)
      select bucket, payment_id, number + n, cycle, cause, 'ural', 'rejected', stan, rrn, stored_at, sent_at, answered_at, changed_at,
        '58', 'merchant-blocked', false, route, 0, flow, 0
      from attempts, generate_series(1, 17) as n where bucket = ${bucket} and payment_id = ${ids[0]!}`);
    const presses = await Promise.all(ids.map((id) => tryNow(context, bucket, id)));
    expect(presses.filter(({ requested }) => requested)).toHaveLength(1);
    expect(presses).toContainEqual({ requested: false, denial: 'budget' });
    await until(async () => (await Promise.all(ids.map(debt))).every((one) => one?.state === 'open'), wake);
    expect(await mayTryDebt(database, bucket, ids[0]!, clock.nowMs())).toMatchObject({ denial: 'budget' });
  });

  it('closes a debt that is paid all the same, because a person has found the debit in a bank’s books', async () => {
    runHost('one');
    const id = await sell();
    await becomes(id, 'open');
    const { bucket } = (await debt(id))!;
    // The bank has approved late, and its reversal has become a person's matter.
    await database.query(sql`
      update attempts set state = 'disputed', dispute_cause = 'reversal-unconfirmed' where bucket = ${bucket} and payment_id = ${id}`);
    const decision = { attempt: 1, decision: 'debit-stands', by: 'Anna', why: 'day file' } as const;
    await decideAttempt({ database, log: silentLog }, { paymentId: id, ...decision }, clock.nowMs());
    await becomes(id, 'recovered');
    expect((await readPayment(database, id)).state).toBe('collected');
    expect(await database.query(sql`select pending_outcome from payments`)).toEqual([
      { pending_outcome: 'recovered' },
    ]);
  });

  it('does not take an attempt that has only begun for a payment', async () => {
    // Two hosts have both seen that an attempt has ended; before the second books it, a further one is under way.
    const first = runHost('one');
    const id = await sell();
    await becomes(id, 'open');
    await Promise.all(first.workers.map((worker) => worker.stop()));
    const { bucket } = (await debt(id))!;
    await tryNow(first, bucket, id);
    const stale: Database = {
      ...database,
      async query<Row extends object>(statement: Parameters<Database['query']>[0]) {
        const seen = {
          state: 'declined',
          cycle: 0,
          has_debt: true,
          has_receipt: true,
          cancel_requested: false,
        };
        if (statement.text.includes('where recovery_due'))
          return [{ bucket, payment_id: id, ...seen }] as unknown as Row[];
        return database.query<Row>(statement);
      },
    };
    let looks = 0;
    workers.push(startRecovery({ ...first, database: stale, wakeOthers: () => looks++ }));
    await until(() => looks > 0);
    expect((await debt(id))?.state).toBe<DebtState>('attempting');
  });

  it('goes on with the other debts if one cannot be advanced', async () => {
    const ids = [await sell(), await sell({ pan: visa })];
    const context = runHost('one');
    await Promise.all(context.workers.splice(0, 1).map((worker) => worker.stop()));
    const unlucky: Database = {
      ...database,
      transaction: (work) =>
        database.transaction(({ query, ...others }) =>
          work({
            ...others,
            query: async <Found extends object>(statement: Parameters<typeof query>[0]) => {
              if (statement.text.includes('insert into notices') && statement.values.includes(ids[0]))
                throw new Error('unlucky');
              return query<Found>(statement);
            },
          }),
        ),
    };
    workers.push(startRecovery({ ...context, database: unlucky }));
    await until(async () => (await notices(ids[1]!)).length === 1, wake);
    expect(await notices(ids[0]!)).toEqual([]);
  });

  it('makes one attempt a morning with two hosts, and after a host was away for days', async () => {
    runHost('one');
    runHost('two');
    const id = await sell();
    await becomes(id, 'open');
    await nextMorning(id, 2);
    clock.advance(3 * dayMs);
    await until(async () => (await attempts(id)) === 3 && (await debt(id))?.state === 'open', wake);
    await nextMorning(id, 4);
    expect((await notices(id)).map(({ kind }) => kind)).toEqual(['declined', 'middle']);
  });

  it('goes on after a host has died with an attempt on its way, and debits once', async () => {
    runHost('one');
    const id = await sell();
    await becomes(id, 'open');
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    // It dies between requesting the attempt and sending it: no payments worker was there.
    const dead = runHost('one');
    await Promise.all(dead.workers.map((worker) => worker.stop()));
    workers.length = 0;
    expect(await tryNow(dead, (await debt(id))!.bucket, id)).toEqual({ requested: true });
    expect((await debt(id))?.state).toBe<DebtState>('attempting');
    banks.debits = () => '00';
    runHost('one');
    await becomes(id, 'recovered');
    expect(banks.netOf(id)).toBe(1);
  });
});
