import { packOriginalData } from '@bivak/iso8583';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { MindWorld, moneyMessage, testPan, transmittedAt } from './testing/world.ts';

describe('an honest bank', () => {
  let world: MindWorld;
  let connection: number;
  beforeEach(() => {
    world = new MindWorld();
    connection = world.signOn();
  });
  const { profile } = new MindWorld();
  const send = (type: string, change: Record<number, string> = {}): void =>
    world.send(connection, moneyMessage(profile, type, change));
  const ask = (type: string, change: Record<number, string> = {}): string | undefined => {
    const before = world.codes(connection).length;
    send(type, change);
    return world.codes(connection)[before];
  };

  it('answers what it is asked, with the fields of the request and its own authorisation code', () => {
    send('0200');
    const [answer] = world.answers(connection);
    const asked = moneyMessage(profile, '0200');
    for (const number of [2, 3, 4, 7, 11, 12, 13, 37, 41, 42, 49, profile.referenceField])
      expect(answer!.get(number)).toBe(asked.get(number));
    expect([answer!.get(0), answer!.get(38), answer!.get(39)]).toEqual(['0210', '000001', '00']);
  });

  it.each([
    ['0200', 'before a sign-on'],
    ['0100', 'that it does not know'],
    ['0210', 'that answers nothing'],
  ])('closes the connection at a %s %s', (type) => {
    const fresh = type === '0200' ? world.connect() : connection;
    world.send(fresh, moneyMessage(profile, type));
    expect(world.isOpen(fresh)).toBe(false);
    expect(world.records).toEqual([]);
  });

  it('closes the connection at bytes that are no message', () => {
    world.sendBytes(connection, Buffer.from([0, 5, 1, 2, 3, 4, 5]));
    expect(world.isOpen(connection)).toBe(false);
  });

  it.each([
    [2, '47617390010'],
    [4, '000000000000'],
    [7, '1324090000'],
    [14, '4913'],
    [35, '4761739001010118=4912201'],
    [37, 'a b'],
    [49, '840'],
    [48, ''],
    [60, '77'],
    [3, '010000'],
  ])('says 30 if field %i is %j, and books nothing', (field, value) => {
    expect(ask('0200', { [field]: value })).toBe('30');
    expect(world.records).toEqual([]);
  });

  it('says 03 to another merchant and while it has blocked the account, 58 to another terminal', () => {
    expect(ask('0200', { 42: 'SOMEBODY ELSE  ' })).toBe('03');
    expect(ask('0200', { 41: 'TERM0002' })).toBe('58');
    world.mind.setMode('blocked');
    expect(ask('0200')).toBe('03');
    expect(world.records).toEqual([]);
  });

  it('debits once, whether asked again at the same time or after a restart, and refuses another under its name', () => {
    world.issuers.answers = 'held';
    send('0200');
    send('0200');
    world.issuers.answers = 'at-once';
    world.release();
    expect(world.codes(connection)).toEqual(['00', '00']);
    world.restart();
    connection = world.signOn();
    expect(ask('0200')).toBe('00');
    for (const other of [
      { 4: '000000040001' },
      { 2: '4761739001010010' },
      { 7: '1124090001' },
      { [profile.referenceField]: 'till-1-000002' },
    ])
      expect(ask('0200', other)).toBe('94');
    expect(world.kinds()).toEqual(['debit']);
  });

  it('reverses after the debit which the reversal has overtaken on another connection', () => {
    const other = world.signOn();
    world.issuers.answers = 'held';
    send('0200');
    world.send(other, moneyMessage(profile, '0420'));
    world.issuers.answers = 'at-once';
    world.release();
    expect([world.codes(connection), world.codes(other)]).toEqual([['00'], ['00']]);
    expect(world.kinds()).toEqual(['debit', 'reversal']);
    expect(world.issuers.paidMinor()).toBe(0);
  });

  it('reverses once, however often it is told', () => {
    send('0200');
    expect([ask('0420'), ask('0421'), ask('0421')]).toEqual(['00', '00', '00']);
    expect(world.kinds()).toEqual(['debit', 'reversal']);
  });

  it('takes a reversal of another transmission, or before its debit, as one of nothing', () => {
    send('0200');
    const other = packOriginalData({ messageType: '0200', stan: '000001', transmittedAt: '1124090001' });
    expect(ask('0420', { 90: other })).toBe('00');
    expect(ask('0420', { 11: '000002' })).toBe('00');
    expect(ask('0200', { 11: '000002' })).toBe('94');
    expect(world.kinds()).toEqual(['debit', 'reversal-of-nothing', 'reversal-of-nothing']);
    expect(world.netMinor()).toBe(40_000);
  });

  it('says 91 if the issuer’s answer was lost, and undoes there what it may have done', () => {
    world.issuers.answers = 'lost-after-debit';
    expect(ask('0200')).toBe('91');
    expect(world.issuers.paidMinor()).toBe(40_000);
    world.issuers.answers = 'out-of-reach';
    world.pass(6_000);
    world.issuers.answers = 'at-once';
    world.restart();
    expect(world.issuers.paidMinor()).toBe(0);
    connection = world.signOn();
    expect(ask('0200')).toBe('91');
    expect(world.kinds()).toEqual([]);
  });

  it('says 91 to a reversal while the issuer is out of reach', () => {
    send('0200');
    world.issuers.answers = 'out-of-reach';
    expect(ask('0420')).toBe('91');
    world.issuers.answers = 'at-once';
    expect(ask('0421')).toBe('00');
    expect(world.kinds()).toEqual(['debit', 'reversal']);
  });

  it('keeps silent and debits, if it is set so', () => {
    world.mind.setMode('silent');
    send('0200');
    expect(world.answers(connection)).toEqual([]);
    world.mind.setMode('up');
    expect(ask('0420')).toBe('00');
    expect(world.kinds()).toEqual(['debit', 'reversal']);
  });

  it('gives a debit back by a refund, once, and only one that stands', () => {
    send('0200');
    const refund = { 3: '200000', 7: '1125090000' };
    expect(ask('0200', { ...refund, 11: '000002' })).toBe('00');
    expect(ask('0200', { ...refund, 11: '000002' })).toBe('00');
    expect(ask('0200', { ...refund, 11: '000003' })).toBe('12');
    expect(world.kinds()).toEqual(['debit', 'refund']);
    expect([world.netMinor(), world.issuers.paidMinor()]).toEqual([0, 0]);
    expect(ask('0420')).toBe('00');
    expect(world.kinds()).toEqual(['debit', 'refund', 'reversal-of-nothing']);
  });

  it('answers echoes and sign-offs, and says 30 to what it does not do', () => {
    const network = (code: string): void =>
      world.send(connection, [
        [0, '0800'],
        [7, transmittedAt],
        [11, '000009'],
        [70, code],
      ]);
    for (const code of ['301', '161', '002']) network(code);
    const codes = world.heard(connection).map(({ fields }) => [fields?.get(70), fields?.get(39)]);
    expect(codes).toEqual([
      ['001', '00'],
      ['301', '00'],
      ['161', '30'],
      ['002', '00'],
    ]);
    send('0200');
    expect(world.isOpen(connection)).toBe(false);
  });

  it('ends its business day at midnight in Moscow, and files what has moved under its day', () => {
    send('0200');
    world.pass(12 * 3_600_000);
    send('0420');
    expect(world.mind.dayFile().map(({ businessDate, kind }) => [businessDate, kind])).toEqual([
      ['2026-11-24', 'debit'],
      ['2026-11-25', 'reversal'],
    ]);
    expect(world.mind.dayFile('2026-11-24')).toHaveLength(1);
  });

  it('writes no card number into its books', () => {
    send('0200');
    send('0420');
    expect(JSON.stringify(world.records)).not.toContain(testPan);
    expect(JSON.stringify(world.mind.dayFile())).toContain('476173******0119');
  });

  it('does nothing of its own accord', () => {
    send('0200');
    world.pass(7 * 86_400_000);
    expect(world.mind.nextDueMs()).toBeNull();
    expect(world.mind.ownRequests()).toEqual([]);
  });

  it('has books that always agree with the issuers', () => {
    const step = fc.record({
      type: fc.constantFrom('0200', '0420', '0421', 'pass', 'restart'),
      stan: fc.constantFrom('000001', '000002'),
      answers: fc.constantFrom('at-once' as const, 'lost-after-debit' as const, 'out-of-reach' as const),
      balanceMinor: fc.constantFrom(0, 100_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        world = new MindWorld();
        connection = world.signOn();
        for (const { type, stan, answers, balanceMinor } of steps) {
          world.issuers.answers = answers;
          world.issuers.balances.set(testPan, balanceMinor);
          if (type === 'pass') world.pass(5_000);
          else if (type === 'restart') {
            world.restart();
            connection = world.signOn();
          } else send(type, { 11: stan });
        }
        world.issuers.answers = 'at-once';
        world.pass(10_000);
        expect(world.netMinor()).toBe(world.issuers.paidMinor());
        const books = structuredClone(world.mind.books());
        world.restart();
        expect(world.mind.books()).toEqual(books);
      }),
      { numRuns: 100 },
    );
  });
});
