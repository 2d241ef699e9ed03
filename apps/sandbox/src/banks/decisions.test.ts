import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bankProfile } from '@bivak/bank-profiles';
import { systemClock } from '@bivak/clock';
import { packOriginalData } from '@bivak/iso8583';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordFile } from '../fiscal-keeping/record-file.ts';
import { openRecordFile } from '../fiscal-keeping/record-file.ts';
import { type Bank, type BankMode, type Issuers, resolveOpenRequests, responseTo } from './decisions.ts';
import { createInTurn } from './in-turn.ts';
import { Ledger, type LedgerRecord } from './ledger.ts';

const profile = bankProfile('north');
const pan = '4761739001010119';
const transmittedAt = '1124090000';

/** An issuer whose answers the test lets out, or loses. */
class ScriptedIssuers implements Issuers {
  readonly debited = new Set<string>();
  readonly undone = new Set<string>();
  answers: 'at-once' | 'lost-after-debit' | 'out-of-reach' = 'at-once';
  code = '00';

  async authorise({ stan, rrn }: { stan: string; rrn: string }): Promise<string> {
    await new Promise((resolve) => setImmediate(resolve));
    const name = `${stan} ${rrn}`;
    if (this.answers === 'out-of-reach') throw new Error('out of reach');
    if (this.code === '00' && !this.undone.has(name)) this.debited.add(name);
    if (this.answers === 'lost-after-debit') throw new Error('no answer');
    return this.undone.has(name) ? '94' : this.code;
  }
  async reverse({ stan, rrn }: { stan: string; rrn: string }): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.answers === 'out-of-reach') throw new Error('out of reach');
    this.undone.add(`${stan} ${rrn}`);
    this.debited.delete(`${stan} ${rrn}`);
  }
}

const message = (type: string, change: Record<number, string> = {}): Map<number, string> => {
  const fields: Record<number, string> = {
    0: type,
    2: pan,
    3: '000000',
    4: '000000040000',
    7: transmittedAt,
    11: '000001',
    12: '110000',
    13: '1124',
    14: '4912',
    22: '071',
    25: '06',
    37: '000000000001',
    41: 'TERM0001',
    42: 'MERCHANT0000001',
    49: '643',
    [profile.referenceField]: 'till-1-000001',
    ...(type.startsWith('02') ? { [profile.indicator.field]: profile.indicator.deferred } : {}),
    ...(type.startsWith('04')
      ? { 90: packOriginalData({ messageType: '0200', stan: '000001', transmittedAt }) }
      : {}),
    ...change,
  };
  return new Map(Object.entries(fields).map(([number, value]) => [Number(number), value]));
};

