import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeArchived,
  decodeArchivedConfirmation,
  encodeArchived,
  encodeArchivedConfirmation,
} from './archive.ts';
import { describeFrame } from './describe.ts';
import { createDeframer, type DeframerItem, decodeFrame, ENQ, encodeFrame } from './frame.ts';
import { orThrow, parseHex } from './result.ts';

const frameParts = fc.record({
  code: fc.integer({ min: 0, max: 255 }),
  data: fc.uint8Array({ maxLength: 64 }),
});

/** The bytes in pieces of the given sizes, over and over. */
function pieces(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    cut.push(bytes.subarray(at, at + size));
    at += size;
  }
  return cut;
}

describe('drive frames', () => {
  it('carry the protocol’s status request', () => {
    const frame = orThrow(encodeFrame(0x30));
    expect(frame.subarray(0, 4).toString('hex')).toBe('04010030');
    expect(decodeFrame(frame)).toMatchObject({ ok: true, value: { code: 0x30 } });
  });

  it('come out of a stream as they went in, however it is cut', () => {
    const items = fc.array(fc.oneof(frameParts, fc.constant('enq' as const)), { maxLength: 8 });
    fc.assert(
      fc.property(items, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (sent, sizes) => {
        const stream = Buffer.concat(
          sent.map((item) => (item === 'enq' ? Buffer.of(ENQ) : orThrow(encodeFrame(item.code, item.data)))),
        );
        const deframer = createDeframer();
        const got = pieces(stream, sizes).flatMap((piece) => deframer.push(piece));
        expect(got.map(brief)).toEqual(
          sent.map((item) =>
            item === 'enq' ? 'enq' : `${item.code}:${Buffer.from(item.data).toString('hex')}`,
          ),
        );
      }),
    );
  });

  it('survive any bytes and stop at what cannot be a frame', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const deframer = createDeframer();
        const items = deframer.push(noise);
        const fatal = items.findIndex((item) => item.kind === 'error' && item.fatal);
        if (fatal >= 0) {
          expect(fatal).toBe(items.length - 1);
          expect(deframer.push(Buffer.of(ENQ))).toEqual([]);
        }
        expect(() => JSON.stringify(describeFrame(noise))).not.toThrow();
        expect(() => decodeFrame(noise)).not.toThrow();
      }),
    );
  });

  it('with a wrong CRC are skipped as a whole', () => {
    const bad = orThrow(encodeFrame(0x30, Buffer.from('abc')));
    bad[5] = 0;
    const good = orThrow(encodeFrame(0x31));
    const items = createDeframer().push(Buffer.concat([good, bad, good]));
    expect(items.map((item) => item.kind)).toEqual(['frame', 'error', 'frame']);
    expect(items[1]).toMatchObject({
      fatal: false,
      error: { code: 'bad-crc', offset: good.length + bad.length - 2 },
    });
  });

  it('take no more than 1024 bytes of data', () => {
    expect(encodeFrame(7, Buffer.alloc(1024)).ok).toBe(true);
    expect(encodeFrame(7, Buffer.alloc(1025)).ok).toBe(false);
    expect(decodeFrame(Buffer.from('040204', 'hex'))).toMatchObject({
      ok: false,
      error: { code: 'bad-length', offset: 1 },
    });
  });
});

function brief(item: DeframerItem): string {
  if (item.kind === 'frame') return `${item.frame.code}:${item.frame.data.toString('hex')}`;
  return item.kind === 'enq' ? 'enq' : item.error.code;
}

describe('documents of the drive’s archive', () => {
  const captured = [
    '010016031c092901000000874096fe3738303631393732373420203030303030303030303030333830343520202020040c',
    '020016031c0929020000001259a70b0100',
  ];

  it('are read as captured and written back', () => {
    const [registration, openShift] = captured.map((hex) => orThrow(decodeArchived(orThrow(parseHex(hex)))));
    expect(registration).toMatchObject({ documentNumber: 1, inn: '7806197274', taxSystems: 4, modes: 12 });
    expect(openShift).toMatchObject({ documentNumber: 2, shiftNumber: 1, confirmed: false });
    expect([registration, openShift].map((one) => encodeArchived(one!).toString('hex'))).toEqual(captured);
  });

  it('go round for every kind', () => {
    const common = { confirmed: true, madeAtLocal: 1_800_000_000, documentNumber: 7, fiscalSign: 0xdeadbeef };
    const who = { inn: '7704358518', registrationNumber: '0000000005008570' };
    for (const one of [
      { ...common, ...who, code: 11 as const, taxSystems: 1, modes: 2, reason: 3 },
      { ...common, code: 3 as const, operation: 1, totalMinor: 2 ** 40 - 1 },
      { ...common, code: 31 as const, operation: 1, totalMinor: 5 },
      { ...common, code: 5 as const, shiftNumber: 65_535 },
      { ...common, ...who, code: 6 as const },
      { ...common, code: 21 as const, unconfirmed: 4, oldestUnconfirmedLocal: 1_799_999_940 },
      { ...common, code: 21 as const, unconfirmed: 0, oldestUnconfirmedLocal: null },
    ]) {
      expect(orThrow(decodeArchived(encodeArchived(one)))).toEqual(one);
    }
    const confirmation = {
      confirmedAtLocal: 1_800_000_060,
      operatorSign: Buffer.alloc(18, 7),
      documentNumber: 9,
    };
    expect(orThrow(decodeArchivedConfirmation(encodeArchivedConfirmation(confirmation)))).toEqual(
      confirmation,
    );
  });

  it('are refused with the byte at fault', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => void decodeArchived(noise)));
    const [registration] = captured;
    expect(decodeArchived(orThrow(parseHex(`63${registration!.slice(2)}`)))).toMatchObject({
      error: { offset: 0 },
    });
    expect(decodeArchived(orThrow(parseHex(registration!.slice(0, -2))))).toMatchObject({
      error: { code: 'bad-length' },
    });
  });
});
