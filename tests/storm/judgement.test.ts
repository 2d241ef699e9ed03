import type { sandboxApi } from '@bivak/contracts';
import type { Alarm, AttemptState, PaymentState } from '@bivak/domain';
import { describe, expect, it } from 'vitest';
import { type Evidence, type FaultClass, type HeldPayment, judge } from './judgement.ts';

const saleId = 'till-1-000001';
const nowMs = Date.parse('2026-11-30T00:00:00.000Z');
const at = '2026-11-24T09:00:00.000Z';

const line = (kind: 'debit' | 'reversal' | 'refund', amountMinor = 500): sandboxApi.DayFileLine => ({
  businessDate: '2026-11-24',
  number: 1,
  at,
  kind,
  reference: saleId,
  amountMinor,
  currency: 'RUB',
  maskedPan: '476173******0119',
  terminalId: 'T1',
  stan: '000001',
  rrn: '632809000001',
  authorisationCode: null,
});
const held = (
  state: PaymentState,
  attempt: AttemptState,
  toldOf: HeldPayment['toldOf'] = [],
): HeldPayment => ({
  saleId,
  state,
  openSinceMs: Date.parse(at),
  isRetryForbidden: false,
  attempts: [{ number: 1, state: attempt }],
  toldOf,
});
const alarm = (kind: 'payment-needs-decision' | 'approved-late', endedAt: string | null): Alarm =>
  ({
    alarmId: 'a',
    tillId: 'till-1',
    kind,
    data: { paymentId: saleId, attempt: 1 },
    state: endedAt === null ? 'raised' : 'ended',
    raisedAt: at,
    lastSeenAt: at,
    acknowledgedAt: null,
    acknowledgedBy: null,
    endedAt,
  }) as Alarm;

function faultsOf(evidence: Partial<Evidence>, end: 'accepted' | 'abandoned' = 'accepted'): string[] {
  const sales = [{ saleId, amountMinor: 500, end }];
  const all: Evidence = {
    sales,
    payments: [],
    lines: [],
    alarms: [],
    nowMs,
    isHonest: false,
    sums: { kept: [], counted: [] },
    ...evidence,
  };
  return Object.keys(judge(all)).toSorted();
}

describe('the judgement of a storm', () => {
  it('finds nothing if host and books agree', () => {
    expect(faultsOf({ payments: [held('collected', 'approved')], lines: [line('debit')] })).toEqual([]);
    expect(faultsOf({ payments: [held('cancelled', 'reversed')] }, 'abandoned')).toEqual([]);
    const lines = [line('debit'), line('debit'), line('refund')];
    expect(faultsOf({ payments: [held('collected', 'approved')], lines })).toEqual([]);
  });

  it.each<[FaultClass, PaymentState, sandboxApi.DayFileLine[]]>([
    ['double', 'collected', [line('debit'), line('debit')]],
    ['not-debited', 'collected', []],
    ['wrong-sum', 'collected', [line('debit', 200)]],
    ['cancelled-but-debited', 'cancelled', [line('debit')]],
    ['declined-but-debited', 'declined', [line('debit')]],
    ['given-back-too-much', 'cancelled', [line('debit'), line('reversal'), line('refund')]],
  ])('finds what is %s', (fault, state, lines) => {
    const payments = [{ ...held(state, 'approved'), isRetryForbidden: true }];
    expect(faultsOf({ payments, lines }, state === 'collected' ? 'accepted' : 'abandoned')).toEqual([fault]);
  });

  it('finds a sale without a payment, and one that is never collected', () => {
    expect(faultsOf({})).toEqual(['lost']);
    expect(faultsOf({ payments: [held('declined', 'declined')] })).toEqual(['uncollected']);
  });

  it('takes an alarm that stands for an end, and none that was never raised', () => {
    const payments = [held('reversing', 'disputed', [{ kind: 'disputed', attempt: 1 }])];
    expect(faultsOf({ payments, alarms: [alarm('payment-needs-decision', null)] })).toEqual([]);
    expect(faultsOf({ payments })).toEqual(['missed-alarm', 'no-end', 'uncollected']);
    const late = [held('collected', 'approved', [{ kind: 'approved-late', attempt: 1 }])];
    expect(faultsOf({ payments: late, lines: [line('debit')] })).toEqual(['missed-alarm']);
  });

  it('takes any alarm about honest banks for a false one', () => {
    const payments = [held('collected', 'approved')];
    const alarms = [alarm('approved-late', at)];
    expect(faultsOf({ payments, lines: [line('debit')], alarms, isHonest: true })).toEqual(['false-alarm']);
  });

  it('a sum that is not what a full count gives', () => {
    const sum = { place: 'payments 1 collected north', count: 1, sum: 100 };
    expect(faultsOf({ sales: [], sums: { kept: [sum], counted: [sum] } })).toEqual([]);
    expect(faultsOf({ sales: [], sums: { kept: [sum], counted: [{ ...sum, count: 2 }] } })).toEqual([
      'sums-differ',
    ]);
    expect(faultsOf({ sales: [], sums: { kept: [sum], counted: [] } })).toEqual(['sums-differ']);
  });
});
