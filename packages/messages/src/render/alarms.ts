import type { AlarmFacts, AlarmKind, QuarantineKind, QuarantineReason } from '@bivak/domain';
import type { Renderer } from './renderer.ts';

type Tell<Kind extends AlarmKind> = (
  data: Extract<AlarmFacts, { kind: Kind }>['data'],
  renderer: Renderer,
) => string;

const tells: { [Kind in AlarmKind]: Tell<Kind> } = {
  'journal-refused': ({ afterSeq, fault, waitingEntries: count }, { t, intakeFault }) =>
    t('alarm.journal-refused.entries', { fault: intakeFault(fault, afterSeq), count }),
  'entry-quarantined': ({ seq, reason, saleId: sale, amountMinor, currency }, renderer) => {
    const { t, money, quarantineReason } = renderer;
    const facts = { seq, reason: quarantineReason(reason) };
    if (sale === null || amountMinor === null || currency === null)
      return t('alarm.entry-quarantined.other', facts);
    return t('alarm.entry-quarantined.sale', { ...facts, sale, sum: money(amountMinor, currency) });
  },
  'card-data-unreadable': ({ fault, sales: count, sumMinor, currency, since }, renderer) => {
    const facts = {
      sum: renderer.money(sumMinor, currency),
      since: renderer.instant(since),
      fault: renderer.cardDataFault(fault),
    };
    // One may have been altered on its way; its till is told of the reader from the second on.
    if (count === 1) return renderer.t('alarm.card-data-unreadable.single', facts);
    return renderer.t('alarm.card-data-unreadable.sales', { ...facts, count });
  },
  'sales-waiting': ({ sales: count, sumMinor, currency, since }, { t, money, instant }) =>
    t('alarm.sales-waiting.sales', { count, sum: money(sumMinor, currency), since: instant(since) }),
  'sale-unended': ({ paymentId: payment, since, amountMinor, currency }, { t, money, instant }) =>
    t('alarm.sale-unended', { payment, sum: money(amountMinor, currency), since: instant(since) }),
  'clock-off': ({ offMs }, { t, duration }) =>
    t(offMs > 0 ? 'alarm.clock-off.fast' : 'alarm.clock-off.slow', {
      lasting: duration(Math.abs(offMs), { withSeconds: true }),
    }),
  'enrolment-attempts': ({ wrongCodes }, { t }) => t('alarm.enrolment-attempts', { wrongCodes }),
  'approved-late': ({ paymentId, bankId, amountMinor, currency, responseCode: code }, renderer) => {
    const { t, bank, money } = renderer;
    const facts = { payment: paymentId, bank: bank(bankId), sum: money(amountMinor, currency) };
    return code === null
      ? t('alarm.approved-late.noCode', facts)
      : t('alarm.approved-late.code', { ...facts, code });
  },
  'payment-needs-decision': ({ paymentId, attempt, bankId, amountMinor, currency, cause }, renderer) =>
    renderer.t('alarm.payment-needs-decision', {
      payment: paymentId,
      attempt,
      bank: renderer.bank(bankId),
      sum: renderer.money(amountMinor, currency),
      cause: renderer.disputeCause(cause),
    }),
  'debt-needs-decision': ({ paymentId, amountMinor, currency, shortfall }, renderer) =>
    renderer.t('alarm.debt-needs-decision', {
      payment: paymentId,
      sum: renderer.money(amountMinor, currency),
      shortfall: renderer.noticeShortfall(shortfall),
    }),
  'payment-stuck': ({ paymentId, state, since, amountMinor, currency }, renderer) =>
    renderer.t('alarm.payment-stuck', {
      payment: paymentId,
      sum: renderer.money(amountMinor, currency),
      since: renderer.instant(since),
      state: renderer.paymentState(state),
    }),
};

/** What is wrong with a till or a payment, in one sentence about it. */
export function alarmText(renderer: Renderer, { kind, data }: AlarmFacts): string {
  const tell = tells[kind] as (data: AlarmFacts['data'], renderer: Renderer) => string;
  return tell(data, renderer);
}

type Quarantine = {
  [Kind in QuarantineKind]: (reason: Extract<QuarantineReason, { kind: Kind }>, renderer: Renderer) => string;
};

const quarantines: Quarantine = {
  'unknown-kind': ({ entryKind }, { t }) => t('quarantineReason.unknown-kind', { entryKind }),
  'newer-version': ({ entryKind, version }, { t }) =>
    t('quarantineReason.newer-version', { entryKind, version }),
  'malformed-body': ({ entryKind }, { t }) => t('quarantineReason.malformed-body', { entryKind }),
  'no-intent': (_, { t }) => t('quarantineReason.no-intent'),
  'no-card': (_, { t }) => t('quarantineReason.no-card'),
  'sale-of-another-till': (_, { t }) => t('quarantineReason.sale-of-another-till'),
  'wrong-currency': ({ currency, expectedCurrency }, { t }) =>
    t('quarantineReason.wrong-currency', { currency, expectedCurrency }),
  'zero-sum': (_, { t }) => t('quarantineReason.zero-sum'),
  'sum-too-large': (_, { t }) => t('quarantineReason.sum-too-large'),
  'sale-repeated': ({ first, second, differs }, { t, money }) =>
    t(`quarantineReason.sale-repeated.${differs}`, {
      first: money(first.amountMinor, first.currency),
      firstSeq: first.seq,
      second: second === null ? '' : money(second.amountMinor, second.currency),
    }),
  'ended-before': ({ end, seq }, { t }) => t(`quarantineReason.ended-before.${end}`, { seq }),
  'tender-differs': (_, { t }) => t('quarantineReason.tender-differs'),
  'given-back': (_, { t }) => t('quarantineReason.given-back'),
  'card-refused': ({ fault }, { t, cardDataFault }) =>
    t('quarantineReason.card-refused', { fault: cardDataFault(fault) }),
  'card-unreadable': ({ fault }, { t, cardDataFault }) =>
    t('quarantineReason.card-unreadable', { fault: cardDataFault(fault) }),
  'not-storable': (_, { t }) => t('quarantineReason.not-storable'),
};

export function quarantineText(renderer: Renderer, reason: QuarantineReason): string {
  const tell = quarantines[reason.kind] as (reason: QuarantineReason, renderer: Renderer) => string;
  return tell(reason, renderer);
}
