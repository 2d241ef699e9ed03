import { describe, expect, it } from 'vitest';
import { testMoney, testRenderer } from '../testing.ts';
import { answerText } from './stages.ts';

const english = testRenderer('en');

describe('how much is collected', () => {
  it('says in all, and what of it was recovered, so that the stages’ sums add up to it', () => {
    const money = testMoney({ collected: 700_00, recovered: 200_00, declined: 100_00 });
    expect(answerText(money, english)).toBe(
      '₽900.00 of ₽1,000.00 is collected (90%): ₽700.00 without a decline and ₽200.00 recovered after one.',
    );
  });

  it('speaks of no recovery if there was none', () => {
    expect(answerText(testMoney({ collected: 700_00, toBeSent: 300_00 }), english)).toBe(
      '₽700.00 of ₽1,000.00 is collected (70%).',
    );
  });

  it('never rounds up to all of it', () => {
    expect(answerText(testMoney({ collected: 999_99, toBeSent: 1 }), english)).toContain('99%');
  });

  it('says that there is nothing yet, which is not that nothing is collected', () => {
    expect(answerText(testMoney({}), english)).toContain('No card sale has arrived yet');
  });
});
