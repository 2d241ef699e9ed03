import { bankProfileNames, debitType } from '@bivak/bank-profiles';
import { describe, expect, it } from 'vitest';
import { oddCodes, otherApprovals } from './codes.ts';
import { completionBehaviours, inquiryBehaviours } from './completion-behaviours.ts';
import { handshakeBehaviours } from './session-behaviours.ts';
import { behaviourNames } from './settings.ts';
import { MindWorld, moneyMessage, transmittedAt } from './testing/world.ts';

const minute = 60_000;
const hour = 60 * minute;
const sum = 40_000;

/** A bank that always does one thing, and a debit, reversal or refund at it. */
class Stage extends MindWorld {
  readonly connection: number;

  constructor(weights: Record<string, number>, seed = 1, profile = 'north') {
    super({ weights, seed }, profile);
    this.connection = this.signOn();
  }

  say(type: string, change: Record<number, string | null> = {}): void {
    this.send(this.connection, moneyMessage(this.profile, type, change));
  }

  debit(number = 1): void {
    const stan = String(number).padStart(6, '0');
    const type = debitType(this.profile, this.profile.debit.deferred);
    this.say(type, { 11: stan, [this.profile.referenceField]: `till-1-${stan}` });
  }

  reverse(number = 1, type = '0420'): void {
    const stan = String(number).padStart(6, '0');
    this.say(type, { 11: stan, [this.profile.referenceField]: `till-1-${stan}` });
  }

  refund(number = 900): void {
    this.say('0200', { 3: '200000', 7: '1125090000', 11: String(number).padStart(6, '0') });
  }

  get codesHere(): (string | undefined)[] {
    return this.codes(this.connection);
  }

  get answersHere(): Map<number, string>[] {
    return this.answers(this.connection);
  }

  kindsHeard(): string[] {
    return this.heard(this.connection).map(({ kind }) => kind);
  }
}

/** Seeds enough that each way in which a behaviour may go is seen. */
const seeds = Array.from({ length: 40 }, (_, index) => index + 1);
const only = (name: string, seed = 1): Stage => new Stage({ [name]: 1 }, seed);
/** What a debit comes to in each of many lives. */
const lives = <Seen>(name: string, live: (stage: Stage) => Seen): Seen[] =>
  seeds.map((seed) => live(only(name, seed)));
const distinct = (items: readonly unknown[]): Set<unknown> => new Set(items);

