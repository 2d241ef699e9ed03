import { describe, expect, it } from 'vitest';
import { until } from '../testing/clock.ts';
import { silentLog } from '../testing/log.ts';
import { minuteMs, paymentsHarness } from '../testing/payments-harness.ts';
import { takeOver } from './claims.ts';
import { decideAttempt } from './decisions.ts';

const hourMs = 60 * minuteMs;
const fees = { onUsFeePercent: '0.9' };
/** The cheapest reserves and debits by an advice; the next takes what was sold offline as an advice, and can be asked. */
const contracts = [
  { bankId: 'north', profile: 'ural', feePercent: '1.6', ...fees },
  { bankId: 'ural', profile: 'baikal', feePercent: '1.7', ...fees },
  { bankId: 'volga', profile: 'volga', feePercent: '1.9', ...fees },
];

describe('a bank that reserves and debits by an advice', { timeout: 60_000 }, () => {
  const h = paymentsHarness();
  const sell = async (): Promise<string> => {
    const id = h.till.sell();
    await h.arrive();
    return id;
  };
  const run = (hostName = 'host') => h.run({ contracts, hostName });
  const kinds = (): string[] => h.banks.requests.map(({ kind }) => kind);

  it('is told to debit what it has reserved, and has collected only then', async () => {
    const id = await sell();
    h.banks.debits = () => ({
      responseCode: '00',
      acts: true,
      authorisationCode: 'A1B2C3',
      bankRrn: 'U00000000001',
    });
    run();
    await h.becomes(id, 'collected');
    expect(h.banks.ledger.map(({ kind }) => kind)).toEqual(['reservation', 'debit']);
    expect(await h.events(id)).toEqual(
      expect.arrayContaining(['debit-sent', 'sum-reserved', 'completion-sent', 'completion-confirmed']),
    );
    const [reservation, completion] = h.banks.requests;
    expect(completion!.request).toMatchObject({
      stan: reservation!.request.stan,
      rrn: reservation!.request.rrn,
      bankRrn: 'U00000000001',
      authorisationCode: 'A1B2C3',
      flow: 'reserve',
    });
  });

  it.each(['silent', 'lost', 'not-sent', '96'])(
    'is told again until it answers, if its answer to the advice is %s, and no other bank is asked',
    async (behaviour) => {
      const answers = [behaviour, behaviour, '00'];
      h.banks.completions = () => answers.shift() ?? '00';
      const id = await sell();
      const worker = run();
      await h.becomes(id, 'collected', h.whenIdle(worker, 10_000));
      expect(kinds()).toEqual(['debit', 'completion', 'completion', 'completion']);
      expect(h.banks.netOf(id)).toBe(1);
      expect((await h.read(id)).attempts).toHaveLength(1);
    },
  );

  it('waits for its answer, and says so', async () => {
    h.banks.completions = () => 'lost';
    const id = await sell();
    run();
    await until(async () => (await h.read(id)).wait?.kind === 'completion-unconfirmed');
    expect((await h.read(id)).state).toBe('sending');
  });

  it.each(['05', '25', '94', '10', 'ZZ'])(
    'is reversed if it answers the advice with %s, and another bank collects',
    async (code) => {
      h.banks.completions = (bankId) => (bankId === 'north' ? code : '00');
      const id = await sell();
      run();
      await h.becomes(id, 'collected');
      expect(await h.attempts(id)).toEqual([
        ['north', 'reversed', 'first', code],
        ['ural', 'approved', 'failover', '00'],
      ]);
      const reversal = h.banks.requests.find(({ kind }) => kind === 'reversal')!;
      expect(reversal.request).toMatchObject({ reason: 'completion-refused', flow: 'reserve' });
      expect(h.banks.netOf(id)).toBe(1);
    },
  );

  it('is reversed, and not completed, if the sale did not happen', async () => {
    h.banks.completions = () => 'lost';
    const id = h.till.intend({ requestedMode: 'online' });
    await h.arrive();
    const worker = run();
    await until(() => kinds().includes('completion'));
    h.till.write({ kind: 'sale.abandoned', body: { saleId: id, reason: 'interrupted' } });
    await h.arrive();
    worker.wake();
    await h.becomes(id, 'cancelled', h.whenIdle(worker, 10_000));
    expect(h.banks.netOf(id)).toBe(0);
    expect(kinds().at(-1)).toBe('reversal');
  });

  it('lets a reservation go that was made without an answer, before another bank is asked', async () => {
    h.banks.debits = (bankId) => (bankId === 'north' ? 'silent' : '00');
    h.banks.inquiries = () => '25';
    const id = await sell();
    run();
    await h.becomes(id, 'collected');
    expect(h.banks.requests.map(({ bankId, kind }) => `${bankId} ${kind}`)).toEqual([
      'north debit',
      'north inquiry',
      'north reversal',
      'ural debit',
    ]);
    expect(h.banks.netOf(id)).toBe(1);
  });

  it('is completed by the next host if one dies between the approval and the advice, or after it', async () => {
    const id = await sell();
    h.banks.completions = () => 'hang';
    const mortal = h.runMortal('first', contracts);
    await until(() => h.banks.ledger.some(({ kind }) => kind === 'debit'));
    mortal.crash();
    h.banks.answerHanging();
    h.banks.completions = () => '00';
    await takeOver(h.database, 'first', h.clock.nowMs());
    run('first');
    await h.becomes(id, 'collected');
    expect(kinds()).toEqual(['debit', 'completion', 'completion']);
    expect(h.banks.netOf(id)).toBe(1);
  });

  it('is reversed by the next host if one dies before it heard that the sum is reserved', async () => {
    const id = await sell();
    h.banks.debits = (bankId) => (bankId === 'north' ? 'hang' : '00');
    const mortal = h.runMortal('first', contracts);
    await until(() => h.banks.ledger.length === 1);
    mortal.crash();
    h.banks.answerHanging();
    await takeOver(h.database, 'first', h.clock.nowMs());
    run('first');
    await h.becomes(id, 'collected');
    expect((await h.attempts(id)).map(([bankId, state]) => `${bankId} ${state}`)).toEqual([
      'north reversed',
      'ural approved',
    ]);
    expect(h.banks.netOf(id)).toBe(1);
  });

  it('has debited if it says so late, while the advice is still repeated', async () => {
    h.banks.completions = () => 'silent';
    const id = await sell();
    const worker = run();
    await until(async () => (await h.read(id)).wait?.kind === 'completion-unconfirmed');
    const sent = h.banks.requests.find(({ kind }) => kind === 'completion')!;
    await h.hears(h.lateAnswer(sent, { answers: 'completion', messageType: '0230' }));
    worker.wake();
    await h.becomes(id, 'collected');
    expect(await h.alarms()).toEqual([]);
    expect(h.banks.netOf(id)).toBe(1);
  });

  it('has debited nothing if it says late that it has reserved: that is given back, with an alarm', async () => {
    h.banks.debits = (bankId) => (bankId === 'north' ? 'lost' : '00');
    const id = await sell();
    const worker = run();
    await h.becomes(id, 'collected');
    const sent = h.banks.requests[0]!;
    h.runAlarms();
    await h.hears(h.lateAnswer(sent, { messageType: '0110' }));
    const reversals = () => h.banks.requests.filter(({ kind }) => kind === 'reversal').length;
    await until(async () => reversals() === 2 && (await h.read(id)).attempts[0]!.state === 'reversed');
    expect((await h.read(id)).state).toBe('collected');
    await until(async () => (await h.alarms()).join() === 'approved-late ended', h.whenIdle(worker, 1_000));
  });

  it('is a person’s to decide about if it never answers the advice', async () => {
    h.banks.completions = () => 'silent';
    const id = await sell();
    const worker = run();
    h.runAlarms();
    await until(
      async () => (await h.read(id)).attempts[0]?.state === 'disputed',
      h.whenIdle(worker, 20 * minuteMs),
    );
    const wakeAll = (): void => {
      for (const one of h.workers) one.wake();
    };
    await until(async () => (await h.alarms()).includes('payment-needs-decision raised'), wakeAll);
    expect(h.banks.requests.every(({ bankId }) => bankId === 'north')).toBe(true);
    const decide = { paymentId: id, attempt: 1, by: 'Olga', why: 'day file, line 7' } as const;
    h.banks.completions = () => '00';
    const context = { database: h.database, log: silentLog };
    await decideAttempt(context, { ...decide, decision: 'complete-again' }, h.clock.nowMs());
    worker.wake();
    await h.becomes(id, 'collected', h.whenIdle(worker, minuteMs));
    expect(h.banks.netOf(id)).toBe(1);
    await until(async () => (await h.alarms()).every((alarm) => alarm.endsWith('ended')), wakeAll);
    expect(h.clock.nowMs()).toBeGreaterThan(6 * hourMs);
  });

  it('is left for another bank, if a person says that nothing was debited of what it had said to have reserved when asked', async () => {
    // No answer, then asked; told to debit, and silent: its payment was unknown all the time.
    h.banks.debits = (bankId) => (bankId === 'north' ? 'lost' : '00');
    h.banks.inquiries = () => '00';
    h.banks.completions = () => 'silent';
    const id = await sell();
    const worker = run();
    await until(
      async () => (await h.read(id)).attempts[0]?.state === 'disputed',
      h.whenIdle(worker, 20 * minuteMs),
    );
    expect(kinds()).toContain('inquiry');
    const context = { database: h.database, log: silentLog };
    const decide = { paymentId: id, attempt: 1, by: 'Olga', why: 'not in the day file' } as const;
    await decideAttempt(context, { ...decide, decision: 'nothing-debited' }, h.clock.nowMs());
    worker.wake();
    await h.becomes(id, 'collected', h.whenIdle(worker, minuteMs));
    expect((await h.attempts(id)).at(-1)![0]).not.toBe('north');
  });

  it('that no longer knows what it had reserved leaves a person to look, if the advice may have left', async () => {
    h.banks.completions = () => '05';
    h.banks.reversals = () => '25';
    const id = await sell();
    run();
    await until(async () => (await h.read(id)).attempts[0]?.state === 'disputed');
    expect(h.banks.requests.some(({ kind }) => kind === 'refund')).toBe(false);
  });
});

