import { describe, expect, it } from 'vitest';
import { readinessOf } from './readiness.ts';

describe('readiness', () => {
  it('is there if everything works, and names what does not', async () => {
    expect(await readinessOf([{ name: 'database', fault: () => null }])).toEqual({
      status: 'ready',
      checks: [{ name: 'database', ok: true, fault: null }],
    });
    const answer = await readinessOf([
      {
        name: 'database',
        fault: () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })),
      },
      { name: 'banks', fault: async () => 'none signed on' },
      { name: 'workers', fault: () => null },
      {
        name: 'bug',
        fault: () => {
          throw new TypeError('a bug');
        },
      },
    ]);
    expect(answer).toEqual({
      status: 'not-ready',
      checks: [
        { name: 'database', ok: false, fault: 'ECONNREFUSED' },
        { name: 'banks', ok: false, fault: 'none signed on' },
        { name: 'workers', ok: true, fault: null },
        { name: 'bug', ok: false, fault: 'failed' },
      ],
    });
  });

  it('does not wait for who does not answer', async () => {
    const answer = await readinessOf([{ name: 'drive', fault: () => new Promise(() => {}) }]);
    expect(answer.checks).toEqual([{ name: 'drive', ok: false, fault: 'no answer' }]);
  });
});
