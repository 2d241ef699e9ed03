import { sandboxApi } from '@bivak/contracts';
import { createRenderer, languages } from '@bivak/messages';
import { describe, expect, it } from 'vitest';
import { scenarioEventText } from './event-text.ts';

/** Values for every note and claim: each takes what its schema names. */
const values = {
  tillId: 'till-1',
  saleId: 'till-1-000001',
  totalMinor: 12_300,
  currency: 'RUB',
  maskedPan: '220000******4242',
  mode: 'offline',
  reason: 'stop-listed',
  bankId: 'north',
  process: 'host',
  to: '+79000000001',
  number: 1,
  count: 5,
  items: 3,
  sales: 7,
  onUs: 2,
  elsewhere: 4,
  declines: 2,
  messages: 4,
};
const place = { number: 1, at: '2026-11-24T08:00:00.000Z', step: 'tunnel' };

describe.each(languages)('the scenario in $ownName', ({ code }) => {
  const nameOfBank = () => 'North';
  const renderer = createRenderer({ language: code, timeZone: 'Europe/Moscow', nameOfBank });
  const textOf = (event: object): string =>
    scenarioEventText(renderer, sandboxApi.scenarioEvent.parse({ ...place, values, ...event }));

  it.each(Object.keys(sandboxApi.scenarioNotes))('has words for the note %s', (key) => {
    expect(textOf({ kind: 'note', key })).toMatch(/\p{L}/u);
  });

  it.each(Object.keys(sandboxApi.scenarioClaims))('has words for the claim %s, true or not', (key) => {
    const held = textOf({ kind: 'claim', key, holds: true });
    expect(held).toMatch(/\p{L}/u);
    const failed = textOf({ kind: 'claim', key, holds: false });
    expect(failed).toContain(held);
    expect(failed).not.toBe(held);
  });

  it.each(sandboxApi.scenarioSteps)('has a title for the chapter %s', (step) => {
    expect(textOf({ kind: 'chapter', step })).toMatch(/\p{L}/u);
  });

  it.each(sandboxApi.scenarioWaits)('has words for the wait %s', (wait) => {
    expect(renderer.t(`scenario:wait.${wait}`)).toMatch(/\p{L}/u);
  });

  it('tells a cash sale from one by card, and a refusal with what is read aloud', () => {
    const sale = (key: string, more: object) => textOf({ kind: 'note', key, values: { ...values, ...more } });
    expect(sale('sale-accepted', {})).toContain('4242');
    expect(sale('sale-accepted', { mode: 'cash', maskedPan: null })).not.toContain('4242');
    const { reason, advice } = renderer.refusal('stop-listed');
    expect(sale('sale-refused', {})).toContain(`${reason} ${advice}`);
    expect(sale('sale-refused', { maskedPan: null })).toContain(reason);
  });
});
