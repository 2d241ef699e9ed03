import { CardDataError, openTrack2 } from '@bivak/card';
import { decideAcceptance, orderBanks } from '@bivak/rules';
import { describe, expect, it } from 'vitest';
import { storyLine } from '../../apps/console/screen/payments/story-words.ts';
import { checkWords, reasonWords, routeReason } from '../../apps/console/screen/words/host-words.ts';
import { reasons } from '../../apps/host/src/banks/reasons.ts';
import { sentences } from '../../apps/host/src/payments/sentences.ts';

const listener = { language: 'ru', bankName: (id: string) => `Банк ${id}`, currency: 'RUB' } as const;
const russian = /[а-яё]/i;

/** Each sentence once, with something of the kind that it is given. */
const told: { readonly [Name in keyof typeof sentences]: string } = {
  rungUp: sentences.rungUp('till-1'),
  accepted: sentences.accepted('online', 'till-1'),
  datedAsItArrived: sentences.datedAsItArrived('9999-01-01T00:00:00.000Z'),
  arrived: sentences.arrived(),
  endedWithoutReceipt: sentences.endedWithoutReceipt('declined-online'),
  sent: sentences.sent('ural', '1.6 % of the sum'),
  budgetSpent: sentences.budgetSpent(0),
  cannotBeSent: sentences.cannotBeSent('the encrypted card data is too short'),
  nothingSent: sentences.nothingSent('ural', reasons.heldBack()),
  noAnswer: sentences.noAnswer('ural', reasons.noAnswer(15_000)),
  answered: sentences.answered('ural', '51'),
  answeredTooLate: sentences.answeredTooLate('ural', '0210', null),
  interruptedBefore: sentences.interruptedBefore('ural'),
  interruptedAfter: sentences.interruptedAfter('ural'),
  reversalSent: sentences.reversalSent('ural'),
  reversalConfirmed: sentences.reversalConfirmed('ural'),
  anotherAttempt: sentences.anotherAttempt('asked-by-cardholder'),
  booked: sentences.booked('declined'),
};

describe('what the host tells in plain English, the console tells in Russian', () => {
  it.each(Object.entries(told))('sentence %s: %s', (_, sentence) => {
    const { what, why } = storyLine(listener, sentence);
    expect(what).toMatch(russian);
    expect(what).not.toBe(sentence);
    if (why !== undefined) expect(why).toMatch(russian);
  });

  it.each([
    sentences.accepted('offline', 'till-1'),
    sentences.anotherAttempt('retry'),
    sentences.answered('ural', '00'),
    sentences.answeredTooLate('ural', '0210', '00'),
    sentences.booked('collected'),
    sentences.booked('cancelled'),
  ])('the other form: %s', (sentence) => expect(storyLine(listener, sentence).what).toMatch(russian));

  it.each(Object.entries(reasons))('reason %s', (_, reason) => {
    expect(reasonWords('ru', reason(15_000))).toMatch(russian);
  });

  it('why card data cannot be opened', () => {
    const ksn = '0123456789abcdef00000001';
    for (const [number, ciphertext] of [
      ['ffffffffffffffffffffffff', 'aa'.repeat(40)],
      [ksn, 'xyz'],
      [ksn, 'aa'],
      [ksn, 'aa'.repeat(40)],
    ] as const) {
      const open = (): unknown => openTrack2(Buffer.alloc(16), number, ciphertext);
      expect(open).toThrow(CardDataError);
      try {
        open();
      } catch (error) {
        expect(reasonWords('ru', (error as Error).message)).toMatch(russian);
      }
    }
    expect(reasonWords('ru', 'the encrypted card is another one than its reference names')).toMatch(russian);
  });

  it('why a bank stands where it stands', () => {
    const contracts = ['north', 'volga'].map((bankId) => ({
      bankId,
      feePercent: '1.7',
      onUsFeePercent: '0.8',
    }));
    const health = new Map([['volga', 'failing' as const]]);
    for (const issuerBankId of ['north', 'volga', null]) {
      for (const { reason } of orderBanks({ amountMinor: 1_000, issuerBankId }, contracts, health))
        expect(routeReason('ru', reason)).toMatch(russian);
    }
  });

  it.each([true, false])('every check of a till (all passed: %s)', (isGood) => {
    const outstanding = isGood ? { sumMinor: 0, count: 0 } : { sumMinor: 900, count: 9 };
    const { checks } = decideAcceptance({
      nowMs: Date.parse('2026-11-24T09:00:00Z'),
      mode: 'offline',
      card: { expiry: isGood ? '3012' : '2001', serviceCode: isGood ? '201' : '221' },
      totalMinor: 100,
      limits: {
        perSaleMinor: 100,
        perCardMinor: 100,
        perCardCount: 1,
        perTillMinor: 100,
        perTillCount: 1,
        stopListMaxAgeMs: 3_600_000,
      },
      stopList: { listed: !isGood, ageMs: isGood ? 0 : null },
      cardOutstanding: outstanding,
      tillOutstanding: outstanding,
      clockBehindMs: isGood ? 0 : 900_000,
    });
    expect(checks.every(({ passed }) => passed)).toBe(isGood);
    for (const check of checks) {
      const { name, found } = checkWords(listener, check);
      expect(name).toMatch(russian);
      expect(found).toMatch(/[а-яё₽]/i);
    }
  });
});
