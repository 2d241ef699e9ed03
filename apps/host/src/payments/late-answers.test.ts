import { describe, expect, it } from 'vitest';
import type { Database } from '../store/index.ts';
import { until } from '../testing/clock.ts';
import { minuteMs, paymentsHarness } from '../testing/payments-harness.ts';

describe('an answer that nobody waits for', { timeout: 60_000 }, () => {
  const h = paymentsHarness();
  const firstDebit = () => h.banks.requests.find(({ kind }) => kind === 'debit')!;
  const firstState = async (id: string) => (await h.read(id)).attempts[0]!.state;

  /** The bank of the first attempt debits now, and says so. */
  const approvesLate = async (): Promise<void> => {
    const sent = firstDebit();
    h.banks.debitLate(sent.bankId, sent.request);
    await h.hears(h.lateAnswer(sent));
  };

  it.each(['91', '96', '94'])(
    'after %s: the debit is given back, and the payment stays collected elsewhere',
    async (code) => {
      h.banks.debits = (bankId) => (bankId === 'north' ? code : '00');
      const id = h.till.sell();
      await h.arrive();
      h.run();
      const alarms = h.runAlarms();
      await h.becomes(id, 'collected');
      h.clock.advance(6_000);
      await approvesLate();
      alarms.wake();
      await until(async () => (await firstState(id)) === 'reversed' && h.banks.netOf(id) === 1);
      await until(
        async () => (await h.alarms()).includes('approved-late ended'),
        () => alarms.wake(),
      );
      const { state, attempts, due_at } = await h.read(id);
      expect([state, attempts.map((one) => one.state), due_at]).toEqual([
        'collected',
        ['reversed', 'approved'],
        null,
      ]);
      expect((await h.events(id)).filter((kind) => kind === 'collected')).toHaveLength(1);
      expect(await h.events(id)).toContain('approved-late');
    },
  );

  it('after 51: it is given back, and stays a decline, so that no retry debits beside it', async () => {
    h.banks.debits = () => '51';
    const id = h.till.sell();
    await h.arrive();
    h.run();
    await h.becomes(id, 'declined');
    await approvesLate();
    await until(async () => (await firstState(id)) === 'reversed');
    await until(async () => (await h.read(id)).due_at === null);
    expect([(await h.read(id)).state, h.banks.netOf(id)]).toEqual(['declined', 0]);
    expect((await h.events(id)).filter((kind) => kind === 'declined')).toHaveLength(1);
    expect(h.banks.requests.map(({ kind }) => kind)).toEqual(['debit', 'reversal']);
  });

  it('after a reversal that was answered 00: it is reversed once more', async () => {
    h.banks.debits = (bankId) => (bankId === 'north' ? 'lost' : '00');
    const id = h.till.sell();
    await h.arrive();
    h.run();
    await h.becomes(id, 'collected');
    expect(await firstState(id)).toBe('reversed');
    await approvesLate();
    await until(async () => (await firstState(id)) === 'reversed' && h.banks.netOf(id) === 1);
    expect(h.banks.requests.filter(({ kind }) => kind === 'reversal')).toHaveLength(2);
  });

  it('after a reversal that was answered 25: shortly after a debit that means “not yet”, and is sent again', async () => {
    let knows = false;
    h.banks.debits = (bankId) => (bankId === 'north' ? 'lost' : '00');
    h.banks.reversals = () => (knows ? '00' : { responseCode: '25', acts: false });
    const id = h.till.sell();
    await h.arrive();
    const worker = h.run();
    await until(async () => (await h.read(id)).wait?.kind === 'debit-not-seen-yet');
    const sent = firstDebit();
    h.banks.debitLate(sent.bankId, sent.request); // and nobody hears of it
    knows = true;
    await h.becomes(id, 'collected', h.whenIdle(worker, 5_000));
    expect([await firstState(id), h.banks.netOf(id)]).toEqual(['reversed', 1]);
  });

  it('long after a debit 25 confirms that nothing is debited; an approval after that reopens it', async () => {
    let knows = false;
    h.banks.debits = (bankId) => (bankId === 'north' ? 'lost' : '00');
    h.banks.reversals = () => (knows ? '00' : { responseCode: '25', acts: false });
    const id = h.till.sell();
    await h.arrive();
    const worker = h.run();
    await h.becomes(id, 'collected', h.whenIdle(worker, minuteMs));
    expect(await firstState(id)).toBe('reversed');
    knows = true;
    await approvesLate();
    await until(async () => (await firstState(id)) === 'reversed' && h.banks.netOf(id) === 1);
  });

  it('for a sale that was cancelled: it is given back, and the sale stays cancelled', async () => {
    h.banks.debits = () => '51';
    const id = h.till.intend({ requestedMode: 'online' });
    await h.arrive();
    const worker = h.run();
    await h.becomes(id, 'declined');
    h.till.write({ kind: 'sale.abandoned', body: { saleId: id, reason: 'interrupted' } });
    await h.arrive();
    worker.wake();
    await h.becomes(id, 'cancelled');
    await approvesLate();
    await until(async () => (await firstState(id)) === 'reversed');
    expect([(await h.read(id)).state, h.banks.netOf(id)]).toEqual(['cancelled', 0]);
  });

  it('is found under an RRN of the bank’s own, under a STAN of its own, and by the sale alone', async () => {
    h.banks.debits = (bankId) => (bankId === 'north' ? '91' : '00');
    const changes = [
      { rrn: 'B00000000001' },
      { rrn: null },
      { stan: '812345' },
      { stan: null, rrn: null },
      { reference: null },
    ];
    for (const change of changes) {
      const id = h.till.sell();
      await h.arrive();
      const worker = h.run();
      await h.becomes(id, 'collected');
      const sent = h.banks.requests.find(
        ({ bankId, request }) => bankId === 'north' && request.reference === id,
      );
      if (sent === undefined) continue; // a failing bank comes after the others
      await h.hears(h.lateAnswer(sent, change));
      expect(await h.events(id), JSON.stringify(change)).toContain('approved-late');
      await h.stop(worker);
      h.banks.debits = (bankId) => (bankId === 'north' ? '91' : '00');
      h.clock.advance(6 * minuteMs);
    }
  });

  it('reverses what a reversal that was under way cannot have meant', async () => {
    h.banks.debits = (bankId) => (bankId === 'north' ? 'lost' : '00');
    h.banks.reversals = () => 'hang';
    const id = h.till.sell();
    await h.arrive();
    const worker = h.run();
    await until(() => h.banks.ledger.some(({ kind }) => kind === 'reversal-of-nothing'));
    await approvesLate(); // between the bank's looking and its answer
    expect(await firstState(id)).toBe('reversing');
    h.banks.reversals = () => '00';
    h.banks.answerHanging();
    await h.becomes(id, 'collected', h.whenIdle(worker, 5_000));
    expect(h.banks.netOf(id)).toBe(1);
  });

  it('to a reversal ends it, if it confirms and nobody has ever approved', async () => {
    h.banks.debits = (bankId) => (bankId === 'north' ? 'lost' : '00');
    h.banks.reversals = () => 'lost';
    const id = h.till.sell();
    await h.arrive();
    h.run();
    await until(async () => (await h.read(id)).wait?.kind === 'reversal-unconfirmed');
    await h.hears(h.lateAnswer(firstDebit(), { answers: 'reversal', messageType: '0430' }));
    await h.becomes(id, 'collected');
    expect(await firstState(id)).toBe('reversed');
  });

  it('to a reversal ends none if its numbers name one sale and its reference another', async () => {
    h.banks.debits = (bankId) => (bankId === 'north' ? 'lost' : '00');
    h.banks.reversals = () => 'lost';
    const ids = [h.till.sell(), h.till.sell()];
    await h.arrive();
    const worker = h.run();
    for (const id of ids) await until(async () => (await h.read(id)).wait?.kind === 'reversal-unconfirmed');
    await h.stop(worker);
    const late = h.lateAnswer(firstDebit(), { answers: 'reversal', messageType: '0430' });
    const other = ids.find((id) => id !== late.reference)!;
    for (const reference of [other, 'till-1-000999']) await h.hears({ ...late, reference });
    expect(await Promise.all(ids.map(firstState))).toEqual(['reversing', 'reversing']);
  });

  it('is never dropped: not in a flood, and not while the store is away', async () => {
    h.banks.debits = () => '51';
    const ids = Array.from({ length: 60 }, () => h.till.sell());
    await h.arrive();
    const worker = h.run();
    for (const id of ids) await h.becomes(id, 'declined');
    await h.stop(worker);
    let isAway = true;
    const away: Database = {
      query: (statement) => (isAway ? Promise.reject(new Error('away')) : h.database.query(statement)),
      quick: (statement) => h.database.quick(statement),
      onCommit: (act) => h.database.onCommit(act),
      transaction: (work) => h.database.transaction(work),
      shared: (part, work) => h.database.shared(part, work),
      close: () => h.database.close(),
    };
    const recorder = h.lateAnswers(away);
    for (const sent of h.banks.requests) recorder.take(h.lateAnswer(sent));
    await new Promise((resolve) => setTimeout(resolve, 30));
    isAway = false;
    h.clock.advance(1_000);
    await recorder.stop();
    for (const id of ids) expect(await firstState(id)).toBe('reversing');
  });

  it('that says nothing new is in the timeline once, and only in its own payment’s', async () => {
    const id = h.till.sell();
    await h.arrive();
    h.run();
    await h.becomes(id, 'collected');
    const late = h.lateAnswer(firstDebit());
    await h.hears(late);
    await h.hears(late);
    await h.hears({ ...late, stan: '999999', rrn: '632812999999', reference: 'till-1-000999' });
    const lateAnswers = (await h.read(id)).timeline.filter(({ kind }) => kind === 'late-answer');
    expect(lateAnswers).toHaveLength(1);
    expect([(await h.read(id)).state, h.banks.netOf(id)]).toEqual(['collected', 1]);
  });
});
