import { debitFlows, reversalReasons } from '@bivak/domain';
import { compileSpec, packOriginalData, packOriginalData93 } from '@bivak/iso8583';
import { describe, expect, it } from 'vitest';
import { bankProfile, bankProfileNames, bankProfiles, debitType } from './index.ts';

describe.each(bankProfiles)('the profile of $name', (profile) => {
  const codec = compileSpec(profile.spec);
  const { version, indicator, conditionCode, referenceField, reversal } = profile;
  const is93 = version === '1993';
  const stan = '000012';
  const packed = (type: string, fields: readonly (readonly [number, string])[]) => {
    const unpacked = codec.unpack(codec.pack(new Map([[0, type], ...fields])));
    return unpacked.ok ? Object.fromEntries(unpacked.fields) : unpacked.error.message;
  };
  const original = (messageType: string) =>
    is93
      ? ([56, packOriginalData93({ messageType, stan, localTime: '261124120000' })] as const)
      : ([90, packOriginalData({ messageType, stan, transmittedAt: '1124090000' })] as const);

  it('is found by its name', () => expect(bankProfile(profile.name)).toBe(profile));

  it('has room for a sale’s identity, and for how the sale came to be', () => {
    for (const origin of ['immediate', 'deferred', 'resubmission'] as const) {
      const condition = origin === 'resubmission' ? 'immediate' : origin;
      const type = debitType(profile, profile.debit[condition]);
      const fields = [
        [25, conditionCode[condition]],
        [referenceField, 'till-1-000012'],
        [indicator.field, indicator[origin]],
      ] as const;
      expect(packed(type, fields)).toEqual(Object.fromEntries([[0, type], ...fields]));
    }
  });

  it('has room for what is reversed, and why', () => {
    const { field, codes } = reversal.reason;
    const type = is93 ? '1420' : '0420';
    for (const flow of debitFlows)
      for (const reason of reversalReasons) {
        const fields = [[field, codes[reason]] as const, original(debitType(profile, flow))];
        expect(packed(type, fields)).toEqual(Object.fromEntries([[0, type], ...fields]));
      }
  });

  it('tells an immediate, a deferred and a repeated sale apart, in fields of their own', () => {
    const { adviceCodeField } = profile;
    const { field, ...values } = indicator;
    expect(new Set(Object.values(values)).size).toBe(3);
    const own = [referenceField, field, adviceCodeField, reversal.reason.field, is93 ? 56 : 90];
    expect(new Set(own).size).toBe(own.length);
  });

  it('repeats no RRN that is not ours', () =>
    expect(profile.givesRrn && profile.echoedFields.includes(37)).toBe(false));
});

describe('the bank profiles', () => {
  it('have a name each', () => expect(new Set(bankProfileNames).size).toBe(bankProfiles.length));

  it('differ in what banks differ in', () => {
    const ways = bankProfiles.flatMap((profile) => [
      profile.version,
      ...Object.values(profile.debit),
      profile.reversal.sentAs,
      profile.reversal.reason.field,
      profile.mac ?? 'no code',
      profile.tpdu === undefined ? 'no header' : 'header',
    ]);
    const wanted = [
      '1987',
      '1993',
      'request',
      'reserve',
      'advise',
      'advice',
      39,
      56,
      25,
      'aes-cmac',
      'header',
    ];
    expect(ways).toEqual(expect.arrayContaining(wanted));
  });

  it('are listed if there is none of a name', () => {
    expect(() => bankProfile('nowhere')).toThrow(
      `there is no bank profile "nowhere"; there are ${bankProfileNames.join(', ')}`,
    );
  });
});
