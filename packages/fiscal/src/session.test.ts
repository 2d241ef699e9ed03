import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containerOf, containerTypes, decodeContainer, encodeContainer } from './container.ts';
import { crc16 } from './crc16.ts';
import { describeDocument } from './describe.ts';
import { encodeFields } from './fields.ts';
import { orThrow, parseHex } from './result.ts';
import {
  createSessionDeframer,
  decodeSessionHeader,
  decodeSessionMessage,
  encodeServiceMessage,
  encodeSessionHeader,
  encodeSessionMessage,
} from './session.ts';

const driveNumber = '9999078900005488';
/** yandex/ofd, the example's session header. */
const captured = '2a08410a81a2000139393939303738393030303035343838b40114000000';

function message(body: Uint8Array): Buffer {
  return encodeSessionMessage({ formatVersion: '0105', driveNumber, body, answerExpected: true });
}

describe('session header', () => {
  it('is read as captured', () => {
    const header = orThrow(decodeSessionHeader(orThrow(parseHex(captured))));
    expect(header).toMatchObject({ driveNumber, bodyLength: 436, flags: 20, formatVersion: '0001', crc: 0 });
    expect(encodeSessionHeader(header).toString('hex')).toBe(captured);
  });

  it.each([
    ['signature', 0, 'bad-signature'],
    ['session version', 4, 'bad-version'],
    ['format version', 6, 'bad-version'],
    ['drive number', 8, 'bad-value'],
    ['reserved flags', 27, 'bad-flags'],
  ])('refuses a wrong %s', (_, at, code) => {
    const wrong = orThrow(parseHex(captured));
    wrong[at] = 0xee;
    expect(decodeSessionHeader(wrong)).toMatchObject({ ok: false, error: { code } });
  });

  it('of the service mode is checked by its CRC', () => {
    const ping = encodeServiceMessage(driveNumber, '0105', true);
    expect(orThrow(decodeSessionMessage(ping)).header.flags).toBe(0x11);
    ping[9] = 0x30;
    expect(decodeSessionMessage(ping)).toMatchObject({ error: { code: 'bad-crc', offset: 28 } });
  });
});

describe('session messages', () => {
  it('come out of a stream as they went in, cut at any byte', () => {
    const stream = Buffer.concat([
      message(Buffer.from('first')),
      encodeServiceMessage(driveNumber, '0105', false),
      message(Buffer.alloc(900, 1)),
    ]);
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const deframer = createSessionDeframer();
      const got = [...deframer.push(stream.subarray(0, cut)), ...deframer.push(stream.subarray(cut))];
      expect(got.map((result) => result.ok && result.value.body.length)).toEqual([5, 0, 900]);
    }
  });

  it('end at the first byte that cannot be one', () => {
    const good = message(Buffer.from('x'));
    const bad = Buffer.from(good);
    bad[30] = 0;
    const deframer = createSessionDeframer();
    const got = deframer.push(Buffer.concat([good, bad, good]));
    expect(got).toHaveLength(2);
    expect(got[1]).toMatchObject({ error: { code: 'bad-crc', offset: good.length + 28 } });
    expect(deframer.push(good)).toEqual([]);
    expect(createSessionDeframer().push(Buffer.from('GET / HTTP/1.1'))).toMatchObject([
      { ok: false, error: { code: 'bad-signature' } },
    ]);
  });

  it('never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (noise) => {
        void decodeSessionMessage(noise);
        const headed = Buffer.concat([Buffer.from(captured.slice(0, 48), 'hex'), noise]);
        createSessionDeframer().push(headed);
        JSON.stringify(describeDocument(headed));
      }),
    );
  });
});

describe('containers', () => {
  const body = orThrow(encodeFields([{ tag: 1041, value: driveNumber }]));
  const container = containerOf({
    type: containerTypes.fromDrive,
    driveNumber,
    documentNumber: 70_000,
    document: { code: 3, body },
    messageSign: Buffer.from('a55ae10c4d75', 'hex'),
  });

  it('are laid out as captured', () => {
    const bytes = orThrow(encodeContainer(container));
    // yandex/ofd, the example's container: type, data type, version, service, drive number in BCD.
    expect(bytes.subarray(4, 17).toString('hex')).toBe('a5030110099999078900005488');
    expect(bytes.subarray(17, 20).toString('hex')).toBe('011170');
    expect(bytes.subarray(-10).toString('hex')).toBe('8106a55ae10c4d750000');
    expect(bytes.readUInt16LE(2)).toBe(crc16(bytes.subarray(0, 2), bytes.subarray(4)));
  });

  it('go round, with and without the message’s sign', () => {
    for (const one of [container, { ...container, messageSign: null }]) {
      expect(orThrow(decodeContainer(orThrow(encodeContainer(one))))).toEqual(one);
    }
  });

  it('notice every flipped bit', () => {
    const bytes = orThrow(encodeContainer(container));
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(decodeContainer(flipped).ok, `bit ${bit}`).toBe(false);
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => void decodeContainer(noise)));
  });
});
