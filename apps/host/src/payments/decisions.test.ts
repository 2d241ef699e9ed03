import type { AttemptDecision } from '@bivak/domain';
import { describe, expect, it } from 'vitest';
import { sql } from '../store/index.ts';
import { until } from '../testing/clock.ts';
import { silentLog } from '../testing/log.ts';
import { minuteMs, paymentsHarness } from '../testing/payments-harness.ts';
import { cardholderDebt } from '../views/index.ts';
import { decideAttempt, refuseMissingBanks } from './decisions.ts';

const hourMs = 60 * minuteMs;

describe('what a person has to decide', { timeout: 60_000 }, () => {
  const h = paymentsHarness();
  const kinds = () => h.banks.requests.map(({ bankId, kind }) => `${bankId} ${kind}`);
  const decide = (paymentId: string, decision: AttemptDecision, attempt = 1) =>
    decideAttempt(
      { database: h.database, log: silentLog },
      { paymentId, attempt, decision, by: 'Anna', why: 'day file, line 12' },
      h.clock.nowMs(),
    );

  /** A payment whose reversal the bank answers by a code that ends nothing, until a person is needed. */
  const disputed = async () => {
    h.banks.debits = (bankId) => (bankId === 'north' ? 'silent' : '00');
    h.banks.reversals = () => ({ responseCode: '12', acts: false });
    const id = h.till.sell();
    await h.arrive();
    const worker = h.run();
    const alarms = h.runAlarms();
    await until(
      async () => (await h.read(id)).attempts[0]?.state === 'disputed',
      h.whenIdle(worker, 10 * minuteMs),
    );
    alarms.wake();
    await until(async () => (await h.alarms()).includes('payment-needs-decision raised'));
    return { id, worker, alarms };
  };

  it('is a reversal that the bank answers for hours by what ends nothing: an alarm, and no other debit', async () => {
    const { id } = await disputed();
    expect((await h.read(id)).wait).toEqual({ kind: 'decision-needed', bankId: 'north', attempt: 1 });
    expect(kinds().filter((one) => one.endsWith('debit'))).toEqual(['north debit']);
    const [alarm] = await h.database.query<{ data: object }>(sql`select data from alarms`);
    expect(alarm!.data).toMatchObject({
      paymentId: id,
      attempt: 1,
      bankId: 'north',
      cause: 'reversal-unconfirmed',
    });
  });

  it.each([
    ['nothing-debited', 'reversed', ['north debit', 'ural debit']],
    ['debit-stands', 'approved', ['north debit']],
  ] as const)('%s: the payment goes on from there', async (decision, state, debits) => {
    const { id, worker, alarms } = await disputed();
    await decide(id, decision);
    worker.wake();
    alarms.wake();
    await h.becomes(id, 'collected');
    expect((await h.read(id)).attempts[0]!.state).toBe(state);
    expect(kinds().filter((one) => one.endsWith('debit'))).toEqual(debits);
    await until(
      async () => (await h.alarms()).includes('payment-needs-decision ended'),
      () => alarms.wake(),
    );
    expect(await h.database.query(sql`select attempt, decision, decided_by, why from decisions`)).toEqual([
      { attempt: 1, decision, decided_by: 'Anna', why: 'day file, line 12' },
    ]);
    expect(await h.events(id)).toContain('decided');
  });

  it('reverse-again: the reversal is sent anew, and may become a person’s matter again', async () => {
    const { id, worker } = await disputed();
    const before = kinds().filter((one) => one.endsWith('reversal')).length;
    await decide(id, 'reverse-again');
    h.banks.reversals = () => '00';
    worker.wake();
    await h.becomes(id, 'collected');
    expect(kinds().filter((one) => one.endsWith('reversal'))).toHaveLength(before + 1);
    expect(h.banks.netOf(id)).toBe(1);
  });

  it('is refused if the rules do not offer it, and if there is no such attempt', async () => {
    const { id } = await disputed();
    await expect(decide(id, 'given-back')).rejects.toMatchObject({
      code: 'decision-not-offered',
      data: { offered: ['nothing-debited', 'debit-stands', 'reverse-again'] },
    });
    await expect(decide(id, 'nothing-debited', 2)).rejects.toMatchObject({ code: 'unknown-attempt' });
    await expect(decide('till-1-000999', 'nothing-debited')).rejects.toMatchObject({
      code: 'unknown-payment',
    });
    await decide(id, 'nothing-debited');
    await expect(decide(id, 'nothing-debited')).rejects.toMatchObject({ data: { offered: [] } });
  });

  it('is not decided by a host that was away for a day: it tries once more first', async () => {
    h.banks.debits = (bankId) => (bankId === 'north' ? 'silent' : '00');
    h.banks.reversals = () => 'lost';
    const id = h.till.sell();
    await h.arrive();
    const worker = h.run();
    await until(async () => (await h.read(id)).wait?.kind === 'reversal-unconfirmed');
    await h.stop(worker);
    h.clock.advance(24 * hourMs);
    h.banks.debits = () => '00';
    h.banks.reversals = () => '00';
    h.run();
    await h.becomes(id, 'collected');
    expect([(await h.read(id)).attempts[0]!.state, h.banks.netOf(id)]).toEqual(['reversed', 1]);
  });

  it('keeps a bank in the configuration while attempts at it are open', async () => {
    const { id } = await disputed();
    await refuseMissingBanks(h.database, ['north', 'ural']);
    await expect(refuseMissingBanks(h.database, ['ural', 'volga'])).rejects.toThrow(
      `"north": 1 payments (${id})`,
    );
    await decide(id, 'nothing-debited');
    await refuseMissingBanks(h.database, ['ural', 'volga']);
  });

  it('is no reason to tell a cardholder to wait: his page says that it is looked into', async () => {
    h.banks.debits = () => '51';
    const id = h.till.sell();
    await h.arrive();
    const worker = h.run();
    await h.becomes(id, 'declined');
    await h.database.query(sql`
      insert into debts (bucket, payment_id, card_reference, masked_pan, till_id, state, amount_minor, currency, scheme, sold_at, time_zone,
        issuer, response_code, declined_cause, retry_class, wait_ms, opened_at, declined_at, window_ends_at, unreached_in_a_row, tried_as_back,
        attempt_cycle)
      select bucket, payment_id, card_reference, masked_pan, till_id, 'open', amount_minor, currency, 'visa', sold_at, time_zone,
        '476173', '51', 'first', 'later', 0, sold_at, sold_at, sold_at, 0, 0, 0 from payments`);
    const isLookedInto = async () => (await cardholderDebt(h.database, id, h.clock.nowMs()))!.is_looked_into;
    h.banks.reversals = () => 'lost';
    await h.hears(h.lateAnswer(h.banks.requests[0]!));
    await until(async () => (await h.read(id)).wait?.kind === 'reversal-unconfirmed');
    expect(await isLookedInto()).toBe(false);
    h.clock.advance(61_000);
    expect(await isLookedInto()).toBe(true);
    h.banks.reversals = () => '00';
    await until(async () => !(await isLookedInto()), h.whenIdle(worker, minuteMs));
  });
});

describe('a payment that stays undecided', { timeout: 60_000 }, () => {
  const h = paymentsHarness();

  it('for longer than any should raises an alarm, which ends when it is decided', async () => {
    h.banks.debits = () => 'not-sent';
    const id = h.till.sell();
    await h.arrive();
    const worker = h.run();
    const alarms = h.runAlarms();
    await until(async () => (await h.read(id)).wait?.kind === 'banks-unreachable');
    await until(() => !worker.isBusy() && !alarms.isBusy());
    expect(await h.alarms()).toEqual([]);
    h.clock.advance(23 * hourMs);
    alarms.wake();
    await until(() => !worker.isBusy() && !alarms.isBusy());
    h.clock.advance(2 * hourMs);
    await until(
      async () => (await h.alarms()).length > 0,
      () => alarms.wake(),
    );
    expect(await h.alarms()).toEqual(['payment-stuck raised']);
    h.banks.debits = () => '00';
    await h.becomes(id, 'collected', h.whenIdle(worker, 15 * minuteMs));
    await until(
      async () => (await h.alarms())[0] === 'payment-stuck ended',
      () => alarms.wake(),
    );
  });
});
