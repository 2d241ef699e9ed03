import { describe, expect, it } from 'vitest';
import { debitBehaviours } from './debit-behaviours.ts';
import { refundBehaviours, reversalBehaviours } from './reversal-behaviours.ts';
import { signOnBehaviours } from './session-behaviours.ts';
import {
  behaviourNames,
  mindNames,
  mindSetting,
  presets,
  shareOf,
  undecidableOnTheWire,
} from './settings.ts';

describe('the presets', () => {
  it.each(mindNames)('%s does nothing that only the day file would show', (mind) => {
    const setting = mindSetting.parse({ mind });
    for (const name of undecidableOnTheWire) expect(shareOf(setting, name)).toBe(0);
  });

  it.each(mindNames)('%s leaves room for what goes as it should', (mind) => {
    for (const units of [debitBehaviours, reversalBehaviours, refundBehaviours, signOnBehaviours]) {
      const sum = units.reduce((total, { name }) => total + (presets[mind][name] ?? 0), 0);
      expect(sum).toBeLessThanOrEqual(0.75);
    }
  });

  it('hostile has a share of every behaviour that can be heard of', () => {
    const without = behaviourNames.filter((name) => (presets.hostile[name] ?? 0) === 0);
    expect(without).toEqual(undecidableOnTheWire);
  });
});

describe('a setting', () => {
  it('is honest unless it is said otherwise, and takes single shares', () => {
    expect(mindSetting.parse({})).toEqual({ mind: 'honest', seed: 1, weights: {} });
    const setting = mindSetting.parse({ mind: 'hostile', weights: { slow: 0.5 } });
    expect([shareOf(setting, 'slow'), shareOf(setting, 'swapped')]).toEqual([0.5, presets.hostile.swapped]);
  });

  it.each([
    { mind: 'kind' },
    { weights: { 'no-such-behaviour': 1 } },
    { weights: { slow: 2 } },
    { latencyMs: { min: 2, max: 1 } },
  ])('refuses %j', (setting) => expect(mindSetting.safeParse(setting).success).toBe(false));
});
