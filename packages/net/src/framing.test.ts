import { describe, expect, it } from 'vitest';
import { bufferedFraming, lineFraming } from './framing.ts';

describe('lines', () => {
  const text = 'one\n\nзвёзды и рубли ₽\n';
  it('are told apart wherever the stream is cut, also inside of a letter', () => {
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const lines = lineFraming(100)();
      expect([...lines(bytes.subarray(0, cut)), ...lines(bytes.subarray(cut))]).toEqual([
        'one',
        '',
        'звёзды и рубли ₽',
      ]);
    }
  });

  it('are given before the stream is refused for a line without an end', () => {
    const lines = lineFraming(5)();
    const given: string[] = [];
    expect(() => {
      for (const line of lines(Buffer.from('good\nendless'))) given.push(line);
    }).toThrow('more than 5 bytes');
    expect(given).toEqual(['good']);
  });
});

describe('a buffered framing', () => {
  const pairs = bufferedFraming((arrived) => {
    const whole = arrived.length - (arrived.length % 2);
    const text = arrived.toString('latin1', 0, whole);
    return { messages: text.match(/../g) ?? [], rest: arrived.subarray(whole) };
  });

  it('keeps what is not complete, for each connection by itself', () => {
    const [first, second] = [pairs(), pairs()];
    expect([...first(Buffer.from('abc'))]).toEqual(['ab']);
    expect([...second(Buffer.from('x'))]).toEqual([]);
    expect([...first(Buffer.from('d'))]).toEqual(['cd']);
    expect([...second(Buffer.from('y'))]).toEqual(['xy']);
  });
});
