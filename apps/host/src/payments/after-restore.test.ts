import type { BookLine } from '@bivak/rules';
import { beforeEach, describe, expect, it } from 'vitest';
import { currentEpoch, decideStore, openEpoch, raiseDoubt } from '../epoch/epoch.ts';
import type { SentMessage } from '../epoch/witness.ts';
import { sql } from '../store/index.ts';
import { until } from '../testing/clock.ts';
import { testContracts } from '../testing/host-parts.ts';
import { silentLog } from '../testing/log.ts';
import { paymentsHarness } from '../testing/payments-harness.ts';
import { decideByBooks, decideNothingDebited, heldPayments } from './after-restore.ts';

const h = paymentsHarness();
const who = { by: 'Anna', why: 'day files of 24 November' };

describe('payments of a store that was put back', () => {
  beforeEach(() => openEpoch(h.database, h.clock.nowMs()));

  const doubt = async (): Promise<void> => {
    const { epoch } = await currentEpoch(h.database);
    const facts = { cause: 'no-witness', data: { hostName: 'one' } } as const;
    await raiseDoubt(h.database, epoch, facts, h.clock.nowMs());
  };
  const restored = async (): Promise<void> => {
    await doubt();
    await decideStore(h.database, { decision: 'restored', ...who }, 0, h.clock.nowMs());
  };
  const context = () => ({ database: h.database, log: silentLog, banks: testContracts });
  const byBooks = (paymentId: string, lines: BookLine[]) =>
    decideByBooks(context(), [{ paymentId, lines }], who, h.clock.nowMs());
  const line = (kind: BookLine['kind'], stan: string, change: Partial<BookLine> = {}): BookLine => ({
    bankId: 'volga',
    kind,
    amountMinor: 50_000,
    stan,
    rrn: `63280${stan}`,
    ...change,
  });
  const debits = (): string[] =>
    h.banks.requests.flatMap(({ kind, bankId }) => (kind === 'debit' ? [bankId] : []));
  /** A sale that arrived before the store was put back, with a worker that would debit it. */
  const held = async (): Promise<string> => {
    const id = h.till.sell();
    await h.arrive();
    await restored();
    h.run();
    await until(async () => (await h.read(id)).wait?.kind === 'perhaps-debited');
    return id;
  };

  it('are held, whatever state they are in, and offered to a person', async () => {
    const id = await held();
    expect(debits()).toEqual([]);
    expect(await h.read(id)).toMatchObject({ state: 'received', due_at: null });
    expect(await heldPayments(h.database, '', 10)).toEqual([{ paymentId: id, amountMinor: 50_000 }]);
    expect(await heldPayments(h.database, id, 10)).toEqual([]);
  });

  it('are collected without another debit if the books hold one', async () => {
    const id = await held();
    expect(await byBooks(id, [line('debit', '000007')])).toEqual({ cleared: [id], unclear: [] });
    h.run();
    await h.becomes(id, 'collected');
    expect(debits()).toEqual([]);
    expect(await h.read(id)).toMatchObject({
      bank_id: 'volga',
      attempts: [{ state: 'approved', stan: '000007' }],
    });
    expect(await h.events(id)).toContain('found-in-books');
    expect(await heldPayments(h.database, '', 10)).toEqual([]);
  });

  it('go on as if nothing had been if the books hold none', async () => {
    const id = await held();
    await byBooks(id, [line('debit', '000007'), line('reversal', '000007')]);
    h.run();
    await h.becomes(id, 'collected');
    expect(debits()).toEqual(['north']);
  });

  it('have the second of two debits given back', async () => {
    const id = await held();
    await byBooks(id, [line('debit', '000007'), line('debit', '000009', { bankId: 'ural' })]);
    h.run();
    await h.becomes(id, 'collected');
    await until(async () => (await h.read(id)).attempts.some(({ state }) => state === 'reversed'));
    expect(debits()).toEqual([]);
    expect((await h.read(id)).attempts.map(({ bankId, state }) => [bankId, state])).toEqual([
      ['volga', 'approved'],
      ['ural', 'reversed'],
    ]);
  });

  it('stay held if the books are not clear, and go on if a person knows better', async () => {
    const id = await held();
    expect(await byBooks(id, [line('debit', '000007', { amountMinor: 1 })])).toEqual({
      cleared: [],
      unclear: [id],
    });
    expect((await h.read(id)).wait?.kind).toBe('perhaps-debited');
    expect(await decideNothingDebited(context(), [id], who, h.clock.nowMs())).toMatchObject({
      cleared: [id],
    });
    h.run();
    await h.becomes(id, 'collected');
    expect(debits()).toHaveLength(1);
    expect(await decideNothingDebited(context(), [id], who, h.clock.nowMs())).toMatchObject({ cleared: [] });
  });

  it('whose attempt was under way become what that has become', async () => {
    h.banks.debits = () => 'unknown';
    h.banks.reversals = () => 'unknown';
    const id = h.till.sell();
    await h.arrive();
    const worker = h.run();
    await h.becomes(id, 'reversing');
    const { stan, rrn, bankId } = (await h.read(id)).attempts[0]!;
    await h.stop(worker);
    const sent = h.banks.requests.length;
    await restored();
    h.clock.advance(60_000);
    h.run();
    await until(async () => (await h.read(id)).wait?.kind === 'perhaps-debited');
    expect(h.banks.requests, 'no reversal leaves either').toHaveLength(sent);
    await byBooks(id, [line('debit', stan, { rrn, bankId })]);
    h.run();
    await h.becomes(id, 'collected');
    expect(h.banks.requests).toHaveLength(sent);
  });

  it('are sent while nothing is doubted, and none after that, be it claimed already', async () => {
    const left: SentMessage[] = [];
    const id = h.till.sell();
    await h.arrive();
    h.run({ onLeaving: (message) => void left.push(message) });
    await h.becomes(id, 'collected');
    expect(left).toMatchObject([{ kind: 'debit', paymentId: id, bankId: 'north' }]);
    await doubt();
    const later = h.till.sell({ pan: '5413330089020011' });
    await expect(h.arrive()).rejects.toMatchObject({ code: 'store-in-doubt' });
    await h.database.query(sql`delete from store_doubts`);
    await h.stop(h.workers[0]!);
    await h.arrive();
    await doubt();
    h.run();
    await until(async () => (await h.read(later)).wait?.kind === 'store-in-doubt');
    expect(left).toHaveLength(1);
  });
});
