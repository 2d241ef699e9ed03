import { describe, expect, it } from 'vitest';
import { bankRequestAct, bankRequestAnswer } from './bank-requests.ts';

const network = (code: string) =>
  new Map([
    [0, '0800'],
    [70, code],
  ] as const);

const iso87 = { version: '1987' } as const;
const iso93 = { version: '1993' } as const;

describe('a request of the bank’s own', () => {
  it.each([
    ['301', 'answer'],
    ['001', 'sign-on'],
    ['002', 'sign-off'],
    ['201', 'cut-over'],
    ['161', 'refuse'],
    ['101', 'refuse'],
    ['999', 'refuse'],
  ])('0800 with %s: %s', (code, act) => expect(bankRequestAct(iso87, network(code))).toBe(act));

  it('is refused if it is about money, whatever DE 70 says', () => {
    for (const type of ['0200', '0420', '0620', '0500'])
      expect(bankRequestAct(iso87, new Map([[0, type], [70, '301']]))).toBe('refuse'); // biome-ignore format: one message
  });

  it.each([
    ['0800', '0810'],
    ['0420', '0430'],
    ['0421', '0430'],
    ['0620', '0630'],
    ['0200', '0210'],
  ])('%s is answered by %s', (type, answer) => {
    const fields = bankRequestAnswer(iso87, new Map([[0, type], [11, '000007'], [2, '4761739001010119']]), '40'); // biome-ignore format: one message
    expect([...fields]).toEqual([[0, answer], [11, '000007'], [39, '40']]); // biome-ignore format: one message
  });

  it.each([
    ['831', 'answer'],
    ['801', 'sign-on'],
    ['802', 'sign-off'],
    ['821', 'cut-over'],
    ['811', 'refuse'],
  ])('1804 with %s: %s', (code, act) => {
    const request = new Map([[0, '1804'], [11, '000007'], [24, code]] as const); // biome-ignore format: one message
    expect(bankRequestAct(iso93, request)).toBe(act);
    const answer = bankRequestAnswer(iso93, request, '800');
    expect([...answer]).toEqual([[0, '1814'], [11, '000007'], [24, code], [39, '800']]); // biome-ignore format: one message
  });
});
