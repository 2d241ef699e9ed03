import { type WaitReason, waitReason } from '@bivak/domain';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { until } from '../testing/clock.ts';
import { minuteMs, paymentsHarness } from '../testing/payments-harness.ts';
import { workView } from '../views/index.ts';

describe('why a payment waits', { timeout: 60_000 }, () => {
  const h = paymentsHarness();
  const bankIds = ['north', 'ural', 'volga'];

  /** A log that can be read, and the lines that name a payment. */
  const readableLog = () => {
    const lines: Record<string, unknown>[] = [];
    const write = (line: string): void => void lines.push(JSON.parse(line));
    const log = pino({ level: 'info' }, { write });
    return { log, stepsOf: (id: string) => lines.filter(({ paymentId }) => paymentId === id) };
  };

  it('is said in the row, in the timeline, in the work under way and in the log, and until when', async () => {
    h.banks.debits = () => '03';
    const id = h.till.sell({ totalMinor: 70_000 });
    await h.arrive();
    const { log, stepsOf } = readableLog();
    const worker = h.run({ log });
    await until(async () => (await h.read(id)).wait?.kind === 'banks-blocked');
    await until(() => !worker.isBusy());
    const untilAt = new Date(h.clock.nowMs() + 15 * minuteMs).toISOString();
    const reason: WaitReason = { kind: 'banks-blocked', bankIds };
    const { wait, due_at, state } = await h.read(id);
    expect({ state, wait, until: due_at?.toISOString() }).toEqual({
      state: 'routed',
      wait: reason,
      until: untilAt,
    });
    expect((await h.read(id)).timeline.at(-1)).toEqual({ kind: 'waiting', data: { reason, untilAt } });
    expect((await workView(h.database, false)).waiting).toEqual([
      { kind: 'banks-blocked', count: 1, sumMinor: 70_000, nextAt: untilAt },
    ]);
    expect(stepsOf(id).flatMap(({ step }) => step ?? [])).toEqual([
      ...bankIds.flatMap(() => ['debit-sent', 'debit-answered']),
      'waiting',
    ]);
    expect(stepsOf(id).at(-1)).toMatchObject({ step: 'waiting', reason, untilAt });
  });

  it('is an event for each new reason, and a line in the log for each repeat', async () => {
    h.banks.debits = (bankId) => (bankId === 'north' ? 'silent' : 'not-sent');
    h.banks.reversals = () => 'not-sent';
    const id = h.till.sell();
    await h.arrive();
    const { log, stepsOf } = readableLog();
    const worker = h.run({ log });
    const repeats = () => stepsOf(id).filter(({ step }) => step === 'reversal-repeated').length;
    await until(() => repeats() >= 3, h.whenIdle(worker, 10_000));
    const waits = async () => (await h.read(id)).timeline.filter(({ kind }) => kind === 'waiting');
    expect(await waits()).toMatchObject([
      { data: { reason: { kind: 'reversal-unconfirmed', bankId: 'north', tries: 1 } } },
    ]);
    const logged = stepsOf(id).filter(({ step }) => step === 'waiting');
    expect(logged.slice(0, 3).map(({ reason }) => (reason as { tries: number }).tries)).toEqual([1, 2, 3]);
    h.banks.reversals = () => '00';
    await until(async () => (await waits()).length === 2, h.whenIdle(worker, 10_000));
    expect((await waits())[1]).toMatchObject({ data: { reason: { kind: 'banks-unreachable' } } });
    for (const { data } of await waits())
      expect(waitReason.safeParse((data as { reason: unknown }).reason).success).toBe(true);
  });

  it('ends when it is booked, and is said anew in another cycle', async () => {
    h.banks.debits = () => 'not-sent';
    const id = h.till.sell();
    await h.arrive();
    const worker = h.run();
    await until(async () => (await h.read(id)).wait?.kind === 'banks-unreachable');
    h.banks.debits = () => '00';
    await h.becomes(id, 'collected', h.whenIdle(worker, minuteMs));
    expect((await h.read(id)).wait).toBeNull();
    expect((await workView(h.database, false)).waiting).toEqual([]);
  });
});
