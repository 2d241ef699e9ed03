import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CardDataError,
  cardReference,
  dataEncryptionKey,
  deriveInitialKey,
  isUsableCounter,
  longestPrefix,
  luhnDigit,
  luhnValid,
  maskPan,
  nextCounter,
  openTrack2,
  parseTrack2,
  sealTrack2,
  transactionKey,
} from './index.ts';

// Sample values of ANSI X9.24-3:2017, supplement.
const bdk = Buffer.from('FEDCBA9876543210F1F1F1F1F1F1F1F1', 'hex');
const initialKeyId = '1234567890123456';

describe('AES DUKPT', () => {
  const initialKey = deriveInitialKey(bdk, initialKeyId);

  it('derives the standard’s initial key', () => {
    expect(initialKey.toString('hex')).toBe('1273671ea26ac29afa4d1084127652a1');
  });

  it.each([
    ['123456789012345600000001', '4f21b565bad9835e112b6465635eae44', 'a35c412efd41fdb98b69797c02dcd08f'],
    ['123456789012345600000002', '2f34d68de10f68d38091a73b9e7c437c', 'd639514aa33ac43ad9229e433d6d4e5b'],
  ])('derives the keys of %s', (ksn, key, dataKey) => {
    const derived = transactionKey(initialKey, ksn);
    expect(derived.toString('hex')).toBe(key);
    expect(dataEncryptionKey(derived, ksn).toString('hex')).toBe(dataKey);
  });

  it('skips counters with more than 16 one-bits', () => {
    expect(isUsableCounter(0x0000_ffff)).toBe(true);
    expect(isUsableCounter(0x0001_ffff)).toBe(false);
    expect(nextCounter(0x0001_fffe)).toBe(0x0002_0000);
    expect(() => nextCounter(0xffff_0000)).toThrow('used up');
  });
});

describe('sealed card data', () => {
  const initialKey = deriveInitialKey(bdk, initialKeyId);
  const ksn = '123456789012345600000007';
  const track2 = '4761739001010119=2812201';

  it('is opened by the host alone, from the BDK', () => {
    expect(openTrack2(bdk, ksn, sealTrack2(initialKey, ksn, track2))).toEqual({
      pan: '4761739001010119',
      expiry: '2812',
      serviceCode: '201',
    });
    expect(() => openTrack2(Buffer.alloc(16), ksn, sealTrack2(initialKey, ksn, track2))).toThrow(
      CardDataError,
    );
  });

  it('is refused when a single bit was changed, or when it comes with another serial number', () => {
    const sealed = Buffer.from(sealTrack2(initialKey, ksn, track2), 'hex');
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        const changed = Buffer.from(sealed);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => openTrack2(bdk, ksn, changed.toString('hex'))).toThrow(CardDataError);
      }),
    );
    expect(() => openTrack2(bdk, '123456789012345600000008', sealed.toString('hex'))).toThrow(CardDataError);
  });

  const faultOf = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      if (error instanceof CardDataError) {
        expect(`${error.message} ${error.stack}`).not.toContain('4761');
        return error.fault;
      }
      throw error;
    }
    return 'none';
  };
  const beyond = `${initialKeyId}0001ffff`;

  it.each([
    ['', 'not-hex'],
    ['00', 'too-short'],
    [sealTrack2(initialKey, ksn, track2).slice(0, -1), 'not-hex'],
    [`${sealTrack2(initialKey, ksn, track2)}0`, 'not-hex'],
    [`${sealTrack2(initialKey, ksn, track2)}zz`, 'not-hex'],
    [`${sealTrack2(initialKey, ksn, track2)}00`, 'altered-or-other-key'],
  ])('is refused if anything was added or cut off: %s', (wrong, fault) => {
    expect(faultOf(() => openTrack2(bdk, ksn, wrong))).toBe(fault);
  });

  it.each(['', 'b17a', `${ksn}00`, 'x'.repeat(24), `${initialKeyId}00000000`, beyond])(
    'is refused if no reader counts to its serial number: %s',
    (wrong) => {
      const sealed = sealTrack2(initialKey, ksn, track2);
      expect(faultOf(() => openTrack2(bdk, wrong, sealed))).toBe('unusable-key-serial-number');
    },
  );

  it('says what is wrong without a digit of the card', () => {
    for (const text of ['4761739001010119', '4761739001010119=2813201', '', 'x=2812201'])
      expect(faultOf(() => parseTrack2(text))).toBe('bad-track-2');
    expect(faultOf(() => openTrack2(bdk, ksn, sealTrack2(initialKey, ksn, '4761739001010119')))).toBe(
      'bad-track-2',
    );
  });
});

describe('a card number', () => {
  it('is shown masked', () => {
    expect(maskPan('4761739001010119')).toBe('476173******0119');
    expect([maskPan('12345678'), maskPan('')]).toEqual(['********', '']);
  });

  it('has a check digit that a changed digit breaks', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 11, maxLength: 18 });
    fc.assert(
      fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (number, at, by) => {
        const pan = number.join('') + luhnDigit(number.join(''));
        expect(luhnValid(pan)).toBe(true);
        const index = at % number.length;
        const wrong = number.with(index, (number[index]! + by) % 10).join('') + pan.at(-1);
        expect(luhnValid(wrong)).toBe(false);
      }),
    );
  });

  it('has the same reference under the same key only', () => {
    expect(cardReference(Buffer.alloc(32, 1), '4761739001010119')).toMatch(/^[0-9a-f]{64}$/);
    expect(cardReference(Buffer.alloc(32, 1), '4761739001010119')).not.toBe(
      cardReference(Buffer.alloc(32, 2), '4761739001010119'),
    );
  });

  it('belongs to the longest prefix', () => {
    const table = new Map([
      ['4761', 'a'],
      ['476173', 'b'],
    ]);
    expect(longestPrefix(table, '476173******0119')).toBe('b');
    expect(longestPrefix(table, '4761990000000000')).toBe('a');
    expect(longestPrefix(table, '5')).toBeUndefined();
  });
});
