import { describe, expect, it } from 'vitest';
import {
  alarm,
  alarmData,
  check,
  checkRefusals,
  Problem,
  paymentEventData,
  paymentEventKinds,
  problemData,
  refusalReasons,
  timelineEntry,
  vatRates,
  waitReason,
} from './index.ts';

const at = '2026-11-25T09:00:00.000Z';

describe('the vocabulary', () => {
  it('gives every check a refusal reason, each its own', () => {
    const reasons = check.options.map(({ shape }) => checkRefusals[shape.name.value]);
    expect(new Set(reasons).size).toBe(reasons.length);
    expect(refusalReasons).toEqual(expect.arrayContaining(reasons));
  });

  it('takes an event with the facts of its kind, and with no others', () => {
    const accepted = { at, kind: 'accepted', data: { tillId: 'till-1', mode: 'offline' } };
    expect(timelineEntry.parse(accepted)).toEqual(accepted);
    expect(timelineEntry.safeParse({ at, kind: 'accepted', data: { tillId: 'till-1' } }).success).toBe(false);
    expect(timelineEntry.safeParse({ at, kind: 'told', data: {} }).success).toBe(false);
    expect(paymentEventKinds).toEqual(Object.keys(paymentEventData));
  });

  it('takes an alarm with the facts of its kind', () => {
    const life = {
      alarmId: 'a',
      tillId: 'till-1',
      state: 'raised',
      raisedAt: at,
      lastSeenAt: at,
      acknowledgedAt: null,
      acknowledgedBy: null,
      endedAt: null,
    };
    expect(alarm.safeParse({ ...life, kind: 'clock-off', data: { offMs: 1 } }).success).toBe(true);
    expect(alarm.safeParse({ ...life, kind: 'clock-off', data: {} }).success).toBe(false);
    expect(alarm.options.map(({ shape }) => shape.kind.value)).toEqual(Object.keys(alarmData));
  });

  it('has a wait reason of every kind once', () => {
    const kinds = waitReason.options.map(({ shape }) => shape.kind.value);
    expect(new Set(kinds).size).toBe(kinds.length);
  });

  it('knows the VAT rates of a catalogue', () => {
    expect(vatRates).toContain('none');
    expect(vatRates).not.toContain('18');
  });

  it('makes a problem of a code and its facts', () => {
    const problem = new Problem('unknown-sku', { index: 0, sku: 'tea' });
    expect(problem.facts).toEqual({ code: 'unknown-sku', data: { index: 0, sku: 'tea' } });
    expect(problemData['unknown-sku'].safeParse(problem.data).success).toBe(true);
    expect(problem.message).toBe('unknown-sku {"index":0,"sku":"tea"}');
  });
});
