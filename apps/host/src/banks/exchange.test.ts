import { bankProfile } from '@bivak/bank-profiles';
import { describe, expect, it } from 'vitest';
import { answerOf, answersRequest, keyOf, lateAnswerOf, matchesRequest, sanitizedCode } from './exchange.ts';

const profile = bankProfile('north');
const request = { currency: 'RUB', reference: 'till-1-000012', stan: '000012', rrns: ['632812000012'] };
const response = (change: Record<number, string> = {}): Map<number, string> =>
  new Map([
    [0, '0210'],
    [4, '000000040000'],
    [11, '000012'],
    [37, '632812000012'],
    [39, '51'],
    [44, '03'],
    [profile.referenceField, 'till-1-000012   '],
    ...Object.entries(change).map(([field, value]) => [Number(field), value] as const),
  ]);
const matches = matchesRequest(profile, request);
const answerTo = (change: Record<number, string> = {}) =>
  answerOf(profile, { kind: 'response', response: response(change) }, 15_000, matches);

describe('an exchange with a bank', () => {
  it('ends with what the bank decided, the issuer’s advice included if the profile has a field for it', () => {
    const answered = {
      kind: 'answered',
      responseCode: '51',
      authorisationCode: null,
      amountMinor: 40_000,
      bankRrn: null,
    };
    expect(answerTo()).toEqual({ ...answered, adviceCode: '03' });
    const { adviceCodeField: _, ...without } = profile;
    expect(answerOf(without, { kind: 'response', response: response() }, 15_000, matches)).toEqual({
      ...answered,
      adviceCode: null,
    });
  });

  it.each([
    { 4: '40000 RUB' },
    { 11: '000013', 37: '632812000013' },
    { 49: '840' },
    { [profile.referenceField]: 'till-1-000013' },
    { 39: '\0\0' },
    { 39: '512' },
  ])('is a mismatch if the response says %o', (change) =>
    expect(answerTo(change)).toEqual({ kind: 'unknown', failure: { kind: 'answer-mismatch' } }),
  );

  it('is unknown if no response came', () => {
    expect(answerOf(profile, { kind: 'timeout' }, 15_000, matches)).toEqual({
      kind: 'unknown',
      failure: { kind: 'no-answer', timeoutMs: 15_000 },
    });
    expect(answerOf(profile, { kind: 'connection-lost' }, 15_000, matches)).toEqual({
      kind: 'unknown',
      failure: { kind: 'connection-lost' },
    });
  });
});

describe('an answer', () => {
  it('has an authorisation code only if DE 38 holds one', () => {
    for (const empty of ['      ', '000000', '\0\0\0\0\0\0'])
      expect(answerTo({ 38: empty })).toMatchObject({ authorisationCode: null });
    expect(answerTo({ 38: '00A100' })).toMatchObject({ authorisationCode: '00A100' });
  });

  it('says the sum of an approval where the bank’s profile has it', () => {
    const in54 = { ...profile, approvedAmountField: 54 } as const;
    const fields = response({ 54: '0010643D000000030000' });
    const answer = answerOf(in54, { kind: 'response', response: fields }, 15_000, matches);
    expect(answer).toMatchObject({ amountMinor: 30_000 });
    expect(answerTo({ 54: '0002643C000000030000' })).toMatchObject({ amountMinor: 40_000 });
  });

  it('is found by its STAN alone if the bank repeats nothing else', () => {
    const minimal = new Map([[11, '000012']]);
    expect(matches(minimal)).toBe(false);
    expect(matchesRequest({ ...profile, echoedFields: [11] }, request)(minimal)).toBe(true);
    const rrnToo = { ...profile, echoedFields: [11, 37] };
    expect(matchesRequest(rrnToo, request)(minimal)).toBe(false);
  });

  it.each([
    ['0210', true],
    ['0211', true],
    ['0230', true],
    ['0430', true],
    ['0410', true],
    ['0810', true],
    ['0110', true],
    ['1210', false],
    ['0200', false],
    ['0310', false],
  ])('of type %s answers a request of ours: %s', (type, does) =>
    expect(answersRequest(profile, type)).toBe(does),
  );

  it('bears the bank’s own RRN if the profile says so', () => {
    const ural = { ...profile, givesRrn: true, echoedFields: [11, profile.referenceField] };
    const fields = response({ 37: 'B32812000012' });
    const answer = answerOf(
      ural,
      { kind: 'response', response: fields },
      15_000,
      matchesRequest(ural, request),
    );
    expect(answer).toMatchObject({ kind: 'answered', bankRrn: 'B32812000012' });
  });

  it('that nobody waits for is about what its type says, and about a debit where that may be', () => {
    const about = (name: string, type: string) =>
      lateAnswerOf(bankProfile(name), name, response({ 0: type })).answers;
    expect(['0210', '0110', '0430', '0410', '0130'].map((type) => about('north', type))).toEqual([
      'debit',
      'debit',
      'reversal',
      'reversal',
      'reversal',
    ]);
    expect(['0110', '0230', '0130', '0210', '0430'].map((type) => about('ural', type))).toEqual([
      'debit',
      'completion',
      'completion',
      'completion',
      'reversal',
    ]);
    expect(about('baikal', '1230')).toBe('debit');
  });
});

describe('a request', () => {
  it('has the key of its response, and of no other', () => {
    const sent = response({ 0: '0200' });
    expect(keyOf(sent)).toBe(keyOf(response()));
    for (const other of [{ 0: '0400' }, { 11: '000013' }])
      expect(keyOf(sent)).not.toBe(keyOf(response(other)));
  });
});

describe('a code in a response', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['\0\0', null],
    ['A1B2\0\0', 'A1B2'],
    [' 00 ', '00'],
    ['5 1', null],
    ['4761739001010119', null],
  ])('%j is sanitized to %j', (value, code) => expect(sanitizedCode(value)).toBe(code));
});
