import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aesCmac } from './aes-cmac.ts';
import { authenticator, macAlgorithms } from './authenticator.ts';
import { retailMac } from './retail-mac.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('the retail MAC of ANSI X9.19', () => {
  // ISO/IEC 9797-1:1999, annex B, MAC algorithm 3 with DES; its own examples for padding method 1.
  const key = hex('0123456789ABCDEF FEDCBA9876543210');
  it.each([
    ['Now is the time for all ', 'A1C72E74EA3FA9B6'],
    ['Now is the time for it', '2E2B1428CC78254F'],
  ])('of %j is %s', (text, expected) => {
    expect(retailMac(key, Buffer.from(text, 'latin1')).toString('hex').toUpperCase()).toBe(expected);
  });

  it('needs two DES keys', () => expect(() => retailMac(hex('00'), hex(''))).toThrow('16 bytes'));
});

describe('AES-CMAC', () => {
  const message = hex(
    '6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51 30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710',
  );
  // RFC 4493, section 4; NIST SP 800-38B, appendix D.3 for 256 bits.
  const key128 = '2b7e151628aed2a6abf7158809cf4f3c';
  const key256 = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4';
  it.each([
    [key128, 0, 'bb1d6929e95937287fa37d129b756746'],
    [key128, 16, '070a16b46b4d4144f79bdd9dd04a287c'],
    [key128, 40, 'dfa66747de9ae63030ca32611497c827'],
    [key128, 64, '51f0bebf7e3b9d92fc49741779363cfe'],
    [key256, 0, '028962f61b7bf89efc6b551f4667d983'],
    [key256, 16, '28a7023f452e8f82bd4bf28d8c37c35c'],
    [key256, 40, 'aaf3d8f1de5640c232f5b169b9c911e6'],
    [key256, 64, 'e1992190549f6ed5696a2c056c315410'],
  ])('under %s of %d bytes is %s', (key, bytes, expected) => {
    expect(aesCmac(hex(key), message.subarray(0, bytes)).toString('hex')).toBe(expected);
  });

  it('needs a key of AES', () => expect(() => aesCmac(hex('00'), hex(''))).toThrow('16, 24 or 32'));
});

describe.each(macAlgorithms)('a code by %s', (algorithm) => {
  const mac = authenticator(algorithm, hex('0123456789ABCDEF FEDCBA9876543210'));

  it('is its message’s, and no other’s', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (bytes, at, by) => {
          const code = mac.codeOf(bytes);
          expect(code).toHaveLength(8);
          expect(mac.isCodeOf(bytes, code)).toBe(true);
          const other = Uint8Array.from(bytes, (byte, index) =>
            index === at % bytes.length ? byte ^ by : byte,
          );
          expect(mac.isCodeOf(other, code)).toBe(false);
          expect(mac.isCodeOf(bytes, code.subarray(0, 4))).toBe(false);
        },
      ),
    );
  });

  it('needs a key that fits', () => expect(() => authenticator(algorithm, hex('00'))).toThrow('bytes'));
});
