import {
  answerCode,
  answerName,
  type DriveCommand,
  driveCommands,
  encodeDateTime,
  encodeFields,
  type Field,
  orThrow,
  registrationCheckDigits,
} from '@bivak/fiscal';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Drive } from './drive.ts';
import { DriveMemory } from './memory.ts';
import type { DriveRecord } from './records.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const inn = '7701234560';
const serialNumber = '00106700000101';
const registrationNumber = `0000001001${registrationCheckDigits('0000001001', inn, serialNumber)}`;
const none = Buffer.alloc(0);

describe('a fiscal drive', () => {
  let timerMs: number;
  /** How far the cash register's clock is from the drive's timer. */
  let wrongByMs: number;
  let records: DriveRecord[];
  let drive: Drive;
  const open = (): void => {
    const file = { append: (record: unknown) => void records.push(record as DriveRecord), close: () => {} };
    drive = new Drive('9999078900005488', new DriveMemory(file, [...records]), () => timerMs);
  };
  beforeEach(() => {
    timerMs = Date.parse('2026-11-24T06:00:00Z');
    wrongByMs = 0;
    records = [];
    open();
  });

  const send = (command: DriveCommand, data: Buffer = none) => {
    const { code, data: answered } = drive.answer(driveCommands[command], data);
    return { answer: answerName(code), data: answered };
  };
  const now = (): Buffer => encodeDateTime(Math.floor((timerMs + wrongByMs) / 1_000));
  const tlv = (...fields: Field[]): Buffer => orThrow(encodeFields(fields));
  const padded = (text: string, length: number): Buffer => Buffer.from(text.padEnd(length), 'latin1');
  const register = () => {
    send('beginRegistration');
    send('passData', tlv({ tag: 1013, value: serialNumber }));
    const data = [now(), padded(inn, 12), padded(registrationNumber, 20), Buffer.of(1, 0)];
    return send('finishRegistration', Buffer.concat(data)).answer;
  };
  const some = tlv({ tag: 1021, value: 'Анна' });
  const openShift = () => {
    const begun = send('beginOpenShift', now()).answer;
    if (begun !== 'done') return begun;
    send('passData', some);
    return send('finishOpenShift').answer;
  };
  const closeShift = () => {
    const begun = send('beginCloseShift', now()).answer;
    if (begun !== 'done') return begun;
    send('passData', some);
    return send('finishCloseShift').answer;
  };
  const sell = () => {
    const begun = send('beginReceipt', now()).answer;
    if (begun !== 'done') return begun;
    send('passData', some);
    return send('finishReceipt', Buffer.concat([now(), Buffer.of(1, 0x10, 0, 0, 0, 0)])).answer;
  };

  it('does nothing before its registration, and is registered once', () => {
    expect([openShift(), send('readShift').answer, send('readExchange').answer]).toEqual([
      'wrong-state',
      'wrong-state',
      'wrong-state',
    ]);
    expect(register()).toBe('done');
    expect(send('beginRegistration').answer).toBe('wrong-state');
    expect(send('readStatus').data[0]).toBe(3);
  });

  it('answers 01h to parameters of a wrong length, to a broken TLV list and to unknown commands', () => {
    register();
    openShift();
    expect([
      send('readStatus', Buffer.of(1)).answer,
      send('beginReceipt').answer,
      send('beginReceipt', Buffer.alloc(6, 1)).answer,
      send('findDocument', Buffer.of(1)).answer,
      send('setTransport', Buffer.of(1, 1)).answer,
      send('beginReceipt', now()).answer,
      send('passData', some.subarray(1)).answer,
      send('finishReceipt', now()).answer,
      answerName(drive.answer(0x7e, none).code),
    ]).toEqual([...Array(5).fill('unknown-command'), 'done', ...Array(3).fill('unknown-command')]);
    expect(send('setTransport', Buffer.of(2)).answer).toBe('bad-parameters');
  });

  it('takes no more data than a document may have', () => {
    register();
    openShift();
    send('beginReceipt', now());
    const part = Buffer.concat(Array(20).fill(tlv({ tag: 1021, value: 'x'.repeat(46) }))); // 1000 bytes
    const answers = Array.from({ length: 31 }, () => send('passData', part).answer);
    expect(answers.lastIndexOf('done')).toBe(29);
    expect(answers.at(-1)).toBe('document-too-large');
    expect(send('cancelDocument').answer).toBe('done');
    expect(sell()).toBe('done');
  });

  it('sells 24 hours after the shift was opened, not later', () => {
    register();
    openShift();
    timerMs += 24 * hourMs;
    expect(sell()).toBe('done');
    timerMs += minuteMs;
    expect(sell()).toBe('shift-over-24h');
    expect([closeShift(), openShift(), sell()]).toEqual(['done', 'done', 'done']);
  });

  it('refuses a receipt whose time is more than five minutes off, until a shift is opened with the right clock', () => {
    register();
    openShift();
    timerMs += hourMs;
    wrongByMs = 7 * minuteMs;
    expect(sell()).toBe('clock-drift');
    expect([closeShift(), openShift(), sell()]).toEqual(['done', 'done', 'done']);
    wrongByMs = 0;
    expect(sell()).toBe('wrong-date-time');
  });

  it('says what it waits for from the operator', () => {
    register();
    const status = () => send('readExchange').data[0]! & 0b111;
    expect(status()).toBe(0b010);
    expect(send('beginMessage').answer).toBe('no-operator-connection');
    send('setTransport', Buffer.of(1));
    send('beginMessage');
    expect(status()).toBe(0b011);
    send('finishMessage');
    expect(status()).toBe(0b111);
    send('setTransport', Buffer.of(0));
    expect(status()).toBe(0b010);
  });

  it('says when it ends, and how often it may be registered, in five bytes', () => {
    register();
    expect(send('readLifetime').data).toHaveLength(5);
    expect([...send('readLifetime').data.subarray(3)]).toEqual([11, 1]);
  });

  it('answers whatever comes, and keeps what it has signed', () => {
    const commands = [...Object.values(driveCommands), 0x00, 0x7f, 0xff];
    const step = fc.tuple(
      fc.constantFrom(...commands),
      fc.oneof(
        fc.uint8Array({ maxLength: 48 }).map((bytes) => Buffer.from(bytes)),
        fc.constantFrom(none, some, now(), Buffer.of(1, 0, 0, 0)),
      ),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        records = [];
        open();
        register();
        openShift();
        for (const [code, data] of steps) {
          const before = [...records];
          const answered = drive.answer(code, data).code;
          expect(answered & 0x7f).toBeLessThanOrEqual(answerCode('operator-message-refused'));
          expect(records.slice(0, before.length)).toEqual(before);
        }
        send('cancelDocument');
        open();
        expect(send('readStatus').answer).toBe('done');
      }),
    );
  });
});