describe('a bank decides', () => {
  let records: LedgerRecord[];
  let issuers: ScriptedIssuers;
  let mode: BankMode;
  let bank: Bank;
  const session = { isSignedOn: true };
  const file: RecordFile = {
    append: (record) => void records.push(structuredClone(record) as LedgerRecord),
    close: () => {},
  };
  const open = (): Bank => ({
    profile,
    terminals: [{ terminalId: 'TERM0001', merchantId: 'MERCHANT0000001' }],
    ledger: new Ledger(file, records),
    issuers,
    clock: systemClock,
    inTurn: createInTurn(),
    mode: () => mode,
  });
  beforeEach(() => {
    records = [];
    issuers = new ScriptedIssuers();
    mode = 'up';
    bank = open();
  });
  const send = async (fields: Map<number, string>): Promise<string | undefined> =>
    (await responseTo(bank, session, fields)).get(39);
  const kinds = () => bank.ledger.list().map(({ kind }) => kind);

  it('nothing before a sign-on, and nothing that it does not know', async () => {
    await expect(responseTo(bank, { isSignedOn: false }, message('0200'))).rejects.toThrow(
      'before a sign-on',
    );
    await expect(responseTo(bank, session, message('0100'))).rejects.toThrow('0100 is not known here');
    expect(records).toEqual([]);
  });

  it.each([
    [2, '476173900101011X'],
    [4, '000000000000'],
    [7, '1324090000'],
    [11, ''],
    [14, '4913'],
    [35, '4761739001010118=4912201'],
    [37, 'a b'],
    [49, '840'],
    [48, ''],
    [60, '77'],
  ])('30 where field %i is %j, and books nothing', async (field, value) => {
    expect(await send(message('0200', { [field]: value }))).toBe('30');
    expect(records).toEqual([]);
  });

  it('03 for another merchant and while it has blocked the account, 58 for another terminal; none is booked', async () => {
    expect(await send(message('0200', { 42: 'SOMEBODY ELSE  ' }))).toBe('03');
    expect(await send(message('0200', { 41: 'TERM0002' }))).toBe('58');
    mode = 'blocked';
    expect(await send(message('0200'))).toBe('03');
    expect(records).toEqual([]);
  });

  it('one debit, whether requested again at the same time or after a restart, and refuses another under its name', async () => {
    expect(await Promise.all([send(message('0200')), send(message('0200'))])).toEqual(['00', '00']);
    bank = open();
    expect(await send(message('0200'))).toBe('00');
    for (const other of [
      { 4: '000000040001' },
      { 2: '4761739001010010' },
      { 7: '1124090001' },
      { [profile.referenceField]: 'till-1-000002' },
    ])
      expect(await send(message('0200', other))).toBe('94');
    expect(kinds()).toEqual(['debit']);
  });

  it('a reversal after the debit which it overtook on another connection', async () => {
    expect(await Promise.all([send(message('0200')), send(message('0420'))])).toEqual(['00', '00']);
    expect(kinds()).toEqual(['debit', 'reversal']);
    expect(issuers.debited.size).toBe(0);
  });

  it('a repeated reversal once', async () => {
    await send(message('0200'));
    expect([await send(message('0420')), await send(message('0421')), await send(message('0421'))]).toEqual([
      '00',
      '00',
      '00',
    ]);
    expect(kinds()).toEqual(['debit', 'reversal']);
  });

  it('a reversal that names another transmission as one of nothing', async () => {
    await send(message('0200'));
    const other = packOriginalData({ messageType: '0200', stan: '000001', transmittedAt: '1124090001' });
    expect(await send(message('0420', { 90: other }))).toBe('00');
    expect(kinds()).toEqual(['debit', 'reversal-of-nothing']);
    expect(issuers.debited.size).toBe(1);
  });

  it('91 where the issuer’s answer was lost, and undoes there what it may have done', async () => {
    issuers.answers = 'lost-after-debit';
    expect(await send(message('0200'))).toBe('91');
    expect(issuers.debited.size).toBe(1);
    issuers.answers = 'out-of-reach';
    await resolveOpenRequests(bank);
    expect(bank.ledger.openRequests()).toHaveLength(1);
    issuers.answers = 'at-once';
    bank = open(); // the plug was pulled in between
    await resolveOpenRequests(bank);
    expect(issuers.debited.size).toBe(0);
    expect(await send(message('0200'))).toBe('91');
    expect(kinds()).toEqual([]);
  });

  it('a reversal as not done while the issuer is out of reach', async () => {
    await send(message('0200'));
    issuers.answers = 'out-of-reach';
    expect(await send(message('0420'))).toBe('91');
    issuers.answers = 'at-once';
    expect(await send(message('0421'))).toBe('00');
    expect(kinds()).toEqual(['debit', 'reversal']);
  });

  it('so that its books always agree with the issuers', async () => {
    const step = fc.record({
      type: fc.constantFrom('0200', '0420', '0421', 'settle', 'restart'),
      stan: fc.constantFrom('000001', '000002'),
      answers: fc.constantFrom('at-once' as const, 'lost-after-debit' as const, 'out-of-reach' as const),
      code: fc.constantFrom('00', '51'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        records = [];
        issuers = new ScriptedIssuers();
        bank = open();
        for (const { type, stan, answers, code } of steps) {
          issuers.answers = answers;
          issuers.code = code;
          if (type === 'settle') await resolveOpenRequests(bank);
          else if (type === 'restart') bank = open();
          else {
            const original = packOriginalData({ messageType: '0200', stan, transmittedAt });
            await send(message(type, { 11: stan, ...(type.startsWith('04') ? { 90: original } : {}) }));
          }
        }
        issuers.answers = 'at-once';
        await resolveOpenRequests(bank);
        const balance = bank.ledger
          .list()
          .reduce((sum, { kind }) => sum + (kind === 'debit' ? 1 : kind === 'reversal' ? -1 : 0), 0);
        expect(balance).toBe(issuers.debited.size);
        expect(new Ledger(file, records).list()).toEqual(bank.ledger.list());
      }),
      { numRuns: 60 },
    );
  });
});

describe('the books', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-ledger-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are the same after they were read again, and hold no card number', () => {
    const path = join(folder, 'ledger.jsonl');
    const first = openRecordFile(path);
    const ledger = new Ledger(first.file, []);
    const name = { stan: '000001', rrn: '000000000001', terminalId: 'TERM0001', transmittedAt };
    ledger.note({ ...name, kind: 'requested', at: '2026-11-24T09:00:00.000Z' });
    ledger.book({
      ...name,
      kind: 'debit',
      at: '2026-11-24T09:00:00.000Z',
      reference: 'till-1-000001',
      maskedPan: '476173******0119',
      amountMinor: 100,
      currency: 'RUB',
      responseCode: '00',
    });
    first.file.close();
    const again = openRecordFile(path);
    expect(new Ledger(again.file, again.records as LedgerRecord[]).list()).toEqual(ledger.list());
    again.file.close();
  });
});
