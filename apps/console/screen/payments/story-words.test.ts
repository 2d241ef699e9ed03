import { describe, expect, it } from 'vitest';
import { routeReason, storyLine } from './story-words.ts';

describe('a payment’s story in Russian', () => {
  it.each([
    ['accepted offline at till-1', 'принято офлайн на кассе till-1'],
    ['sent to ural: issued the card itself: 0.8 %', 'отправлено в ural: сам выпустил карту: 0,8 %'],
    [
      'sent to north: 1.6 % of the sum, after the others because it fails lately',
      'отправлено в north: 1,6 % от суммы, после других, потому что недавно сбоил',
    ],
    ['volga answered 51: not enough money on the account', 'volga: отказ (51)'],
    ['volga answered 00: approved', 'volga: одобрено (00)'],
    ['volga did not answer: no answer in 15 s', 'volga не ответил'],
    ['reversal sent to volga', 'отмена отправлена в volga'],
    ['another attempt, by the schedule', 'новая попытка по графику'],
  ])('%s', (english, russian) => {
    expect(storyLine('ru', english)).toBe(russian);
    expect(storyLine('en', english)).toBe(english);
  });

  it('is left as the host tells it where there are no words', () => {
    expect(storyLine('ru', 'something new')).toBe('something new');
    expect(routeReason('ru', '1.7 % of the sum')).toBe('1,7 % от суммы');
  });
});
