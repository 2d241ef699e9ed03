import { beforeEach, describe, expect, it } from 'vitest';
import { MindWorld, moneyMessage } from './testing/world.ts';

const dayMs = 86_400_000;

describe('a bank that reserves and debits by an advice', () => {
  let world: MindWorld;
  let connection: number;
  const begin = (weights: Record<string, number> = {}): void => {
    world = new MindWorld({ weights }, 'ural');
    connection = world.signOn();
  };
  beforeEach(() => begin());
  const ask = (type: string, change: Record<number, string | null> = {}): Map<number, string> | undefined => {
    const before = world.answers(connection).length;
    world.send(connection, moneyMessage(world.profile, type, change));
    return world.answers(connection)[before];
  };
  const code = (type: string, change: Record<number, string | null> = {}): string | undefined =>
    ask(type, change)?.get(39);

  it('holds the sum at the issuer, and debits when it is told so, once', () => {
    const reserved = ask('0100');
    expect(reserved?.get(0)).toBe('0110');
    expect(reserved?.get(38)).toBe('000001');
    expect(world.issuers.paidMinor()).toBe(40_000);
    expect(world.netMinor()).toBe(0);
    expect(code('0220', { 7: '1124090010' })).toBe('00');
    expect(code('0221', { 7: '1124090020' })).toBe('00');
    expect(world.kinds()).toEqual(['reservation', 'debit']);
    expect([world.netMinor(), world.issuers.paidMinor()]).toEqual([40_000, 40_000]);
  });

  it('gives each request an RRN of its own, and finds by it what follows', () => {
    const own = ask('0100')!.get(37)!;
    expect(own).not.toBe('000000000001');
    expect(code('0220', { 37: own })).toBe('00');
    expect(code('0420', { 37: own })).toBe('00');
    expect(world.kinds()).toEqual(['reservation', 'debit', 'reversal']);
  });

  it('lets a reservation go that is reversed, and debits nothing under its name afterwards', () => {
    code('0100');
    expect(code('0420')).toBe('00');
    expect(code('0220')).toBe('25');
    expect(world.kinds()).toEqual(['reservation', 'release']);
    expect([world.netMinor(), world.issuers.paidMinor()]).toEqual([0, 0]);
  });

  it('forgets a reservation that nobody completes, also over a restart', () => {
    code('0100');
    world.pass(3 * dayMs);
    world.restart();
    connection = world.signOn();
    expect(world.issuers.paidMinor()).toBe(40_000);
    world.pass(4 * dayMs);
    expect(world.issuers.paidMinor()).toBe(0);
    expect(code('0220')).toBe('25');
    expect(world.kinds()).toEqual(['reservation', 'lapse']);
  });

  it('completes what it had reserved before its plug was pulled', () => {
    code('0100');
    world.restart();
    connection = world.signOn();
    expect(code('0220')).toBe('00');
    expect(world.netMinor()).toBe(40_000);
  });

  it('debits no other sum than it has reserved, and nothing that it has not', () => {
    expect(code('0220')).toBe('25');
    code('0100', { 11: '000002' });
    expect(code('0220', { 11: '000002', 4: '000000040001' })).toBe('25');
    expect(code('0200', { 11: '000003' })).toBe('30');
    expect(world.netMinor()).toBe(0);
  });

  it('says what became of a request when it is asked', () => {
    const inquire = (stan: string) =>
      code('0600', { 11: stan, 90: `0100000001${'1124090000'}${'0'.repeat(22)}` });
    expect(inquire('000801')).toBe('25');
    code('0100');
    expect(inquire('000802')).toBe('00');
    code('0220');
    expect(inquire('000803')).toBe('00');
    code('0420');
    expect(inquire('000804')).toBe('25');
  });

  it.each([
    ['loses-completion', undefined, 0],
    ['keeps-completion-answer', undefined, 40_000],
    ['declines-completion', expect.stringMatching(/^(25|05|12)$/), 0],
  ])('%s: says %s, and has debited %i', (name, said, netMinor) => {
    begin({ [name]: 1 });
    code('0100');
    expect(code('0220')).toEqual(said);
    expect(world.netMinor()).toBe(netMinor);
  });

  it('completes later what it has declined, says so, and not if it was reversed before', () => {
    begin({ 'declines-then-completes': 1 });
    code('0100');
    expect(code('0220')).toBe('25');
    world.pass(60_000);
    expect(world.netMinor()).toBe(40_000);
    expect(world.answers(connection).at(-1)?.get(0)).toBe('0230');
    begin({ 'declines-then-completes': 1 });
    code('0100');
    code('0220');
    code('0420');
    world.pass(60_000);
    expect(world.netMinor()).toBe(0);
  });
});

describe('a bank of 1993 that is told of what was sold offline', () => {
  let world: MindWorld;
  let connection: number;
  const begin = (weights: Record<string, number> = {}): void => {
    world = new MindWorld({ weights }, 'baikal');
    connection = world.signOn();
  };
  beforeEach(() => begin());
  const ask = (type: string, change: Record<number, string | null> = {}): Map<number, string> | undefined => {
    const before = world.answers(connection).length;
    world.send(connection, moneyMessage(world.profile, type, change));
    return world.answers(connection)[before];
  };

  it('debits once, however often it is told, and answers in the codes of 1993', () => {
    const first = ask('1220');
    expect([first?.get(0), first?.get(39)]).toEqual(['1230', '000']);
    expect(ask('1221', { 7: '1124090020' })?.get(39)).toBe('000');
    expect(ask('1420', { 25: '4021' })?.get(39)).toBe('400');
    expect(world.kinds()).toEqual(['debit', 'reversal']);
    world.issuers.balances.set('4761739001010119', 0);
    expect(ask('1220', { 11: '000002' })?.get(39)).toBe('116');
  });

  it('takes an advice up again whose answer from the issuer it had lost with its plug', () => {
    world.issuers.answers = 'held';
    ask('1220');
    world.issuers.answers = 'at-once';
    world.restart();
    connection = world.signOn();
    world.pass(10_000);
    expect(ask('1221', { 7: '1124090020' })?.get(39)).toBe('000');
    expect([world.netMinor(), world.issuers.paidMinor()]).toEqual([40_000, 40_000]);
  });

  it('wants to read why a debit is reversed', () => {
    ask('1220');
    expect(ask('1420', { 25: '1510' })?.get(39)).toBe('904');
  });

  it('believes no message without the right code, and moves nothing', () => {
    const { header } = world.profile;
    expect(header).toBe('binary-2');
    world.send(connection, moneyMessage(world.profile, '1220'));
    const bytes = Buffer.from(world.heard(connection).at(-1)!.bytes);
    expect(bytes.length).toBeGreaterThan(0);
    const before = world.kinds().length;
    const spoiled = world.framedMessage(moneyMessage(world.profile, '1220', { 11: '000009' }));
    spoiled[spoiled.length - 1]! ^= 1;
    world.sendBytes(connection, spoiled);
    expect(world.answers(connection).at(-1)?.get(39)).toBe('916');
    expect(world.kinds()).toHaveLength(before);
  });

  it.each(['wrong-code', 'no-code'])('%s: its answer bears no code that belongs to it', (name) => {
    begin({ [name]: 1 });
    const answer = ask('1220');
    expect(answer?.get(39)).toBe('000');
    expect(world.isLastAuthentic(connection)).toBe(false);
    begin();
    ask('1220');
    expect(world.isLastAuthentic(connection)).toBe(true);
  });
});
