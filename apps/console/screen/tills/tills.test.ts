import type { Alarm } from '@bivak/domain';
import { describe, expect, it } from 'vitest';
import { testRenderer, testTill } from '../testing.ts';
import { inOrder } from './alarm-order.ts';
import { quarantineText } from './quarantine-text.ts';

const alarm = (alarmId: string, state: Alarm['state'], raisedAt: string): Alarm => ({
  alarmId,
  tillId: 'till-1',
  kind: 'clock-off',
  data: { offMs: 60_000 },
  state,
  raisedAt,
  lastSeenAt: raisedAt,
  acknowledgedAt: null,
  acknowledgedBy: null,
  endedAt: state === 'ended' ? raisedAt : null,
});

describe('alarms', () => {
  it('begin with those that nobody has seen, the newest first', () => {
    const alarms = [
      alarm('over', 'ended', '2026-11-24T09:00:00.000Z'),
      alarm('seen', 'acknowledged', '2026-11-24T08:00:00.000Z'),
      alarm('older', 'raised', '2026-11-24T06:00:00.000Z'),
      alarm('newer', 'raised', '2026-11-24T07:00:00.000Z'),
    ];
    expect(inOrder(alarms).map(({ alarmId }) => alarmId)).toEqual(['newer', 'older', 'seen', 'over']);
  });
});

describe('entries that did not become payments', () => {
  it('are told apart: those that a person looks into, and those that wait for a newer host', () => {
    const tills = [
      testTill({ quarantinedEntries: 3, unexplainedEntries: 2 }),
      testTill({ quarantinedEntries: 1, unexplainedEntries: 0 }),
    ];
    const text = quarantineText(tills, testRenderer('en'));
    expect(text).toContain('2 entries of the journals cannot become payments');
    expect(text).toContain('2 entries can be read only by a newer host');
    expect(quarantineText(tills, testRenderer('ru'))).toContain('2 записи журналов не могут стать платежами');
  });

  it('need no person if only a newer host is missing', () => {
    const text = quarantineText(
      [testTill({ quarantinedEntries: 1, unexplainedEntries: 1 })],
      testRenderer('en'),
    );
    expect(text).toMatch(/^1 entry can be read only by a newer host/);
    expect(quarantineText([testTill({})], testRenderer('en'))).toBeUndefined();
  });
});
