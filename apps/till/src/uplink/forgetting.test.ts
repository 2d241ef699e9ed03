import { describe, expect, it } from 'vitest';
import type { Journal } from '../journal/index.ts';
import { forgetting } from './forgetting.ts';

/** Up to which entry what was destroyed, in turn. */
function forgettingWith(openSinceSeq: number | null, fail = false) {
  const destroyed: [string, number][] = [];
  const errors: string[] = [];
  const journal = {
    destroyAttachments(name: string, throughSeq: number) {
      if (fail) throw new Error('the disk is full');
      destroyed.push([name, throughSeq]);
    },
  } as unknown as Journal;
  const forget = forgetting({
    journal,
    sales: { openSinceSeq: () => openSinceSeq },
    log: { error: (_, message) => void errors.push(message) },
  });
  return { forget, destroyed, errors };
}

describe('what the host has', () => {
  it('is destroyed at the till', () => {
    const { forget, destroyed } = forgettingWith(null);
    forget(12);
    expect(destroyed).toEqual([
      ['card', 12],
      ['contact', 12],
    ]);
  });

  it('keeps the telephone number of a sale that has no end: the receipt bears it', () => {
    const { forget, destroyed } = forgettingWith(9);
    forget(12);
    expect(destroyed).toEqual([
      ['card', 12],
      ['contact', 8],
    ]);
  });

  it('holds up no shipping if it cannot be destroyed now', () => {
    const { forget, errors } = forgettingWith(null, true);
    expect(() => forget(12)).not.toThrow();
    expect(errors).toHaveLength(1);
  });
});