describe('a bank that takes debits as advices, and can be asked', { timeout: 60_000 }, () => {
  const h = paymentsHarness();
  const only = [contracts[1]!];
  const sell = async (): Promise<string> => {
    const id = h.till.sell();
    await h.arrive();
    return id;
  };

  it('is told again what it did not answer, instead of its being reversed', async () => {
    h.banks.debits = () => 'silent';
    const id = await sell();
    const worker = h.run({ contracts: only });
    await h.becomes(id, 'collected', h.whenIdle(worker, 10_000));
    expect(h.banks.requests.map(({ kind }) => kind)).toEqual(['debit', 'completion']);
    expect(h.banks.netOf(id)).toBe(1);
  });

  it('is not told again what it has taken for a part of the sum: that is reversed', async () => {
    h.banks.debits = () => 'hang';
    h.banks.reversals = () => ({ responseCode: '400', acts: true });
    const id = await sell();
    const mortal = h.runMortal('first', only);
    await h.whileHanging(id);
    mortal.crash();
    const late = { messageType: '1130', responseCode: '000', amountMinor: 1 };
    await h.hears(h.lateAnswer(h.banks.requests[0]!, late));
    await takeOver(h.database, 'first', h.clock.nowMs());
    h.run({ contracts: only, hostName: 'first' });
    await h.becomes(id, 'declined');
    expect(h.banks.requests.map(({ kind }) => kind)).toEqual(['debit', 'reversal']);
    expect(h.banks.netOf(id)).toBe(0);
  });

  it('has declined if it says so at once, and is reversed first if it says so to a repeat', async () => {
    h.banks.debits = () => '116';
    const first = await sell();
    const worker = h.run({ contracts: only });
    await h.becomes(first, 'declined');
    expect(h.banks.requests.map(({ kind }) => kind)).toEqual(['debit']);
    h.banks.debits = () => 'lost';
    h.banks.completions = () => '116';
    h.banks.reversals = () => '400';
    const second = await sell();
    await h.becomes(second, 'declined', h.whenIdle(worker, 10_000));
    expect(h.banks.requests.at(-1)!.kind).toBe('reversal');
    expect(h.banks.netOf(second)).toBe(0);
  });

  it.each(['000', 'silent', '914', '999'])(
    'is asked about a request that it did not answer: %s, and only its approval keeps it from being reversed',
    async (code) => {
      h.banks.debits = (_, { deferred }) => (deferred ? '00' : 'silent');
      h.banks.inquiries = () => (code === '000' ? { responseCode: code, acts: false } : code);
      h.banks.reversals = () => '400';
      const id = h.till.intend({ requestedMode: 'online' });
      await h.arrive();
      const worker = h.run({ contracts: only });
      if (code === '000') await h.becomes(id, 'collected', h.whenIdle(worker, 1_000));
      else await until(() => h.banks.requests.some(({ kind }) => kind === 'reversal'));
      const kinds = h.banks.requests.map(({ kind }) => kind);
      expect(kinds.slice(0, 3)).toEqual(
        code === '000' ? ['debit', 'inquiry'] : ['debit', 'inquiry', 'reversal'],
      );
      expect(await h.events(id)).toContain('inquiry-answered');
    },
  );
});
