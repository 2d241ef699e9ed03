import { readinessOf } from '@bivak/http-api';
import { describe, expect, it } from 'vitest';
import type { BankSessions } from './banks/index.ts';
import { hostReadiness, type ReadinessParts } from './readiness.ts';
import type { Worker } from './store/index.ts';

type BankSessionStatus = ReturnType<BankSessions['states']>[number];

const worker = (fault: string | null): Worker => ({
  wake: () => {},
  wakeAt: () => {},
  fault: () => fault,
  isBusy: () => false,
  stop: async () => {},
});
const bank = (bankId: string, session: BankSessionStatus['session']) =>
  ({ bankId, session, lastAnswerAtMs: null }) as BankSessionStatus;
const look = async (change: {
  query?: () => Promise<never[]>;
  states?: BankSessionStatus[];
  workers?: Worker[];
  isInDoubt?: boolean;
}) => {
  const { query = async () => [], states = [bank('north', 'signed-on'), bank('ural', 'down')] } = change;
  const { workers = [worker(null)] } = change;
  const database = { query, onCommit: (act: () => void) => act() } as ReadinessParts['database'];
  const work = () => (change.isInDoubt === true ? null : { banks: { states: () => states }, workers });
  const { status, checks } = await readinessOf(hostReadiness({ database, work }));
  return { status, faults: checks.filter(({ ok }) => !ok).map(({ name, fault }) => `${name}: ${fault}`) };
};

describe('a host', () => {
  it('is ready with its database, one bank signed on, and workers that work', async () => {
    expect(await look({})).toEqual({ status: 'ready', faults: [] });
  });

  it.each([
    [{ query: () => Promise.reject(Object.assign(new Error('x'), { code: '57P01' })) }, 'database: 57P01'],
    [
      { states: [bank('north', 'connecting'), bank('ural', 'down')] },
      'banks: none signed on: north connecting, ural down',
    ],
    [{ workers: [worker(null), worker('payments: fails')] }, 'workers: payments: fails'],
  ] as const)('says what is wrong', async (change, fault) => {
    expect(await look(change as Parameters<typeof look>[0])).toEqual({
      status: 'not-ready',
      faults: [fault],
    });
  });

  it('is not ready while its store is in doubt', async () => {
    expect((await look({ isInDoubt: true })).faults).toContain('work: not begun: the store is in doubt');
  });
});
