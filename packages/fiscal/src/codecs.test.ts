import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { innValid, registrationCheckDigits, registrationNumberValid } from './checks.ts';
import { runCases } from './conformance.ts';
import { crc16 } from './crc16.ts';
import { decodeDate, decodeDateTime, encodeDateTime, instantOfLocal, localSecondsAt } from './local-time.ts';
import { formatQr, parseQr, type ReceiptQr } from './qr.ts';
import { orThrow, parseHex } from './result.ts';
import { signFromArchive, signFromTag1077, signToTag1077 } from './sign.ts';
import { decodeText, encodeText, printableText } from './text.ts';

const hex = (text: string): Buffer => orThrow(parseHex(text));

describe('crc16', () => {
  it('gives the check value of CRC-16/CCITT-FALSE', () => {
    expect(crc16(Buffer.from('123456789'))).toBe(0x29b1);
  });
  it('takes parts as one run', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (left, right) => {
        expect(crc16(left, right)).toBe(crc16(Buffer.concat([left, right])));
      }),
    );
  });
});

describe('registration number and INN', () => {
  it('knows the pair of yandex/ofd’s example', () => {
    expect(registrationNumberValid('0000000005008570', '7702203276', '000000000002')).toBe(true);
    expect(registrationNumberValid('0000000005008571', '7702203276', '000000000002')).toBe(false);
    expect(registrationNumberValid('0000000005008570', '7702203276', '000000000003')).toBe(false);
  });
  it('accepts what its own check digits make', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999_999 }), (number) => {
        const firstTen = number.toString().padStart(10, '0');
        const whole = firstTen + registrationCheckDigits(firstTen, '7704358518', 'A-17');
        expect(registrationNumberValid(whole, '7704358518', 'A-17')).toBe(true);
      }),
    );
  });
  it('checks both lengths of INN', () => {
    for (const inn of ['7702203276', '7704358518', '4705021744', '500100732259'])
      expect(innValid(inn)).toBe(true);
    for (const inn of ['7702203275', '500100732258', '770220327', '', 'abcdefghij', '0000000000']) {
      expect(innValid(inn)).toBe(false);
    }
  });
});

describe('local time', () => {
  const minute = fc.integer({ min: 15_778_080, max: 70_000_000 }).map((minutes) => minutes * 60);

  it('goes through the drive’s five bytes', () => {
    expect(orThrow(decodeDateTime(hex('16031c0929')))).toBe(Date.UTC(2022, 2, 28, 9, 41) / 1000);
    fc.assert(
      fc.property(minute, (local) => {
        expect(orThrow(decodeDateTime(encodeDateTime(local)))).toBe(local);
      }),
    );
  });
  it('refuses dates that do not exist', () => {
    for (const wrong of [
      '160d010000',
      '16021d0000',
      '1601010018',
      '160101183c',
      '1600010000',
      '1601000000',
    ]) {
      expect(decodeDateTime(hex(wrong)).ok, wrong).toBe(wrong === '1601010018');
    }
    expect(decodeDate(hex('1601')).ok).toBe(false);
  });
  it('turns into an instant and back', () => {
    for (const zone of ['Europe/Moscow', 'Asia/Kamchatka', 'Europe/Berlin', 'UTC']) {
      fc.assert(
        fc.property(minute, (instantS) => {
          const local = localSecondsAt(instantS * 1000, zone);
          const back = instantOfLocal(local, zone);
          expect(localSecondsAt(back, zone)).toBe(local);
          expect(back).toBeLessThanOrEqual(instantS * 1000);
        }),
        { numRuns: 30 },
      );
    }
    expect(instantOfLocal(Date.UTC(2026, 0, 2, 3, 4) / 1000, 'Europe/Moscow')).toBe(
      Date.UTC(2026, 0, 2, 0, 4),
    );
  });
});

describe('fiscal sign', () => {
  it('prints the same from tag 1077 and from the archive', () => {
    expect(orThrow(signFromTag1077(hex('330474d4f2ac')))).toBe(1960112812);
    expect(orThrow(signFromArchive(hex('acf2d474')))).toBe(1960112812);
    expect(orThrow(signFromTag1077(signToTag1077(4_294_967_295)))).toBe(4_294_967_295);
    expect(signFromTag1077(hex('0102')).ok).toBe(false);
  });
});

