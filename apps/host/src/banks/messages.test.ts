import { bankProfile } from '@bivak/bank-profiles';
import { reversalReasons } from '@bivak/domain';
import { unpackOriginalData, unpackOriginalData93 } from '@bivak/iso8583';
import { describe, expect, it } from 'vitest';
import { cardHandle } from '../testing/card-handle.ts';
import { messageFields, networkMessage } from './messages.ts';
import type { BankMessage, NamedDebit } from './port.ts';

const storedAtMs = Date.parse('2026-11-24T09:00:00Z');
const nowMs = storedAtMs + 75_000;
const acceptor = { terminalId: 'T1', merchantId: 'M1', merchantCategoryCode: '4112' };
const debit: NamedDebit = {
  reference: 'till-1-000012',
  card: cardHandle('4761739001010119'),
  amountMinor: 40_000,
  currency: 'JPY',
  stan: '000012',
  rrn: '632809000012',
  transmittedAtMs: storedAtMs,
  soldAtMs: Date.parse('2026-11-23T21:30:05Z'),
  timeZone: 'Europe/Moscow',
  deferred: true,
  resubmission: false,
  flow: 'request',
  bankRrn: null,
  authorisationCode: null,
};
const fieldsOf = (profile: string, message: BankMessage): Record<number, string> =>
  Object.fromEntries(messageFields(bankProfile(profile), acceptor, message, nowMs));
const reserved: NamedDebit = {
  ...debit,
  flow: 'reserve',
  bankRrn: 'U32809000012',
  authorisationCode: 'A1B2C3',
};

describe('a message to a bank', () => {
  it('has the trade and the currency of the contract, not one that is built in', () => {
    const north = fieldsOf('north', { kind: 'debit', flow: 'request', request: debit });
    expect(north).toMatchObject({ 0: '0200', 4: '000000040000', 18: '4112', 49: '392' });
    const baikal = fieldsOf('baikal', { kind: 'debit', flow: 'advise', request: debit });
    expect(baikal).toMatchObject({ 0: '1220', 12: '261124003005', 24: '200', 25: '1004', 26: '4112' });
    expect(baikal[13]).toBeUndefined();
    expect(baikal[18]).toBeUndefined();
  });

  it('reserves by 0100, and completes by 0220 what the bank knows by its own RRN and code', () => {
    const request = fieldsOf('ural', { kind: 'debit', flow: 'reserve', request: debit });
    expect(request).toMatchObject({ 0: '0100', 7: '1124090000', 11: '000012', 37: '632809000012' });
    const completion = fieldsOf('ural', { kind: 'completion', request: reserved, repeat: false });
    expect(completion).toMatchObject({
      0: '0220',
      7: '1124090115',
      11: '000012',
      37: 'U32809000012',
      38: 'A1B2C3',
      61: 'till-1-000012',
    });
    expect(unpackOriginalData(completion[90])).toEqual({
      messageType: '0100',
      stan: '000012',
      transmittedAt: '1124090000',
    });
    expect(fieldsOf('ural', { kind: 'completion', request: reserved, repeat: true })[0]).toBe('0221');
  });

  it('tells an advice again as it was, at its own time', () => {
    const advised: NamedDebit = { ...debit, flow: 'advise' };
    const first = fieldsOf('baikal', { kind: 'debit', flow: 'advise', request: debit });
    const { 35: _, ...kept } = first;
    const again = fieldsOf('baikal', { kind: 'completion', request: advised, repeat: true });
    expect(again).toEqual({ ...kept, 0: '1221', 7: '1124090115' });
  });

  it.each([
    ['north', '0420', 39],
    ['volga', '0400', 56],
    ['ural', '0420', 39],
    ['baikal', '1420', 25],
  ] as const)('to %s says why a debit is reversed: %s, DE %i', (profile, type, field) => {
    for (const reason of reversalReasons) {
      const request = { ...debit, reason };
      const fields = fieldsOf(profile, { kind: 'reversal', request, repeat: false });
      expect([fields[0], fields[field]]).toEqual([type, bankProfile(profile).reversal.reason.codes[reason]]);
    }
  });

  it('goes out at its own time when it is repeated, and names the original’s', () => {
    const request = { ...debit, reason: 'no-answer' } as const;
    const north = fieldsOf('north', { kind: 'reversal', request, repeat: true });
    expect([north[0], north[7]]).toEqual(['0421', '1124090115']);
    expect(unpackOriginalData(north[90])).toMatchObject({ messageType: '0200', transmittedAt: '1124090000' });
    const told = { ...request, flow: 'advise' } as const;
    const baikal = fieldsOf('baikal', { kind: 'reversal', request: told, repeat: true });
    expect([baikal[0], baikal[7], baikal[24]]).toEqual(['1421', '1124090115', '400']);
    expect(unpackOriginalData93(baikal[56])).toMatchObject({
      messageType: '1220',
      localTime: '261124003005',
    });
  });

  it('asks under a STAN of its own what became of a debit', () => {
    const request = { ...reserved, inquiryStan: '000077' };
    const fields = fieldsOf('ural', { kind: 'inquiry', request });
    expect(fields).toMatchObject({ 0: '0600', 3: '380000', 11: '000077', 37: 'U32809000012' });
    expect(unpackOriginalData(fields[90])).toMatchObject({ messageType: '0100', stan: '000012' });
    expect(fieldsOf('baikal', { kind: 'inquiry', request })).toMatchObject({ 0: '1600', 24: '600' });
  });

  it('signs on in the words of its version', () => {
    const of = (profile: string, code: 'signOn' | 'echo') =>
      Object.fromEntries(networkMessage(bankProfile(profile), code, '000001', nowMs));
    expect(of('north', 'signOn')).toMatchObject({ 0: '0800', 70: '001' });
    expect(of('baikal', 'signOn')).toMatchObject({ 0: '1804', 24: '801' });
    expect(of('baikal', 'echo')).toMatchObject({ 24: '831' });
  });

  it('cannot be made in a currency that nobody has listed', () => {
    const request = { ...debit, currency: 'XAU' };
    expect(() => fieldsOf('north', { kind: 'debit', flow: 'request', request })).toThrow('XAU');
  });
});
