import { openAttemptStates } from '@bivak/rules';
import { describe, expect, it } from 'vitest';
import { type Database, sql } from '../store/index.ts';
import { until } from '../testing/clock.ts';
import { startPayments } from '../testing/host-parts.ts';
import { keys, minuteMs, paymentsHarness } from '../testing/payments-harness.ts';
import { sumsAndFullCounts } from '../testing/sums.ts';
import { testPans } from '../testing/till.ts';
import { takeOver } from './claims.ts';

describe('payments of hosts that die, freeze or meet', { timeout: 60_000 }, () => {
  const h = paymentsHarness();

  it('takes up after a crash what was on its way: unknown, reversed, and only then sent again', async () => {
    h.banks.debits = () => 'hang';
    const id = h.till.sell();
    await h.arrive();
    const first = h.runMortal('first');
    await h.whileHanging(id);
    first.crash();
    h.banks.debits = () => '00';
    await takeOver(h.database, 'first', h.clock.nowMs());
    h.run({ hostName: 'first' });
    await h.becomes(id, 'collected');
    expect(await h.attempts(id)).toEqual([
      ['north', 'reversed', 'first', null],
      ['ural', 'approved', 'failover', '00'],
    ]);
    expect(h.banks.netOf(id)).toBe(1);
    expect(await h.events(id)).toContain('interrupted-after-sending');
  });

  it('reverses nothing after a crash that certainly had not left', async () => {
    h.banks.areReady = false;
    h.banks.debits = (bankId) => (bankId === 'north' ? 'no-session' : '00');
    const id = h.till.sell();
    await h.arrive();
    const first = h.runMortal('first');
    await until(() => h.banks.requests.length === 1);
    expect((await h.read(id)).attempts).toMatchObject([{ bankId: 'north', state: 'stored' }]);
    first.crash();
    await takeOver(h.database, 'first', h.clock.nowMs());
    h.run({ hostName: 'first' });
    await h.becomes(id, 'collected');
    expect((await h.attempts(id)).map(([bankId, state]) => [bankId, state])).toEqual([
      ['north', 'not-sent'],
      ['ural', 'approved'],
    ]);
    expect(h.banks.requests.filter(({ kind }) => kind === 'reversal')).toEqual([]);
  });

  it('lets no message leave once another host has the payment, nor once the sale was ended', async () => {
    h.banks.areReady = false;
    const sessions: PromiseWithResolvers<void>[] = [];
    const send = h.banks.send.bind(h.banks);
    let holdsNext = true;
    h.banks.send = async (...parameters) => {
      if (holdsNext) {
        holdsNext = false;
        sessions.push(Promise.withResolvers<void>()); // its bank is not signed on yet
        await sessions.at(-1)!.promise;
      }
      return send(...parameters);
    };
    const id = h.till.sell();
    await h.arrive();
    h.run({ hostName: 'slow' });
    await h.becomes(id, 'sending');
    const other = h.open();
    h.clock.advance(2 * minuteMs);
    h.run({ on: other, hostName: 'quick' });
    await h.becomes(id, 'collected');
    sessions[0]!.resolve();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(h.banks.ledger.map(({ bankId, kind }) => `${bankId} ${kind}`)).toEqual(['ural debit']);

    holdsNext = true;
    const ended = h.till.intend({ requestedMode: 'online' });
    await h.arrive();
    for (const worker of h.workers) worker.wake();
    await h.becomes(ended, 'sending');
    h.till.write({ kind: 'sale.abandoned', body: { saleId: ended, reason: 'interrupted' } });
    await h.arrive();
    sessions[1]!.resolve();
    await h.becomes(ended, 'cancelled');
    expect(h.banks.ledger).toHaveLength(1);
  });

  it('gives back once more what a host hears approved that has lost the payment to another one', async () => {
    h.banks.debits = () => 'hang';
    const id = h.till.sell();
    await h.arrive();
    h.run({ hostName: 'slow' });
    await h.whileHanging(id);
    h.banks.debits = () => '00';
    const other = h.open();
    h.clock.advance(2 * minuteMs); // the h.clock jumps past the lease
    h.run({ on: other, hostName: 'quick' });
    await h.becomes(id, 'collected');
    h.banks.answerHanging(); // and now the first host gets its approval
    await until(async () => (await h.events(id)).includes('approved-late'));
    await until(async () => (await h.read(id)).attempts[0]!.state === 'reversed');
    expect((await h.read(id)).attempts.map(({ bankId, state }) => [bankId, state])).toEqual([
      ['north', 'reversed'],
      ['ural', 'approved'],
    ]);
    expect([(await h.read(id)).state, h.banks.netOf(id)]).toEqual(['collected', 1]);
    expect((await h.events(id)).filter((kind) => kind === 'collected')).toHaveLength(1);
  });

  it.each([
    { line: 'up', areReady: true },
    { line: 'down when it was stored', areReady: false },
  ])(
    'lets no debit leave after its lease, however long the store takes to say that it may (line $line)',
    async ({ areReady }) => {
      h.banks.areReady = areReady;
      const held = Promise.withResolvers<void>();
      let isHeld = false;
      const slowStore: Database = {
        ...h.database,
        query: (statement) => h.database.query(statement),
        quick: (statement) => h.database.quick(statement),
        onCommit: (act) => h.database.onCommit(act),
        close: () => h.database.close(),
        transaction: (work) => h.database.transaction(work),
        shared: async (part, work) => {
          const result = await h.database.shared(part, work);
          // The commit by which the debit may leave: its answer is held back.
          const isLeaving = areReady
            ? Array.isArray(result) && result.length > 0
            : typeof result === 'number';
          if (isLeaving && !isHeld) {
            isHeld = true;
            await held.promise;
          }
          return result;
        },
      };
      const id = h.till.sell();
      await h.arrive();
      h.run({ on: slowStore, hostName: 'slow' });
      await until(() => isHeld);
      expect((await h.read(id)).attempts).toMatchObject([{ bankId: 'north', state: 'sent' }]);
      h.clock.advance(2 * minuteMs);
      h.run({ on: h.open(), hostName: 'quick' });
      await h.becomes(id, 'collected');
      held.resolve();
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(h.banks.ledger.map(({ bankId, kind }) => `${bankId} ${kind}`)).toEqual([
        'north reversal-of-nothing',
        'ural debit',
      ]);
    },
  );

  it('debits no sale twice and loses none, whatever banks and hosts do', async () => {
    const random = randomNumbers(20_261_124);
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
    const anything = ['00', '00', '51', '91', '96', '68', '03', 'not-sent', 'silent', 'lost', 'hang'];
    h.banks.debits = () => pick(anything);
    h.banks.reversals = () => pick(['00', '00', 'lost', 'silent', '91', 'not-sent']);
    const ids = Array.from({ length: 40 }, () => h.till.sell({ pan: pick(testPans) }));
    await h.arrive();
    for (let lives = 0; lives < 4; lives++) {
      const host = h.runMortal(`life ${lives}`);
      const beside = startPayments(h.database, h.banks, h.clock, { keys, hostName: 'beside' });
      for (let steps = 0; steps < 6; steps++) {
        await new Promise((resolve) => setTimeout(resolve, 15));
        h.clock.advance(pick([1_000, 20_000, 2 * minuteMs]));
        if (random() < 0.4) h.banks.answerHanging();
      }
      host.crash();
      await h.stop(beside);
      h.banks.debits = () => pick(anything);
    }
    h.banks.debits = () => '00';
    h.banks.reversals = () => '00';
    const last = h.run({ hostName: 'last' });
    // Days may pass until the schemes allow another attempt with a card.
    const moveOn = h.whenIdle(last, 6 * 60 * minuteMs);
    const states = async (): Promise<Set<string>> =>
      new Set(
        (await h.database.query<{ state: string }>(sql`select distinct state from payments`)).map(
          (row) => row.state,
        ),
      );
    const isOver = async (): Promise<boolean> => {
      const open = await h.database.query(sql`
        select number from attempts where state = any(${[...openAttemptStates]}::text[]) limit 1`);
      const decided = ['collected', 'declined'];
      return open.length === 0 && [...(await states())].every((state) => decided.includes(state));
    };
    await until(isOver, () => {
      h.banks.answerHanging();
      moveOn();
    });
    const { kept, counted } = await sumsAndFullCounts(h.database);
    expect(kept).toEqual(counted);
    for (const id of ids) {
      const { state, attempts } = await h.read(id);
      expect([id, h.banks.netOf(id)]).toEqual([id, state === 'collected' ? 1 : 0]);
      expect(attempts.filter((one) => one.state === 'approved')).toHaveLength(state === 'collected' ? 1 : 0);
    }
    const stans = h.banks.requests
      .filter(({ kind }) => kind === 'debit')
      .map(({ bankId, request }) => bankId + request.stan);
    expect(new Set(stans).size).toBe(stans.length);
  });
});

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
