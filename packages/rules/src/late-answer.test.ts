import { attemptState, responseClasses } from '@bivak/domain';
import { describe, expect, it } from 'vitest';
import { lateAnswerEffect } from './late-answer.ts';

describe('an answer that nobody waits for', () => {
  it('reopens what was taken for over, if the bank may have debited', () => {
    for (const state of ['declined', 'rejected', 'reversed', 'not-sent'] as const)
      for (const meaning of ['approved', 'partial', 'unsure'] as const)
        expect(lateAnswerEffect(state, meaning, true)).toBe('reopen');
  });

  it('is remembered while the attempt is open, and says nothing new of an approved one', () => {
    expect(lateAnswerEffect('reversing', 'approved', true)).toBe('remember');
    expect(lateAnswerEffect('approved', 'approved', true)).toBe('ignore');
  });

  it('ends an advice that debits by an approval of the whole sum, and by nothing that only reserves', () => {
    expect(lateAnswerEffect('completing', 'approved', true)).toBe('complete');
    expect(lateAnswerEffect('completing', 'approved', false)).toBe('ignore');
    expect(lateAnswerEffect('completing', 'partial', true)).toBe('reopen');
    expect(lateAnswerEffect('completing', 'unsure', true)).toBe('ignore');
    expect(lateAnswerEffect('reversed', 'approved', false)).toBe('reopen');
  });

  it('changes nothing if it says that nothing is debited', () => {
    for (const state of attemptState.options)
      for (const meaning of responseClasses.filter((one) =>
        ['declined', 'bank-trouble', 'merchant-blocked'].includes(one),
      ))
        expect(lateAnswerEffect(state, meaning, true)).toBe('ignore');
  });
});
