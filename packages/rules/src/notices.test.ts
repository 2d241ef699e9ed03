import type { DebtState, NoticeKind } from '@bivak/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DebtFacts, nextNoticeMs, noticesDue } from './notices.ts';

const dayMs = 86_400_000;
const debt: DebtFacts = {
  state: 'open',
  isListed: false,
  retryClass: 'later',
  openedAtMs: 0,
  windowEndsAtMs: 7 * dayMs,
};
const due = (made: NoticeKind[], days: number, state: DebtState = 'open') =>
  noticesDue({ ...debt, state }, new Set(made), days * dayMs);

describe('what the cardholder is told', () => {
  it('climbs the ladder', () => {
    expect(due([], 0)).toEqual(['declined']);
    expect(due(['declined'], 1)).toEqual([]);
    expect(due(['declined'], 3.5)).toEqual(['middle']);
    expect(due(['declined', 'middle'], 6)).toEqual(['day-before']);
    expect(due(['declined', 'middle', 'day-before'], 7, 'stop-listed')).toEqual(['listed']);
    expect(due(['declined', 'middle', 'day-before', 'listed'], 8, 'paid-after-listing')).toEqual(['paid']);
  });

  it('says once that the bank cannot be reached, and of a decline that it was one', () => {
    const unreached = (made: NoticeKind[], days: number, state: DebtState = 'open') =>
      noticesDue({ ...debt, state, retryClass: 'unreachable' }, new Set(made), days * dayMs);
    expect(unreached([], 0)).toEqual(['bank-unreachable']);
    expect(unreached(['bank-unreachable'], 1)).toEqual([]);
    expect(unreached(['bank-unreachable'], 3.5)).toEqual(['middle']);
    expect(due(['bank-unreachable'], 1)).toEqual(['declined']);
    expect(unreached(['declined'], 1)).toEqual([]);
    for (const state of ['held', 'given-up'] as const) expect(unreached([], 8, state)).toEqual([]);
  });

  it('makes only the latest of reminders that fell due meanwhile', () => {
    expect(due(['declined'], 6.5)).toEqual(['day-before']);
  });

  it('says nothing but "paid" of a paid debt', () => {
    expect(due(['declined'], 6.5, 'recovered')).toEqual(['paid']);
  });

  it('does not remind while a listed debt is tried again', () => {
    const listed: DebtFacts = { ...debt, state: 'attempting', isListed: true };
    expect(noticesDue(listed, new Set(['declined', 'listed']), 8 * dayMs)).toEqual([]);
    expect(nextNoticeMs(listed, 8 * dayMs)).toBeNull();
  });

  it('says that the card is listed where that came while an attempt was under way', () => {
    const listed: DebtFacts = { ...debt, state: 'attempting', isListed: true };
    expect(noticesDue(listed, new Set(['declined', 'day-before']), 7 * dayMs)).toEqual(['listed']);
  });

  it('speaks several times before anything is blocked, whatever window the provider sets', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 11 }),
        (days, lookEveryHours) => {
          const made = new Set<NoticeKind>();
          const facts = { ...debt, windowEndsAtMs: days * dayMs };
          for (let nowMs = 0; nowMs < facts.windowEndsAtMs; nowMs += lookEveryHours * 3_600_000)
            for (const kind of noticesDue(facts, made, nowMs)) made.add(kind);
          expect([...made]).toEqual(
            days === 1
              ? ['declined', 'middle']
              : days === 2
                ? ['declined', 'day-before']
                : ['declined', 'middle', 'day-before'],
          );
        },
      ),
    );
  });

  it('knows when it speaks next', () => {
    expect(nextNoticeMs(debt, 0)).toBe(3.5 * dayMs);
    expect(nextNoticeMs(debt, 3.5 * dayMs)).toBe(6 * dayMs);
    expect(nextNoticeMs(debt, 6 * dayMs)).toBeNull();
    expect(nextNoticeMs({ ...debt, state: 'stop-listed' }, 0)).toBeNull();
  });

  it('says nothing twice', () => {
    const moments = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 10 }),
        fc.constantFrom<DebtState>('open', 'attempting', 'stop-listed', 'recovered'),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(moments, (history) => {
        const made = new Set<NoticeKind>();
        for (const [days, state] of history) {
          for (const kind of noticesDue({ ...debt, state }, made, days * dayMs)) {
            expect(made.has(kind)).toBe(false);
            made.add(kind);
          }
        }
      }),
    );
  });
});
