import {
  answerName,
  type DriveCommand,
  decodeFields,
  documentTags,
  driveCommands,
  encodeDateTime,
  encodeFields,
  type Field,
  localSecondsAt,
  orThrow,
  registrationFields,
  type Seller,
  shiftFields,
} from '@bivak/fiscal';
import { beforeEach, describe, expect, it } from 'vitest';
import * as business from '../world/business.ts';
import { Drive } from './drive.ts';
import { DriveMemory } from './memory.ts';

const { merchant, fiscalOperator, tills } = business;
const till = tills['till-1'];
const seller: Seller = {
  name: merchant.name,
  inn: merchant.inn,
  address: merchant.address,
  place: till.place,
  operatorName: fiscalOperator.name,
  operatorInn: fiscalOperator.inn,
  taxSystem: 1,
};

describe('what the drive itself writes into documents', () => {
  let memory: DriveMemory;
  let drive: Drive;
  let nowMs: number;
  beforeEach(() => {
    nowMs = Date.parse('2026-11-24T06:00:00Z');
    memory = new DriveMemory({ append: () => {}, close: () => {} }, []);
    drive = new Drive(till.driveNumber, memory, () => nowMs);
  });

  const now = (): Buffer => encodeDateTime(localSecondsAt(nowMs, business.timeZone));
  const send = (command: DriveCommand, data: Uint8Array = Buffer.alloc(0)): void => {
    const { code } = drive.answer(driveCommands[command], Buffer.from(data));
    expect(answerName(code), command).toBe('done');
  };
  const pass = (fields: Field[]): void => send('passData', orThrow(encodeFields(fields)));
  const register = (modes: number): void => {
    send('beginRegistration', Buffer.of(0));
    pass(registrationFields(seller, till.serialNumber, 'Анна'));
    const who = seller.inn.padEnd(12) + business.registrationNumber('till-1').padEnd(20);
    send('finishRegistration', Buffer.concat([now(), Buffer.from(who, 'latin1'), Buffer.of(1, modes)]));
  };
  const written = (code: number): Map<number, unknown> => {
    const document = memory.documents().find((found) => found.code === code)!;
    return new Map(
      orThrow(decodeFields(Buffer.from(document.body, 'hex'))).map(({ tag, value }) => [tag, value]),
    );
  };

  it('says every mode of the registration', () => {
    register(0b00_1010);
    const report = written(documentTags.registration);
    expect([1056, 1002, 1001, 1109, 1110, 1108].map((tag) => report.get(tag))).toEqual([0, 1, 0, 1, 0, 0]);
    expect(report.get(1062)).toBe(1);
  });

  it('counts the shift when it closes', () => {
    register(0);
    const registeredAt = written(documentTags.registration).get(1012);
    nowMs += 60_000;
    send('beginOpenShift', now());
    pass(shiftFields(seller, 'Анна'));
    send('finishOpenShift');
    nowMs += 60_000;
    send('beginCloseShift', now());
    pass(shiftFields(seller, 'Анна'));
    send('finishCloseShift');
    const report = written(documentTags.closeShift);
    expect([1118, 1111, 1097, 1098].map((tag) => report.get(tag))).toEqual([0, 2, 2, registeredAt]);
  });
});
