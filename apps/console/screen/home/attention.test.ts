import type { hostApi } from '@bivak/contracts';
import { describe, expect, it } from 'vitest';
import { whatNeedsAPerson } from './attention.ts';

const nowMs = Date.parse('2026-11-24T12:00:00.000Z');
const payment = (id: string, bankDueAt: string): hostApi.Payment => ({
  id,
  tillId: 'till-1',
  state: 'routed',
  amountMinor: 1,
  currency: 'RUB',
  maskedPan: '220220******1234',
  mode: 'offline',
  soldAt: bankDueAt,
  receivedAt: bankDueAt,
  bankDueAt,
  collectedAt: null,
  bankId: null,
  issuer: null,
  debtId: null,
});
const bank = (bankId: string, link: hostApi.Bank['link'], health: hostApi.Bank['health']): hostApi.Bank => ({
  bankId,
  name: { ru: bankId, en: bankId },
  link,
  health,
  feePercent: '1',
  onUsFeePercent: '1',
  collected: 0,
  collectedMinor: 0,
  lastAnswerAt: null,
});
const till = (lastContactAt: string, alarm: string | null): hostApi.TillSummary => ({
  tillId: 'till-1',
  place: '',
  enrolledAt: null,
  lastContactAt,
  acknowledgedSeq: 0,
  stopListVersion: null,
  sales: 0,
  alarm: alarm === null ? null : { what: alarm, at: lastContactAt },
});
const seen = { banks: [], tills: [], waiting: [], nowMs, language: 'ru' } as const;

describe('what needs a person', () => {
  it('leaves a payment alone that has only just arrived', () => {
    expect(
      whatNeedsAPerson({ ...seen, waiting: [payment('till-1-000001', '2026-11-25T11:00:00.000Z')] }),
    ).toEqual([]);
  });

  it('tells late payments in one line, the most urgent named', () => {
    const waiting = [
      payment('till-1-000003', '2026-11-24T17:00:00.000Z'),
      payment('till-1-000002', '2026-11-24T11:00:00.000Z'),
      payment('till-1-000001', '2026-11-24T10:00:00.000Z'),
    ];
    expect(whatNeedsAPerson({ ...seen, waiting })).toMatchObject([
      { words: 'overdue', values: { count: 2, payment: 'till-1-000001' }, search: { stage: 'toBeSent' } },
      { words: 'dueSoon', values: { count: 1 }, params: { paymentId: 'till-1-000003' } },
    ]);
  });

  it('puts the most urgent first, in the reader’s language', () => {
    const found = whatNeedsAPerson({
      ...seen,
      banks: [
        bank('down', 'down', 'failing'),
        bank('shut', 'signed-on', 'blocked'),
        bank('good', 'signed-on', 'healthy'),
      ],
      tills: [till('2026-11-23T12:00:00.000Z', 'entry after 5: broken-chain')],
    });
    expect(found.map(({ words }) => words)).toEqual(['bankBlocked', 'tillAlarm', 'tillSilent', 'bankDown']);
    expect(found[1]!.values.what).toBe('после записи 5 цепочка прервана');
  });
});
