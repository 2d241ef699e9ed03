import { compileSpec, packOriginalData } from '@bivak/iso8583';
import { describe, expect, it } from 'vitest';
import { bankProfile, bankProfileNames, bankProfiles } from './index.ts';

describe.each(bankProfiles)('the profile of $name', (profile) => {
  const codec = compileSpec(profile.spec);
  const packed = (fields: readonly (readonly [number, string])[]) => {
    const unpacked = codec.unpack(codec.pack(new Map([[0, '0200'], ...fields])));
    return unpacked.ok ? Object.fromEntries(unpacked.fields) : unpacked.error.message;
  };

  it('is found by its name', () => expect(bankProfile(profile.name)).toBe(profile));

  it('has room for a sale’s identity, for how the sale came to be, and for what is reversed', () => {
    const { referenceField, indicator, conditionCode } = profile;
    const original = packOriginalData({ messageType: '0200', stan: '000012', transmittedAt: '1124090000' });
    for (const origin of ['immediate', 'deferred', 'resubmission'] as const) {
      const condition = origin === 'resubmission' ? 'immediate' : origin;
      const fields = [
        [25, conditionCode[condition]],
        [referenceField, 'till-1-000012'],
        [indicator.field, indicator[origin]],
        [90, original],
      ] as const;
      expect(packed(fields)).toEqual(Object.fromEntries([[0, '0200'], ...fields]));
    }
  });

  it('tells an immediate, a deferred and a repeated sale apart, in fields of their own', () => {
    const { referenceField, indicator, adviceCodeField } = profile;
    const { field, ...values } = indicator;
    expect(new Set(Object.values(values)).size).toBe(3);
    expect(new Set([referenceField, field, adviceCodeField]).size).toBe(3);
  });
});

describe('the bank profiles', () => {
  it('have a name each', () => expect(new Set(bankProfileNames).size).toBe(bankProfiles.length));

  it('are listed if there is none of a name', () => {
    expect(() => bankProfile('nowhere')).toThrow(
      `there is no bank profile "nowhere"; there are ${bankProfileNames.join(', ')}`,
    );
  });
});
