import type { TimelineEntry } from '@bivak/domain';
import { describe, expect, it } from 'vitest';
import { testDebt, testRenderer } from '../testing.ts';
import { buildTimeline, checksText, type TimelineFacts } from './build-timeline.ts';

const english = testRenderer('en');
const passed = { name: 'expiry', expiry: '2905', passed: true } as const;
const failed = { name: 'card-count', valueCount: 7, limitCount: 6, passed: false } as const;

const accepted: TimelineEntry = {
  at: '2026-11-24T05:00:00.000Z',
  kind: 'accepted',
  data: { tillId: 'till-1', mode: 'offline' },
};
const declined = (day: number): TimelineEntry => ({
  at: `2026-11-${day}T05:02:00.000Z`,
  kind: 'declined',
  data: {},
});
const retried = (day: number): TimelineEntry => ({
  at: `2026-11-${day}T05:01:00.000Z`,
  kind: 'retry-requested',
  data: { cause: 'retry' },
});
const collected: TimelineEntry = { at: '2026-11-27T05:02:00.000Z', kind: 'collected', data: {} };

const build = (timeline: TimelineEntry[], others: Partial<TimelineFacts> = {}) =>
  buildTimeline(
    {
      payment: { timeline, checks: [passed] },
      debt: undefined,
      listedAt: undefined,
      nowMs: Date.parse('2026-11-25T06:00:00.000Z'),
      ...others,
    },
    english,
  );
const whys = (lines: ReturnType<typeof build>) => lines.map(({ what, why }) => [what, why]);

describe('a payment’s timeline', () => {
  it('stands in the order of time, with what its debt adds and what is still ahead', () => {
    const notices = [{ kind: 'declined', at: '2026-11-24T05:02:01.000Z', state: 'delivered' } as const];
    const debt = testDebt({ notices, nextAttemptAt: '2026-11-26T05:00:00.000Z' });
    const lines = build([accepted, declined(24), retried(25)], { debt });
    expect(lines.map(({ what, isAhead }) => [what, isAhead === true])).toEqual([
      ['Accepted offline at till-1', false],
      ['The issuer declined', false],
      ['Notice to the cardholder of the decline', false],
      ['Another attempt, by the schedule', false],
      ['Next attempt', true],
      ['If it stays unpaid: stop-list', true],
    ]);
  });

  it('says once that a debt begins, and at the last decline what is done about it', () => {
    const timeline = [accepted, declined(24), retried(25), declined(25), retried(26), declined(26)];
    const debt = testDebt({ nextAttemptAt: '2026-11-28T05:00:00.000Z' });
    const ofDeclines = build(timeline, { debt }).filter(({ what }) => what === 'The issuer declined');
    expect(ofDeclines.map(({ why }) => why)).toEqual([
      'It becomes a debt.',
      undefined,
      'The cause may pass: tried again until 1 Dec 2026, 08:02.',
    ]);
  });

  it('promises no attempt that is not planned', () => {
    expect(build([declined(24)], { debt: testDebt({}) })[0]!.why).toBe(
      'It becomes a debt. No further attempt is planned; the window is open until 1 Dec 2026, 08:02.',
    );
  });

  it('calls a decline no debt if the sale was never handed over', () => {
    expect(whys(build([declined(24)]))).toEqual([['The issuer declined', undefined]]);
  });

  it('promises no attempt once the card is listed or the debt is paid', () => {
    const listedAt = '2026-12-01T05:02:00.000Z';
    const listed = build([accepted, declined(24)], { debt: testDebt({ state: 'stop-listed' }), listedAt });
    expect(listed.at(-1)).toMatchObject({ what: 'The card is stop-listed', at: listedAt });
    expect(listed[1]!.why).toBe('It becomes a debt.');
    const paid = build([accepted, declined(24), collected], { debt: testDebt({ state: 'recovered' }) });
    expect(whys(paid).slice(1)).toEqual([
      ['The issuer declined', 'It becomes a debt.'],
      ['Collected', 'The debt is paid within its window'],
    ]);
  });

  it('promises no stop-list to a card that is on it while another attempt is made', () => {
    const debt = testDebt({ state: 'attempting' });
    const lines = build([declined(24)], { debt, listedAt: debt.windowEndsAt });
    expect(lines.filter(({ isAhead }) => isAhead)).toEqual([]);
  });

  it('calls nothing ahead that has passed, or while the time is not known', () => {
    const debt = testDebt({ nextAttemptAt: '2026-11-25T05:00:00.000Z' });
    expect(build([], { debt }).map(({ what }) => what)).toEqual(['If it stays unpaid: stop-list']);
    expect(build([], { debt, nowMs: undefined })).toEqual([]);
  });

  it('says that all checks passed if they did, else which did not', () => {
    expect(checksText([passed, passed], english)).toBe('All 2 checks of the till passed');
    expect(checksText([passed, failed], english)).toContain('not: Sales on the card');
    expect(checksText([], english)).toBeUndefined();
    expect(checksText([passed, passed], testRenderer('ru'))).toBe('Проверок кассы: 2, все пройдены');
  });
});
