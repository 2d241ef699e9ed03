import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CardDataError,
  cardReference,
  dataEncryptionKey,
  deriveInitialKey,
  initialKeyDerivation,
  isUsableCounter,
  lend,
  longestPrefix,
  luhnDigit,
  luhnValid,
  maskPan,
  nextCounter,
  openTrack2,
  parseTrack2,
  purchaseContext,
  sealTrack2,
  serialNumberParts,
  type Track2,
  transactionKey,
} from './index.ts';

// Sample values of ANSI X9.24-3:2017, supplement.
const bdk = Buffer.from('FEDCBA9876543210F1F1F1F1F1F1F1F1', 'hex');
const initialKeyId = '1234567890123456';
const initialKey = deriveInitialKey(bdk, initialKeyId);

describe('AES DUKPT', () => {
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

  it('derives the same initial keys from one place in memory, which may be overwritten', () => {
    const copy = Buffer.from(bdk);
    const initialKeyOf = initialKeyDerivation(copy);
    copy.fill(0);
    for (const id of [initialKeyId, '1234567890123457', initialKeyId])
      expect(initialKeyOf(id)).toEqual(deriveInitialKey(bdk, id));
  });

  it('skips counters with more than 16 one-bits', () => {
    expect(isUsableCounter(0x0000_ffff)).toBe(true);
    expect(isUsableCounter(0x0001_ffff)).toBe(false);
    expect(nextCounter(0x0001_fffe)).toBe(0x0002_0000);
    expect(nextCounter(0xffff_0000)).toBeUndefined();
  });

  it('names the reader’s key and its counter in the serial number', () => {
    expect(serialNumberParts('123456789012345600000010')).toEqual({ initialKeyId, counter: 16 });
  });
});

const ksn = '123456789012345600000007';
const purchase = { tillId: 'till-1', saleId: 'till-1-000012', amountMinor: 100, currency: 'RUB' };
const track2 = '4761739001010119=28122011230000123';
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const seal = (text: string | Uint8Array = track2): string => sealTrack2(initialKey, ksn, text, purchase);
/** What is found in it, as text that outlives it. */
const open = (ciphertext: string, change: object = {}, key: Uint8Array = bdk) =>
  openTrack2(initialKeyDerivation(key), { ksn, ciphertext, purchase, ...change }, (opened) => ({
    pan: textOf(opened.pan),
    track2: textOf(opened.track2),
    expiry: opened.expiry,
    serviceCode: opened.serviceCode,
  }));

describe('sealed card data', () => {
  it('is opened by the host alone, from the BDK', () => {
    expect(open(seal())).toEqual({ pan: '4761739001010119', track2, expiry: '2812', serviceCode: '201' });
    expect(() => open(seal(), {}, Buffer.alloc(16))).toThrow(CardDataError);
  });

  it.each([{ saleId: 'till-1-000013' }, { amountMinor: 124_900 }, { currency: 'USD' }, { tillId: 'till-2' }])(
    'opens for no other purchase: %j',
    (change) => {
      expect(faultOf(() => open(seal(), { purchase: { ...purchase, ...change } }))).toBe(
        'altered-or-other-key',
      );
    },
  );

  it('is refused when a single bit was changed, or when it comes with another serial number', () => {
    const sealed = Buffer.from(seal(), 'hex');
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        const changed = Buffer.from(sealed);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => open(changed.toString('hex'))).toThrow(CardDataError);
      }),
    );
    expect(() => open(sealed.toString('hex'), { ksn: '123456789012345600000008' })).toThrow(CardDataError);
  });

  it('leaves nothing of itself in the memory that it was opened in', () => {
    let seen: Track2 | undefined;
    openTrack2(initialKeyDerivation(bdk), { ksn, ciphertext: seal(), purchase }, (opened) => {
      seen = opened;
    });
    expect([...seen!.track2, ...seen!.pan].every((byte) => byte === 0)).toBe(true);
    const secret = Buffer.from('secret');
    expect(() =>
      lend(secret, () => {
        throw new Error('in the middle');
      }),
    ).toThrow('in the middle');
    expect(secret).toEqual(Buffer.alloc(6));
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
    [seal().slice(0, -1), 'not-hex'],
    [`${seal()}0`, 'not-hex'],
    [`${seal()}zz`, 'not-hex'],
    [`${seal()}00`, 'altered-or-other-key'],
  ])('is refused if anything was added or cut off: %s', (wrong, fault) => {
    expect(faultOf(() => open(wrong))).toBe(fault);
  });

  it.each(['', 'b17a', `${ksn}00`, 'x'.repeat(24), `${initialKeyId}00000000`, beyond])(
    'is refused if no reader counts to its serial number: %s',
    (wrong) => {
      expect(faultOf(() => open(seal(), { ksn: wrong }))).toBe('unusable-key-serial-number');
    },
  );

  it.each([
    '4761739001010119',
    '4761739001010119=2813201',
    '4761739001010119=281220',
    '4761739001010119=2812201x',
    '47617390010=2812201',
    '',
    'x=2812201',
  ])('says that it is no track 2 without a digit of the card: %s', (text) => {
    expect(faultOf(() => parseTrack2(Buffer.from(text)))).toBe('bad-track-2');
    expect(faultOf(() => open(seal(`${text} `)))).toBe('bad-track-2');
  });
});

describe('the purchase under which a reader seals', () => {
  const serial = Buffer.from(ksn, 'hex');

  it('has the bytes that the reader’s makers are told', () => {
    expect(purchaseContext(serial, purchase).toString('hex')).toBe(
      `01${ksn}0000000000000064525542` +
        `06${Buffer.from('till-1').toString('hex')}0d${Buffer.from('till-1-000012').toString('hex')}`,
    );
  });

  it('is unambiguous: two purchases have the same bytes only if they are the same', () => {
    const id = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
    const any = fc.record({
      tillId: id,
      saleId: id,
      amountMinor: fc.nat({ max: 300 }),
      currency: fc.constantFrom('RUB', 'USD'),
    });
    fc.assert(
      fc.property(any, any, (one, other) => {
        const isSame = purchaseContext(serial, one).equals(purchaseContext(serial, other));
        expect(isSame).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  it.each([
    { amountMinor: -1 },
    { amountMinor: 0.5 },
    { currency: 'rub' },
    { saleId: '' },
    { saleId: 'ж' },
    { tillId: 'x'.repeat(256) },
  ])('has no form for %j', (change) => {
    expect(() => purchaseContext(serial, { ...purchase, ...change })).toThrow(RangeError);
  });
});

describe('a card number', () => {
  it('is shown masked', () => {
    expect(maskPan('4761739001010119')).toBe('476173******0119');
    expect([maskPan('12345678'), maskPan('')]).toEqual(['********', '']);
    expect(maskPan(Buffer.from('4761739001010119'))).toBe('476173******0119');
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
    expect(cardReference(Buffer.alloc(32, 1), Buffer.from('4761739001010119'))).toBe(
      cardReference(Buffer.alloc(32, 1), '4761739001010119'),
    );
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
