import type { Alarm } from '@bivak/domain';
import { describe, expect, it } from 'vitest';
import { testTill } from '../testing.ts';
import { tillsContact } from './tills-contact.ts';

const nowMs = Date.parse('2026-11-24T12:00:00.000Z');
const fresh = testTill({ lastContactAt: '2026-11-24T11:55:00.000Z' });
const refused: Alarm = {
  alarmId: '1',
  tillId: 'till-1',
  kind: 'journal-refused',
  data: { afterSeq: 5, fault: 'broken-chain', waitingEntries: 3 },
  state: 'acknowledged',
  raisedAt: '2026-11-24T11:00:00.000Z',
  lastSeenAt: '2026-11-24T11:55:00.000Z',
  acknowledgedAt: '2026-11-24T11:10:00.000Z',
  acknowledgedBy: 'Anna',
  endedAt: null,
};

describe('what is still at the tills', () => {
  it('is not called fine if there is no till', () => {
    expect(tillsContact([], nowMs)).toEqual({ kind: 'no-tills' });
  });

  it('is told from the last contact, the longest silence named', () => {
    expect(tillsContact([fresh], nowMs)).toEqual({ kind: 'all-in-contact', count: 1 });
    const silent = testTill({ lastContactAt: '2026-11-23T12:00:00.000Z' });
    const never = testTill({ lastContactAt: null });
    expect(tillsContact([fresh, silent, never], nowMs)).toEqual({
      kind: 'out-of-contact',
      count: 2,
      all: 3,
      sinceAt: silent.lastContactAt,
    });
    expect(tillsContact([never], nowMs)).toMatchObject({ sinceAt: null });
  });

  it('may also be a journal that is not taken, whoever has seen the alarm', () => {
    const contact = tillsContact([fresh, { ...fresh, alarms: [refused] }], nowMs);
    expect(contact).toEqual({ kind: 'journal-refused', count: 1, all: 2 });
  });
});
