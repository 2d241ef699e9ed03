import { responseMeaning } from '@bivak/rules';
import { describe, expect, it } from 'vitest';
import { alarmWords, checkWords, declineWords } from './host-words.ts';

const russian = { language: 'ru', bankName: (id: string) => id, currency: 'RUB' } as const;

describe('the host’s words in Russian', () => {
  it.each([
    [
      'sum of the sale',
      '420000 of at most 500000',
      'Сумма продажи',
      '4\u00a0200,00\u00a0₽ из 5\u00a0000,00\u00a0₽',
    ],
    ['sales on the card', '1 of at most 6', 'Продаж по карте', '1 из 6'],
    ['stop-list age', '14 h old, at most 168 h', 'Возраст стоп-листа', '14 ч, не больше 168 ч'],
    ['expiry', 'good through 2029-05', 'Срок карты', 'по 05.2029'],
    [
      'clock',
      '0 s behind the journal, at most 300 s',
      'Часы кассы',
      'отстают от журнала на 0 с, не больше 300 с',
    ],
    ['offline permitted', 'service code 201', 'Карта допускает офлайн', 'сервисный код 201'],
  ])('check %s: %s', (name, detail, russianName, found) => {
    expect(checkWords(russian, { name, detail })).toEqual({ name: russianName, found });
  });

  it('know every answer that a bank may give', () => {
    const codes = Array.from({ length: 100 }, (_, code) => String(code).padStart(2, '0'));
    const english = codes.filter((code) => !/[а-я]/.test(declineWords('ru', responseMeaning(code))));
    expect(english).toEqual([]);
  });

  it('leave what they do not know as it is', () => {
    expect(checkWords(russian, { name: 'new', detail: 'thing' })).toEqual({ name: 'new', found: 'thing' });
    expect(declineWords('ru', 'declined with code Z9')).toBe('отказ с кодом Z9');
    expect(declineWords('ru', 'stolen card')).toBe('карта украдена');
    expect(alarmWords('ru', 'line 3 is not JSON')).toBe('строка 3 не читается');
  });
});
