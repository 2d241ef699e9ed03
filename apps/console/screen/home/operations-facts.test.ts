import type { hostApi } from '@bivak/contracts';
import { needsAPerson } from '@bivak/messages';
import { describe, expect, it } from 'vitest';
import { testMoney, testRenderer, testStore, testTill, testWork } from '../testing.ts';
import { type OperationsRead, operationsFacts } from './operations-facts.ts';
import { standstills } from './standstill.ts';

const nowMs = Date.parse('2026-11-24T12:00:00.000Z');
const bank = (
  bankId: string,
  session: hostApi.Bank['session'],
  health: hostApi.Bank['health'],
): hostApi.Bank => ({
  bankId,
  name: { ru: bankId, en: bankId },
  session,
  health,
  feePercent: '1',
  onUsFeePercent: '1',
  collected: { count: 0, sumMinor: 0 },
  lastAnswerAt: null,
  unreadableMessages: 0,
  unauthenticMessages: 0,
});
const calm: OperationsRead = {
  store: testStore,
  money: testMoney({}),
  work: testWork([]),
  banks: [bank('ural', 'signed-on', 'healthy')],
  tills: [testTill({ lastContactAt: '2026-11-24T11:55:00.000Z' })],
  undecided: [],
  nowMs,
};
const sentences = (read: Partial<OperationsRead>) =>
  needsAPerson(operationsFacts({ ...calm, ...read }), testRenderer('en')).map(({ sentence }) => sentence);

describe('what needs a person', () => {
  it('is nothing in a calm world', () => {
    expect(sentences({})).toEqual([]);
  });

  it('is one line when no bank can be reached, with the money that waits', () => {
    const down = ['north', 'ural', 'volga'].map((bankId) => bank(bankId, 'down', 'failing'));
    const found = sentences({ banks: down, money: testMoney({ toBeSent: 300_00, atBanks: 200_00 }) });
    expect(found).toEqual(['No bank can be reached: 2 payments (₽500.00) wait.']);
  });

  it('counts the attempts of debts that wait, which stand at no stage before a decision', () => {
    const waiting = [{ kind: 'banks-unreachable' as const, count: 3, sumMinor: 900_00, nextAt: null }];
    const found = sentences({ banks: [bank('ural', 'down', 'failing')], work: testWork(waiting) });
    expect(found).toEqual(['No bank can be reached: 3 payments (₽900.00) wait.']);
  });
});

describe('why money stands still', () => {
  it('names the reasons, the most money first; that an answer is awaited is no standstill', () => {
    const row = (
      kind: 'answer-pending' | 'banks-blocked' | 'scheme-budget',
      count: number,
      sumMinor: number,
    ) => ({
      kind,
      count,
      sumMinor,
      nextAt: null,
    });
    const found = standstills(
      testWork([row('answer-pending', 9, 900), row('scheme-budget', 1, 100), row('banks-blocked', 2, 200)]),
    );
    expect(found.map(({ kind }) => kind)).toEqual(['banks-blocked', 'scheme-budget']);
  });
});
