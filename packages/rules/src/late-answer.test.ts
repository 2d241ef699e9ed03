import { attemptState, responseClasses } from '@bivak/domain';
import { describe, expect, it } from 'vitest';
import { lateAnswerEffect } from './late-answer.ts';

describe('an answer that nobody waits for', () => {
  it('reopens what was taken for over, if the bank may have debited', () => {
    for (const state of ['declined', 'rejected', 'reversed', 'not-sent'] as const)
      for (const meaning of ['approved', 'partial', 'unsure'] as const)
        expect(lateAnswerEffect(state, meaning)).toBe('reopen');
  });

  it('is remembered while the attempt is open, and says nothing new of an approved one', () => {
    expect(lateAnswerEffect('reversing', 'approved')).toBe('remember');
    expect(lateAnswerEffect('approved', 'approved')).toBe('ignore');
  });

  it('changes nothing if it says that nothing is debited', () => {
    for (const state of attemptState.options)
      for (const meaning of responseClasses.filter((one) =>
        ['declined', 'bank-trouble', 'merchant-blocked'].includes(one),
      ))
        expect(lateAnswerEffect(state, meaning)).toBe('ignore');
  });
});
