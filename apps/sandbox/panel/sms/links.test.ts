import { describe, expect, it } from 'vitest';
import { linkedParts } from './links.ts';

describe('a message with an address in it', () => {
  it('leads where the address leads, and no further', () => {
    expect(linkedParts('Оплатить: http://127.0.0.1:1/d/till-1-000022.aq2u.-Jl1_c0.')).toEqual([
      { text: 'Оплатить: ' },
      {
        text: 'http://127.0.0.1:1/d/till-1-000022.aq2u.-Jl1_c0',
        link: 'http://127.0.0.1:1/d/till-1-000022.aq2u.-Jl1_c0',
      },
      { text: '.' },
    ]);
    expect(linkedParts('Спасибо!')).toEqual([{ text: 'Спасибо!' }]);
    expect(linkedParts('javascript:alert(1)')).toEqual([{ text: 'javascript:alert(1)' }]);
  });
});