const shown: Record<string, () => void> = {
  'approves-by-another-code': () => {
    const seen = lives('approves-by-another-code', (stage) => {
      stage.debit();
      expect(stage.netMinor()).toBe(sum);
      return stage.codesHere[0];
    });
    expect(distinct(seen)).toEqual(distinct(otherApprovals));
  },
  'says-an-odd-code': () => {
    const seen = lives('says-an-odd-code', (stage) => {
      stage.debit();
      expect(oddCodes).toContain(stage.codesHere[0]);
      return stage.netMinor();
    });
    expect(distinct(seen)).toEqual(distinct([0, sum]));
  },
  'approves-a-part': () => {
    const seen = lives('approves-a-part', (stage) => {
      stage.debit();
      const net = stage.netMinor();
      expect(net).toBeGreaterThan(0);
      expect(net).toBeLessThan(sum);
      stage.reverse();
      expect(stage.netMinor()).toBe(0);
      const [answer] = stage.answersHere;
      const [says, part] = [answer!.get(39), String(net).padStart(12, '0')];
      return `${says} ${answer!.get(4) === part} ${answer!.get(6) === part} ${answer!.get(54)?.endsWith(part) ?? false}`;
    });
    expect(distinct(seen)).toEqual(
      distinct([
        '10 false false false',
        '32 false false false',
        '10 true false false',
        '00 true false false',
        '10 false false true',
        '10 false true false',
      ]),
    );
  },
  'in-progress': () => {
    const stage = only('in-progress');
    stage.debit();
    expect([stage.codesHere, stage.netMinor()]).toEqual([['09'], 0]);
    stage.pass(hour);
    expect([stage.codesHere, stage.netMinor()]).toEqual([['09', '00', '00', '00', '00'], sum]);
  },
  'declines-then-approves': () => {
    const stage = only('declines-then-approves');
    stage.debit();
    expect([stage.codesHere, stage.netMinor()]).toEqual([['51'], 0]);
    stage.pass(hour);
    expect([stage.codesHere, stage.netMinor()]).toEqual([['51', '00', '00', '00'], sum]);
  },
  'trouble-then-approves': () => {
    const stage = only('trouble-then-approves');
    stage.debit();
    expect(['91', '96']).toContain(stage.codesHere[0]);
    stage.pass(12_000);
    expect([stage.codesHere[1], stage.netMinor()]).toEqual(['00', sum]);
    stage.reverse();
    stage.pass(hour);
    expect(stage.codesHere.slice(2)).toEqual(['00']);
    expect(stage.netMinor()).toBe(0);
  },
  trouble: () => {
    const stage = only('trouble');
    stage.debit();
    stage.pass(hour);
    expect([stage.codesHere.length, stage.netMinor()]).toEqual([1, 0]);
  },
  declines: () => {
    const stage = only('declines');
    stage.debit();
    expect([stage.codesHere, stage.netMinor()]).toEqual([['05'], 0]);
  },
  'sent-twice-by-a-gateway': () => {
    const stage = only('sent-twice-by-a-gateway');
    stage.debit();
    expect([stage.codesHere, stage.netMinor()]).toEqual([['94'], sum]);
  },
  'posts-later': () => {
    const stage = only('posts-later');
    stage.debit();
    expect([stage.codesHere, stage.netMinor(), stage.issuers.paidMinor()]).toEqual([['00'], 0, sum]);
    stage.pass(2 * minute);
    expect(stage.netMinor()).toBe(sum);
    const killed = only('posts-later');
    killed.debit();
    killed.restart();
    expect(killed.netMinor()).toBe(sum);
    const reversed = only('posts-later');
    reversed.debit();
    reversed.reverse();
    reversed.pass(hour);
    expect([reversed.kinds(), reversed.issuers.paidMinor()]).toEqual([['debit', 'reversal'], 0]);
  },
  'debits-after-saying-25': () => {
    const stage = only('debits-after-saying-25');
    stage.debit();
    stage.pass(15_000);
    stage.reverse();
    expect([stage.codesHere, stage.netMinor()]).toEqual([['25'], 0]);
    stage.pass(30_000);
    expect([stage.codesHere, stage.netMinor()]).toEqual([['25', '00'], sum]);
    expect(stage.answersHere[1]!.get(0)).toBe('0210');
    stage.reverse(1, '0421');
    expect([stage.codesHere.at(-1), stage.netMinor()]).toEqual(['00', 0]);
  },
  'debits-after-confirming': () => {
    const stage = only('debits-after-confirming');
    stage.debit();
    stage.reverse();
    expect([stage.answersHere[0]!.get(0), stage.codesHere]).toEqual(['0430', ['00']]);
    stage.pass(30_000);
    expect([stage.answersHere[1]!.get(0), stage.codesHere, stage.netMinor()]).toEqual([
      '0210',
      ['00', '00'],
      sum,
    ]);
    const unasked = only('debits-after-confirming');
    unasked.debit();
    unasked.pass(3 * minute);
    expect([unasked.codesHere, unasked.netMinor()]).toEqual([['00'], sum]);
  },
  'keeps-its-answer': () => {
    const stage = only('keeps-its-answer');
    stage.debit();
    stage.pass(24 * hour);
    expect([stage.codesHere, stage.netMinor()]).toEqual([[], sum]);
  },
  'never-sees-it': () => {
    const stage = only('never-sees-it');
    stage.debit();
    stage.pass(24 * hour);
    expect([stage.codesHere, stage.netMinor()]).toEqual([[], 0]);
  },
  'closes-after-debit': () => {
    const stage = only('closes-after-debit');
    stage.debit();
    expect([stage.isOpen(stage.connection), stage.codesHere, stage.netMinor()]).toEqual([false, [], sum]);
  },
  slow: () => {
    const stage = only('slow');
    stage.debit();
    stage.pass(9_000);
    expect([stage.codesHere, stage.netMinor()]).toEqual([[], sum]);
    stage.pass(81_000);
    expect(stage.codesHere).toEqual(['00']);
  },
  'answers-after-hours': () => {
    const stage = only('answers-after-hours');
    stage.debit();
    stage.pass(59 * minute);
    expect([stage.codesHere, stage.netMinor()]).toEqual([[], sum]);
    stage.hangUp(stage.connection);
    const later = stage.signOn();
    stage.pass(9 * hour);
    expect(stage.codes(later)).toEqual(['00']);
  },
  'debits-after-hours': () => {
    const stage = only('debits-after-hours');
    stage.debit();
    stage.debit(2);
    stage.reverse(2);
    stage.pass(7 * hour);
    expect([stage.codesHere, stage.netMinor()]).toEqual([['00', '00', '00', '00'], sum]);
  },
  'denies-for-ever': () => {
    const stage = only('denies-for-ever');
    stage.debit();
    stage.pass(24 * hour);
    expect([stage.codesHere, stage.netMinor()]).toEqual([['51'], sum]);
  },
  'says-odd-code-to-reversal': () => {
    const seen = lives('says-odd-code-to-reversal', (stage) => {
      stage.debit();
      stage.reverse();
      expect(stage.codesHere[1]).not.toBe('00');
      return stage.netMinor();
    });
    expect(distinct(seen)).toEqual(distinct([0, sum]));
  },
  'never-confirms': () => {
    const seen = lives('never-confirms', (stage) => {
      stage.debit();
      for (let time = 0; time < 5; time++) stage.reverse(1, time === 0 ? '0420' : '0421');
      const [, ...codes] = stage.codesHere;
      expect(distinct(codes).size).toBe(1);
      expect(codes).toHaveLength(5);
      expect(codes[0]).not.toBe('00');
      return stage.netMinor();
    });
    expect(distinct(seen)).toEqual(distinct([0, sum]));
  },
  'leaves-reversal-unanswered': () => {
    const seen = lives('leaves-reversal-unanswered', (stage) => {
      stage.debit();
      stage.reverse();
      expect(stage.codesHere).toEqual(['00']);
      return stage.netMinor();
    });
    expect(distinct(seen)).toEqual(distinct([0, sum]));
  },
  'never-answers-reversals': () => {
    const seen = lives('never-answers-reversals', (stage) => {
      stage.debit();
      stage.reverse();
      stage.pass(hour);
      stage.reverse(1, '0421');
      expect(stage.codesHere).toEqual(['00']);
      return stage.netMinor();
    });
    expect(distinct(seen)).toEqual(distinct([0, sum]));
  },
  'does-not-know-yesterday': () => {
    const stage = only('does-not-know-yesterday');
    stage.debit();
    stage.debit(2);
    stage.reverse();
    stage.pass(24 * hour);
    stage.reverse(2);
    stage.reverse(2, '0421');
    expect([stage.codesHere, stage.netMinor()]).toEqual([['00', '00', '00', '25', '25'], sum]);
    stage.pass(hour);
    expect(stage.answersHere[5]!.get(0)).toBe('0210');
    stage.say('0200', { 3: '200000', 11: '000003', [stage.profile.referenceField]: 'till-1-000002' });
    expect([stage.codesHere.at(-1), stage.netMinor()]).toEqual(['00', 0]);
  },
  'does-not-know-it-yet': () => {
    const stage = only('does-not-know-it-yet');
    stage.debit();
    stage.reverse();
    expect([stage.codesHere, stage.netMinor()]).toEqual([['00', '25'], sum]);
    stage.pass(minute);
    expect([stage.answersHere[2]!.get(0), stage.codesHere]).toEqual(['0210', ['00', '25', '00']]);
    const nothing = only('does-not-know-it-yet');
    nothing.reverse();
    expect(nothing.codesHere).toEqual(['00']);
  },
  'slow-to-reverse': () => {
    const stage = only('slow-to-reverse');
    stage.debit();
    stage.reverse();
    stage.pass(19_000);
    expect([stage.codesHere, stage.netMinor()]).toEqual([['00'], 0]);
    stage.pass(3 * hour);
    expect(stage.codesHere).toEqual(['00', '00']);
  },
  'reverses-later': () => {
    const stage = only('reverses-later');
    stage.debit();
    stage.reverse();
    expect([stage.codesHere, stage.netMinor()]).toEqual([['00', '00'], sum]);
    stage.pass(10 * minute);
    expect(stage.netMinor()).toBe(0);
  },
  'reverses-the-reversal': () => {
    const stage = only('reverses-the-reversal');
    stage.debit();
    stage.reverse();
    expect([stage.codesHere, stage.netMinor(), stage.issuers.paidMinor()]).toEqual([['00', '00'], 0, 0]);
    stage.pass(61_000);
    const [, , own, late] = stage.answersHere;
    expect([own!.get(0), own!.get(90)?.slice(0, 10)]).toEqual(['0420', '0420000001']);
    expect([late!.get(0), late!.get(39)]).toEqual(['0210', '00']);
    expect([stage.netMinor(), stage.issuers.paidMinor()]).toEqual([sum, sum]);
    stage.say('0200', { 3: '200000', 11: '000003' });
    expect([stage.netMinor(), stage.issuers.paidMinor()]).toEqual([0, 0]);
  },
  'confirms-and-does-nothing': () => {
    const stage = only('confirms-and-does-nothing');
    stage.debit();
    stage.reverse();
    stage.pass(24 * hour);
    expect([stage.codesHere, stage.netMinor()]).toEqual([['00', '00'], sum]);
  },
  'keeps-refund-answer': () => {
    const stage = only('keeps-refund-answer');
    stage.debit();
    stage.refund();
    expect([stage.codesHere, stage.netMinor()]).toEqual([['00'], 0]);
    stage.refund();
    expect(stage.codesHere).toEqual(['00', '00']);
  },
  'slow-refund': () => {
    const stage = only('slow-refund');
    stage.debit();
    stage.refund();
    expect([stage.codesHere, stage.netMinor()]).toEqual([['00', '09'], sum]);
    stage.pass(10 * minute);
    expect([stage.codesHere, stage.netMinor()]).toEqual([['00', '09', '00'], 0]);
  },
  'refuses-refund': () => {
    const stage = only('refuses-refund');
    stage.debit();
    stage.refund();
    expect(['57', '40', '96']).toContain(stage.codesHere[1]);
    expect(stage.netMinor()).toBe(sum);
  },
  'own-rrn': () => {
    const stage = only('own-rrn');
    stage.debit();
    expect(stage.answersHere[0]!.get(37)).toMatch(/^B\d{11}$/);
  },
  'no-rrn': () => {
    const stage = only('no-rrn');
    stage.debit();
    expect(stage.answersHere[0]!.has(37)).toBe(false);
  },
  'own-stan': () => {
    const stage = only('own-stan');
    stage.debit();
    expect(stage.answersHere[0]!.get(11)).not.toBe('000001');
  },
  'minimal-echo': () => {
    const seen = lives('minimal-echo', (stage) => {
      stage.debit();
      return [...stage.answersHere[0]!.keys()].join(' ');
    });
    expect(distinct(seen)).toEqual(distinct(['0 11 37 38 39 41', '0 11 38 39 41']));
  },
  'no-amount': () => {
    const stage = only('no-amount');
    stage.debit();
    stage.reverse();
    stage.issuers.balances.clear();
    stage.issuers.balances.set('4761739001010119', 0);
    stage.debit(2);
    expect(stage.answersHere.map((answer) => [answer.get(39), answer.has(4)])).toEqual([
      ['00', true],
      ['00', false],
      ['51', false],
    ]);
  },
  'no-reference': () => {
    const stage = only('no-reference');
    stage.debit();
    expect(stage.answersHere[0]!.has(stage.profile.referenceField)).toBe(false);
  },
  'wrong-type': () => {
    const seen = lives('wrong-type', (stage) => {
      stage.debit();
      stage.reverse();
      return stage.answersHere.map((answer) => answer.get(0));
    }).flat();
    expect(distinct(seen)).toEqual(distinct(['0110', '0211', '0130', '0431']));
  },
  'advice-answered-as-request': () => {
    const stage = only('advice-answered-as-request');
    stage.debit();
    stage.reverse();
    expect(stage.answersHere.map((answer) => answer.get(0))).toEqual(['0210', '0410']);
  },
  'blank-code-38': () => {
    const seen = lives('blank-code-38', (stage) => {
      stage.debit();
      return stage.answersHere[0]!.get(38);
    });
    expect(distinct(seen)).toEqual(distinct(['      ', '000000', '\0\0\0\0\0\0', undefined]));
  },
  'code-38-in-decline': () => {
    const stage = only('code-38-in-decline');
    stage.issuers.balances.set('4761739001010119', 0);
    stage.debit();
    expect([stage.codesHere[0], stage.answersHere[0]!.get(38)]).toEqual([
      '51',
      expect.stringMatching(/^\d{6}$/),
    ]);
  },
  'wrong-sum': () => {
    const stage = only('wrong-sum');
    stage.debit();
    expect(Number(stage.answersHere[0]!.get(4))).toBeGreaterThan(sum);
  },
  'wrong-currency': () => {
    const stage = only('wrong-currency');
    stage.debit();
    expect(['840', '978', '810']).toContain(stage.answersHere[0]!.get(49));
  },
  'wrong-reference': () => {
    const stage = only('wrong-reference');
    stage.debit();
    expect(stage.answersHere[0]!.get(stage.profile.referenceField)).toMatch(/^till-9-/);
  },
  'more-fields': () => {
    const stage = only('more-fields');
    stage.debit();
    expect(stage.answersHere[0]!.get(54)).toMatch(/^0002643C\d{12}$/);
  },
  doubled: () => {
    const stage = only('doubled');
    stage.debit();
    stage.pass(3 * hour);
    const [first, second, ...more] = stage
      .heard(stage.connection)
      .filter(({ fields }) => fields?.get(0) === '0210');
    expect(more).toEqual([]);
    expect(second!.bytes).toEqual(first!.bytes);
  },
  unreadable: () => {
    const stage = only('unreadable');
    stage.debit();
    expect(stage.kindsHeard()).toEqual(['message', 'unreadable']);
  },
  'sloppy-fields': () => {
    for (const profile of bankProfileNames) {
      const stage = new Stage({ 'sloppy-fields': 1 }, 1, profile);
      stage.debit();
      const [, heard] = stage.heard(stage.connection);
      expect(heard!.bytes.toString('latin1')).toContain(profile === 'volga' ? '  ' : '    ');
      expect(heard!.kind).toBe('unreadable');
    }
  },
  cut: () => {
    const stage = only('cut');
    stage.debit();
    expect([stage.kindsHeard(), stage.isOpen(stage.connection)]).toEqual([['message', 'rest'], false]);
  },
  'wrong-length': () => {
    const stage = only('wrong-length');
    stage.debit();
    expect([stage.kindsHeard(), stage.isOpen(stage.connection)]).toEqual([['message', 'rest'], true]);
  },
  'in-pieces': () => {
    const stage = only('in-pieces');
    stage.debit();
    stage.debit(2);
    expect(stage.kindsHeard()).toEqual(['message', 'rest']);
    stage.pass(100);
    expect(stage.codesHere).toEqual(['00', '00']);
  },
  swapped: () => {
    const stage = only('swapped');
    stage.debit(1);
    stage.debit(2);
    const { referenceField } = stage.profile;
    const seen = stage.answersHere.map((answer) => [
      answer.get(11),
      answer.get(37),
      answer.get(referenceField),
    ]);
    expect(seen).toEqual([
      ['000002', '000000000002', 'till-1-000001'],
      ['000001', '000000000001', 'till-1-000002'],
    ]);
    stage.debit(3);
    stage.pass(1_000);
    expect(stage.answersHere[2]!.get(11)).toBe('000003');
  },
  'refuses-sign-on': () => {
    const [answer] = only('refuses-sign-on').heard(1);
    expect(['91', '96']).toContain(answer!.fields!.get(39));
  },
  'ignores-sign-on': () => {
    const stage = only('ignores-sign-on');
    expect([stage.heard(1), stage.isOpen(1)]).toEqual([[], true]);
  },
  'closes-at-sign-on': () => expect(only('closes-at-sign-on').isOpen(1)).toBe(false),
  'slow-to-sign-on': () => {
    const stage = only('slow-to-sign-on');
    expect(stage.heard(1)).toEqual([]);
    stage.pass(5_000);
    expect(stage.heard(1)[0]!.fields!.get(39)).toBe('00');
  },
  'keep-alive': () => {
    const seen = bankProfileNames.flatMap((profile) =>
      seeds.map((seed) => {
        const stage = new Stage({ 'keep-alive': 1 }, seed, profile);
        stage.pass(36_000);
        return stage.kindsHeard().filter((kind) => kind === 'keep-alive').length;
      }),
    );
    expect(distinct(seen)).toEqual(distinct([1, 30]));
  },
  'echo-request': () => expect(ownNetworkCode('echo-request')).toBe('301'),
  'sign-on-request': () => expect(ownNetworkCode('sign-on-request')).toBe('001'),
  'key-exchange': () => expect(['161', '101']).toContain(ownNetworkCode('key-exchange')),
  'cut-over': () => {
    const stage = new Stage({ 'cut-over': 1, 'does-not-know-yesterday': 1 });
    stage.debit();
    stage.pass(20_000);
    expect(stage.heard(1).at(-1)!.fields!.get(70)).toBe('201');
    expect(stage.mind.businessDate()).toBe('2026-11-25');
    stage.reverse();
    expect(stage.codesHere.at(-1)).toBe('25');
    stage.pass(hour);
    expect(stage.mind.businessDate()).toBe('2026-11-25');
  },
  'sign-off': () => {
    const stage = only('sign-off');
    expect(ownNetworkCode('sign-off')).toBe('002');
    stage.pass(20_000);
    stage.debit();
    expect([stage.isOpen(1), stage.kinds()]).toEqual([false, []]);
  },
  'own-reversal': () => {
    const stage = only('own-reversal');
    stage.pass(20_000);
    const [asked] = stage.answersHere;
    expect([asked!.get(0), asked!.get(90)?.slice(0, 4)]).toEqual(['0420', '0200']);
    stage.pass(30_000);
    expect(stage.answersHere.map((fields) => fields.get(0))).toContain('0421');
    stage.say('0430', { 11: asked!.get(11)!, 39: '25', 90: null });
    expect(stage.mind.ownRequests()[0]!.answer).toEqual({ type: '0430', responseCode: '25' });
  },
  'own-advice': () => expect(ownType('own-advice')).toBe('0620'),
  reconciliation: () => expect(ownType('reconciliation')).toBe('0500'),
  'unknown-request': () => expect(ownType('unknown-request')).toBe('0302'),
  'fail-over': () => {
    const stage = only('fail-over');
    stage.debit(1);
    stage.pass(19_000);
    stage.debit(2);
    stage.pass(1_000);
    expect(stage.isOpen(1)).toBe(false);
    const next = stage.signOn();
    const reversal = moneyMessage(stage.profile, '0420', { 11: '000002' });
    stage.send(next, reversal);
    expect([stage.codes(next), stage.netMinor()]).toEqual([['25'], 2 * sum]);
  },
  'drops-connection': () => {
    const stage = only('drops-connection');
    stage.pass(20_000);
    expect(stage.isOpen(1)).toBe(false);
  },
  'unreadable-message': () => {
    const stage = only('unreadable-message');
    stage.pass(20_000);
    expect([stage.kindsHeard(), stage.isOpen(1)]).toEqual([['message', 'unreadable'], true]);
  },
  garbage: () => {
    const stage = only('garbage');
    stage.pass(20_000);
    expect(stage.heard(1).at(-1)!.bytes.toString('latin1')).toContain('Bad Request');
  },
  'repeats-old-answer': () => {
    const stage = only('repeats-old-answer');
    stage.debit();
    stage.pass(20_000);
    const [first, again] = stage.heard(1).filter(({ fields }) => fields?.get(0) === '0210');
    expect(again!.bytes).toEqual(first!.bytes);
  },
  'answers-nobody': () => {
    const stage = only('answers-nobody');
    stage.pass(20_000);
    expect([stage.codesHere, stage.kinds()]).toEqual([['00'], []]);
  },
  'refuses-a-card': () => {
    const stage = only('refuses-a-card');
    stage.debit();
    expect([stage.codesHere, stage.kinds()]).toEqual([['58'], []]);
    const some = distinct(
      seeds.map((seed) => {
        const half = new Stage({ 'refuses-a-card': 0.5 }, seed);
        half.debit(1);
        half.debit(2);
        expect(half.codesHere[0]).toBe(half.codesHere[1]);
        return half.codesHere[0];
      }),
    );
    expect(some).toEqual(distinct(['58', '00']));
  },
  'lost-an-issuer': () => {
    const stage = only('lost-an-issuer');
    stage.debit();
    stage.pass(30 * 24 * hour);
    stage.debit(2);
    expect([stage.codesHere, stage.kinds()]).toEqual([['91', '91'], []]);
  },
};