describe('QR text', () => {
  it('reads and writes what receipts print', () => {
    const texts = [
      't=20170216T133600&s=780.00&fn=9999078900001327&i=91&fp=1697013557&n=1',
      't=20170216T1336&s=0.05&fn=9999078900001327&i=91&fp=17&n=2',
    ];
    for (const text of texts) expect(formatQr(orThrow(parseQr(text)))).toBe(text);
  });
  it('goes round', () => {
    const qr: fc.Arbitrary<ReceiptQr> = fc.record({
      soldAtLocal: fc.integer({ min: 946_684_800, max: 4_000_000_000 }),
      withSeconds: fc.constant(true),
      totalMinor: fc.integer({ min: 0, max: 2 ** 40 }),
      driveNumber: fc.constant('9999078900001327'),
      documentNumber: fc.integer({ min: 1, max: 0xffff_ffff }),
      fiscalSign: fc.integer({ min: 0, max: 0xffff_ffff }),
      operation: fc.constantFrom(1, 2, 3, 4),
    });
    fc.assert(
      fc.property(qr, (value) => {
        expect(orThrow(parseQr(formatQr(value)))).toEqual(value);
      }),
    );
  });
  it('refuses others without throwing', () => {
    const good = 't=20170216T1336&s=780.00&fn=9999078900001327&i=91&fp=1697013557&n=1';
    for (const [from, to] of [
      ['0216', '0230'],
      ['n=1', 'n=5'],
      ['780.00', '780'],
      ['fp=1697013557', 'fp=9999999999'],
      ['T1336', 'T2536'],
    ]) {
      expect(parseQr(good.replace(from!, to!)).ok, to).toBe(false);
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseQr(text).ok).toBe(false);
      }),
    );
  });
});

describe('text in code page 866', () => {
  it('goes round for all bytes', () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    expect(orThrow(encodeText(decodeText(all)))).toEqual(all);
    expect(orThrow(encodeText('Тест')).toString('hex')).toBe('92a5e1e2');
  });
  it('refuses what the page lacks, and prints it otherwise', () => {
    expect(encodeText('«Бивак»').ok).toBe(false);
    expect(printableText('Чай «Бивак» — 5 €', 64)).toBe('Чай "Бивак" - 5 ?');
    expect(printableText('Чай\r\n\u001b@\tс лимоном\u0085', 64)).toBe('Чай @ с лимоном ');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const printable = printableText(text, 16);
        expect(encodeText(printable).ok).toBe(true);
        expect(printable.length).toBeLessThanOrEqual(16);
      }),
    );
  });
});

describe('conformance runner', () => {
  it('passes right cases, fails wrong ones, and takes bad input to be refused', () => {
    const file = {
      note: 'a text is no case',
      vln: [
        { hex: 'e92d06', value: 404969 },
        { hex: 'e92d06', value: 1 },
        { hex: '010203040506070809', valid: false },
      ],
      inn: [
        { inn: '7702203276', valid: true },
        { inn: '7702203277', valid: false },
      ],
      session_header: [{ hex: '2a08410b', valid: false }],
      archive_short_documents: ['020016031c0929020000001259a70b0100'],
      misspelt: [{}],
    };
    const { passed, failed } = runCases(file);
    expect(passed).toBe(6);
    expect(failed).toEqual([expect.stringMatching(/^vln\[1\]/), expect.stringMatching(/^misspelt\[0\]/)]);
  });
  it('takes numbers as others write them', () => {
    const qr = 't=20170216T1336&s=780.00&fn=9999078900001327&i=0000000091&fp=0097013557&n=1';
    expect(
      runCases({
        fvln: [
          { hex: '0296', value: '1.5' },
          { hex: '0296', value: '1.50' },
          { hex: '0296', value: 1.5 },
        ],
        qr: [{ s: qr }],
        kkt_registration_number: [
          { rn: '0000000005008570    ', inn: '7702203276  ', serial: '000000000002' },
        ],
      }),
    ).toEqual({ passed: 5, failed: [] });
  });
  it('passes no case that it cannot try, and takes no other value for a refusal', () => {
    const { passed, failed } = runCases({
      vln: [{ valid: false }, { hex: 'e92d06', valid: false }],
      fiscal_sign: [{ printed: 1 }],
      crc16_ccitt_false: [{ input_hex: '31' }],
      unixtime: { hex: '00000000' },
      string_cp866: [{ value: '€', valid: false }, null],
    });
    expect(passed).toBe(1);
    expect(failed).toEqual([
      'vln[0]: the case has no text "hex"',
      'vln[1]: was accepted and has to be refused',
      expect.stringContaining('fiscal_sign[0]: the case has neither'),
      expect.stringContaining('crc16_ccitt_false[0]: the case has neither'),
      'unixtime: has to be a list of cases',
      'string_cp866[1]: no object',
    ]);
  });
});
