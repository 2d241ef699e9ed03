import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRenderer } from '../index.ts';
import { type UnsentClaim, type UnsentFacts, unsentClaims, unsentText } from './unsent.ts';

const nowMs = Date.parse('2026-11-24T12:00:00.000Z');
const en = createRenderer({ language: 'en' });
const ru = createRenderer({ language: 'ru' });
const nothing: UnsentFacts = { entries: 0, sales: 0, oldestAtMs: null, unsentDocuments: 0, nowMs };
const said = (facts: Partial<UnsentFacts>, renderer = en): string[] =>
  unsentText({ ...nothing, ...facts }, renderer).map(({ sentence }) => sentence.replaceAll('\u00a0', ' '));

describe('what a till has not sent', () => {
  it('is “all sent” only if nothing waits for the fiscal operator either', () => {
    expect(said({})).toEqual(['All sent']);
    expect(said({ unsentDocuments: 2 })).toEqual(['2 fiscal documents to be sent']);
    expect(said({ unsentDocuments: 2 }, ru)).toEqual(['2 документа ждут ОФД']);
    expect(said({ unsentDocuments: null })[0]).not.toContain('All');
    expect(said({ entries: 4, sales: 1, oldestAtMs: nowMs - 300_000, unsentDocuments: 1 })).toEqual([
      '1 sale to be sent: 5 mins',
      '1 fiscal document to be sent',
    ]);
  });
});

const anyFacts: fc.Arbitrary<UnsentFacts> = fc
  .record({
    others: fc.nat({ max: 30 }),
    sales: fc.nat({ max: 30 }),
    oldestInMs: fc.nat(),
    unsentDocuments: fc.option(fc.nat({ max: 30 })),
  })
  .map(({ others, sales, oldestInMs, unsentDocuments }) => ({
    entries: others + sales,
    sales,
    oldestAtMs: others + sales === 0 ? null : nowMs - oldestInMs,
    unsentDocuments,
    nowMs,
  }));

/** What is true of the till, told apart from how the sentences were chosen. */
const truths: Readonly<Record<UnsentClaim, (facts: UnsentFacts) => boolean>> = {
  'sales-wait': ({ sales }) => sales > 0,
  'entries-wait': ({ entries }) => entries > 0,
  'documents-wait': ({ unsentDocuments }) => unsentDocuments !== null && unsentDocuments > 0,
  'sales-sent': ({ sales }) => sales === 0,
  'nothing-waits': ({ entries, unsentDocuments }) => entries === 0 && unsentDocuments === 0,
};

describe('each sentence of what a till has not sent', () => {
  it('is true, and nothing that waits is left out', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const keys = unsentText(facts, en).map(({ key }) => key);
        for (const key of keys)
          for (const claim of unsentClaims[key] as readonly UnsentClaim[])
            expect(truths[claim](facts), `${key}: ${claim}`).toBe(true);
        expect(keys.length).toBeGreaterThan(0);
        expect(keys.includes('none')).toBe(truths['nothing-waits'](facts));
        expect(keys.includes('documents')).toBe(truths['documents-wait'](facts));
        expect(keys.includes('sales')).toBe(truths['sales-wait'](facts));
      }),
      { numRuns: 500 },
    );
  });
});