function ownNetworkCode(name: string): string | undefined {
  const stage = only(name);
  stage.pass(20_000);
  return stage.heard(1).at(-1)!.fields!.get(70);
}

function ownType(name: string): string | undefined {
  const stage = only(name);
  stage.pass(20_000);
  return stage.answersHere[0]!.get(0);
}

/** Shown by the tests of banks that reserve, that authenticate their messages, and that are reached by TLS. */
const shownElsewhere: readonly string[] = [
  ...[...completionBehaviours, ...inquiryBehaviours, ...handshakeBehaviours].map(({ name }) => name),
  'wrong-code',
  'no-code',
];
const names = behaviourNames.filter((name) => !shownElsewhere.includes(name));

describe('a bank that always', () => {
  it.each(names)('%s: on the wire and in its books', (name) => {
    expect(Object.keys(shown)).toContain(name);
    shown[name]!();
  });
});

describe('the behaviours', () => {
  it('have a name each, and a test each', () => {
    expect(names.toSorted()).toEqual(Object.keys(shown).toSorted());
    expect(new Set(behaviourNames).size).toBe(behaviourNames.length);
  });

  it('say in the log what they have said', () => {
    const stage = only('says-an-odd-code');
    stage.debit();
    stage.hangUp(1);
    const said = stage.mind.said().filter(({ type }) => type === '0210');
    expect(said).toEqual([
      expect.objectContaining({ reference: 'till-1-000001', by: ['says-an-odd-code'], isWritten: true }),
    ]);
    expect(transmittedAt).toBe('1124090000');
  });
});
