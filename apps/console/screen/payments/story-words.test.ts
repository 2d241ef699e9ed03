import { describe, expect, it } from 'vitest';
import type { Listener } from '../words/host-words.ts';
import { storyLine } from './story-words.ts';

const names: Record<string, { ru: string; en: string }> = {
  volga: { ru: 'Банк Волга', en: 'Volga Bank' },
  ural: { ru: 'Банк Урал', en: 'Ural Bank' },
};
const listener = (language: 'ru' | 'en'): Listener => ({
  language,
  bankName: (id) => names[id]?.[language] ?? id,
  currency: 'RUB',
});

describe('a payment’s story', () => {
  it.each([
    ['accepted offline at till-1', 'Принято офлайн на кассе till-1', undefined],
    [
      'sent to ural: issued the card itself: 0.8 %',
      'Отправлено: Банк Урал',
      'банк сам выпустил карту: 0,8 %',
    ],
    [
      'sent to north: 1.6 % of the sum, after the others because it fails lately',
      'Отправлено: north',
      '1,6 % от суммы, после других, потому что недавно сбоил',
    ],
    [
      'volga answered 51: not enough money on the account',
      'Банк Волга: не одобрено (51)',
      'на счёте не хватает денег',
    ],
    ['volga answered 00: approved', 'Банк Волга: одобрено (00)', undefined],
    ['volga did not answer: no answer in 15 s', 'Банк Волга не ответил', 'Нет ответа за 15 с'],
    [
      'volga did not answer: the connection was lost before the answer',
      'Банк Волга не ответил',
      'Связь с банком оборвалась до ответа',
    ],
    [
      "dated as it arrived: the till's clock said 9999-01-01T00:00:00.000Z",
      'Время продажи взято по приходу на хост',
      'Часы кассы показывали 9999-01-01T00:00:00.000Z',
    ],
    [
      'nothing was sent to volga: not signed on with the bank',
      'Банк Волга: ничего не отправлено',
      'Банк не на связи',
    ],
    [
      'the host was interrupted before anything left for volga',
      'Хост был прерван',
      'Банк Волга: ничего не ушло, отменять нечего',
    ],
    [
      'the till ended the sale without a receipt (declined-online)',
      'Касса завершила продажу без чека',
      'Банк не провёл эту оплату.',
    ],
    [
      'cannot be sent: the encrypted card data is too short',
      'Отправить нельзя',
      'Зашифрованные данные карты слишком короткие',
    ],
    ['another attempt, by the schedule', 'Новая попытка по графику', undefined],
  ])('%s', (english, what, why) => {
    expect(storyLine(listener('ru'), english)).toMatchObject({ what });
    expect(storyLine(listener('ru'), english).why).toBe(why);
    expect(JSON.stringify(storyLine(listener('en'), english))).not.toMatch(/[а-яё]/i);
  });

  it('names the banks in English too', () => {
    expect(storyLine(listener('en'), 'sent to ural: 1.7 % of the sum')).toMatchObject({
      what: 'Sent to Ural Bank',
      why: '1.7 % of the sum',
    });
  });

  it('is left as the host tells it where there are no words', () => {
    expect(storyLine(listener('ru'), 'something new')).toEqual({ what: 'something new', sign: 'plain' });
  });
});
