import { attemptDecisions, attemptLifecycle, debtLifecycle, debtState } from '@bivak/domain';
import { assertMove } from '@bivak/lifecycle';
import { describe, expect, it } from 'vitest';
import { debtDecisionsFor, decidedStates, decisionsFor } from './decision.ts';

const disputed = { number: 1, state: 'disputed', disputeCause: 'reversal-unconfirmed' } as const;

describe('what a person may decide about an attempt', () => {
  it('lets a debit stand if it pays for the sale', () => {
    expect(decisionsFor({ cancelRequested: false }, [disputed], 1)).toContain('debit-stands');
  });

  it('has it given back if the sale did not happen, or is paid already', () => {
    expect(decisionsFor({ cancelRequested: true }, [disputed], 1)).not.toContain('debit-stands');
    const paid = { number: 2, state: 'approved', disputeCause: null } as const;
    expect(decisionsFor({ cancelRequested: false }, [disputed, paid], 1)).toEqual([
      'nothing-debited',
      'given-back',
      'reverse-again',
    ]);
  });

  it('is nothing while the wire may still tell', () => {
    expect(
      decisionsFor({ cancelRequested: false }, [{ number: 1, state: 'reversing', disputeCause: null }], 1),
    ).toEqual([]);
    expect(decisionsFor({ cancelRequested: false }, [], 1)).toEqual([]);
  });

  it('leads along the lifecycle', () => {
    for (const decision of attemptDecisions)
      expect(() => assertMove(attemptLifecycle, 'disputed', decidedStates[decision])).not.toThrow();
  });
});

describe('what a person may decide about a debt', () => {
  it('is whether its card is listed, once it is held for him', () => {
    expect(debtDecisionsFor('held')).toEqual(['list-card', 'give-up']);
    for (const state of debtState.options) if (state !== 'held') expect(debtDecisionsFor(state)).toEqual([]);
    for (const state of ['stop-listed', 'given-up'] as const)
      expect(() => assertMove(debtLifecycle, 'held', state)).not.toThrow();
  });
});
