import { describe, expect, it } from 'vitest';
import { actionCodes, asIso87 } from './action-codes.ts';
import { readAnswer } from './response-codes.ts';
import { classifyDecline } from './scheme-rules.ts';

const read = (responseCode: string) =>
  readAnswer({ responseCode, authorisationCode: null, amountMinor: null }, 1).class;

describe('the action codes of 1993', () => {
  it('have three digits, and say the same as the code of 1987 that they stand for', () => {
    for (const [code, { as87, class: own }] of Object.entries(actionCodes)) {
      expect(code).toMatch(/^\d{3}$/);
      expect(read(code)).toBe(own);
      const isRefusal = own === 'declined' || own === 'merchant-blocked';
      if (isRefusal || own === 'approved') expect([code, read(as87)]).toEqual([code, own]);
    }
  });

  it('are retried as the schemes want it for the code of 1987', () => {
    const atMs = Date.parse('2026-11-24T09:00:00Z');
    const classOf = (code: string) => classifyDecline('visa', code, null, atMs).retryClass;
    expect(['208', '209', '116', '101', '100'].map(classOf)).toEqual([
      'never',
      'never',
      'later',
      'mend-data',
      'generic',
    ]);
    expect(asIso87('51')).toBe('51');
  });
});
