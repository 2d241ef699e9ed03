import type { ProblemCode, ProblemData, ProblemFacts } from '@bivak/domain';
import type { Renderer } from './renderer.ts';

/** As RFC 9457 has it: `title` names the kind of error, `detail` what is wrong here, where, and what to do. */
export interface ProblemText {
  title: string;
  detail: string;
}

type Detail<Code extends ProblemCode> = (data: ProblemData<Code>, renderer: Renderer) => string;

const details: { [Code in ProblemCode]: Detail<Code> } = {
  'invalid-request': ({ errors }, { t }) =>
    t('problems:problem.invalid-request.detail', {
      errors: errors.map(({ where, what }) => t('problems:fieldError', { where, what })).join('; '),
    }),
  'no-http': (data, { t }) => t('problems:problem.no-http.detail', data),
  'headers-too-large': (_, { t }) => t('problems:problem.headers-too-large.detail'),
  'too-slow': (_, { t }) => t('problems:problem.too-slow.detail'),
  'no-such-address': (data, { t }) => t('problems:problem.no-such-address.detail', data),
  'internal-error': (_, { t }) => t('problems:problem.internal-error.detail'),
  'bad-cursor': (_, { t }) => t('problems:problem.bad-cursor.detail'),
  'foreign-page': (_, { t }) => t('problems:problem.foreign-page.detail'),
  'no-such-sale': (data, { t }) => t('problems:problem.no-such-sale.detail', data),
  'no-receipt': (data, { t }) => t('problems:problem.no-receipt.detail', data),
  'unknown-sku': (data, { t }) => t('problems:problem.unknown-sku.detail', data),
  'bad-quantity': (data, { t }) => t('problems:problem.bad-quantity.detail', data),
  'bad-sale-key': (_, { t }) => t('problems:problem.bad-sale-key.detail'),
  'sale-too-long': (data, { t }) => t('problems:problem.sale-too-long.detail', data),
  'sum-overflow': ({ maxMinor }, { t, money }) =>
    t('problems:problem.sum-overflow.detail', { max: money(maxMinor) }),
  'sale-key-reused': ({ saleKey, saleId }, { t }) =>
    saleId === null
      ? t('problems:problem.sale-key-reused.detailUnderWay', { saleKey })
      : t('problems:problem.sale-key-reused.detail', { saleKey, saleId }),
  'sale-outcome-unknown': ({ saleId, storageFault }, { t }) =>
    storageFault === null
      ? t('problems:problem.sale-outcome-unknown.detail', { saleId })
      : t('problems:problem.sale-outcome-unknown.detailStorage', {
          saleId,
          fault: t(`problems:storageFault.${storageFault}`),
        }),
  'data-not-written': ({ storageFault }, { t }) =>
    t('problems:problem.data-not-written.detail', { fault: t(`problems:storageFault.${storageFault}`) }),
  'till-data-old': (_, { t }) => t('problems:problem.till-data-old.detail'),
  'shift-not-open': (_, { t }) => t('problems:problem.shift-not-open.detail'),
  'shift-not-closed': ({ storageFault }, { t }) =>
    t('problems:problem.shift-not-closed.detail', { fault: t(`problems:storageFault.${storageFault}`) }),
  'fiscal-drive-silent': (_, { t }) => t('problems:problem.fiscal-drive-silent.detail'),
  'fiscal-drive-refused': ({ refusal }, { t }) =>
    refusal === null
      ? t('problems:problem.fiscal-drive-refused.detailUnknown')
      : t('problems:problem.fiscal-drive-refused.detail', {
          refusal: t(`problems:fiscalRefusal.${refusal}`),
        }),
  'printer-failed': (data, { t }) => t('problems:problem.printer-failed.detail', data),
  'store-not-available': (_, { t }) => t('problems:problem.store-not-available.detail'),
  'store-in-doubt': (_, { t }) => t('problems:problem.store-in-doubt.detail'),
  'store-not-in-doubt': (_, { t }) => t('problems:problem.store-not-in-doubt.detail'),
  'store-epoch-changed': (data, { t }) => t('problems:problem.store-epoch-changed.detail', data),
  'banks-missing': ({ bankIds }, { t, list }) =>
    t('problems:problem.banks-missing.detail', { banks: list(bankIds) }),
  'books-too-early': (data, { t }) => t('problems:problem.books-too-early.detail', data),
  'unknown-payment': (data, { t }) => t('problems:problem.unknown-payment.detail', data),
  'unknown-attempt': (data, { t }) => t('problems:problem.unknown-attempt.detail', data),
  'decision-not-offered': ({ paymentId, attempt, offered }, { t, list }) =>
    offered.length === 0
      ? t('problems:problem.decision-not-offered.detailNone', { paymentId, attempt })
      : t('problems:problem.decision-not-offered.detail', { paymentId, attempt, offered: list(offered) }),
  'end-decision-not-offered': ({ paymentId, offered }, { t, list }) =>
    offered.length === 0
      ? t('problems:problem.end-decision-not-offered.detailNone', { paymentId })
      : t('problems:problem.end-decision-not-offered.detail', { paymentId, offered: list(offered) }),
  'unknown-entry': (data, { t }) => t('problems:problem.unknown-entry.detail', data),
  'entry-decision-not-offered': ({ tillId, seq, offered }, { t, list }) =>
    offered.length === 0
      ? t('problems:problem.entry-decision-not-offered.detailNone', { tillId, seq })
      : t('problems:problem.entry-decision-not-offered.detail', { tillId, seq, offered: list(offered) }),
  'unknown-debt': (data, { t }) => t('problems:problem.unknown-debt.detail', data),
  'debt-decision-not-offered': ({ paymentId, offered }, { t, list }) =>
    offered.length === 0
      ? t('problems:problem.debt-decision-not-offered.detailNone', { paymentId })
      : t('problems:problem.debt-decision-not-offered.detail', { paymentId, offered: list(offered) }),
  'unknown-alarm': (data, { t }) => t('problems:problem.unknown-alarm.detail', data),
  'alarm-ended': (data, { t }) => t('problems:problem.alarm-ended.detail', data),
  'unknown-till': ({ tillId, known }, { t, list }) =>
    known === undefined
      ? t('problems:problem.unknown-till.detail', { tillId })
      : t('problems:problem.unknown-till.detailKnown', { tillId, known: list(known) }),
  'wrong-code': (_, { t }) => t('problems:problem.wrong-code.detail'),
  'too-many-attempts': ({ retryAfterMs }, { t, duration }) =>
    t('problems:problem.too-many-attempts.detail', {
      lasting: duration(retryAfterMs, { withSeconds: true }),
    }),
  'enrolled-with-another-key': (_, { t }) => t('problems:problem.enrolled-with-another-key.detail'),
  'bad-key': (_, { t }) => t('problems:problem.bad-key.detail'),
  'not-authenticated': (_, { t }) => t('problems:problem.not-authenticated.detail'),
  'clock-off': (data, { t }) => t('problems:problem.clock-off.detail', data),
  'wrong-media-type': (_, { t }) => t('problems:problem.wrong-media-type.detail'),
  'journal-refused': (data, { t }) => t('problems:problem.journal-refused.detail', data),
  'batch-too-long': (data, { t }) => t('problems:problem.batch-too-long.detail', data),
  'host-unreachable': (_, { t }) => t('problems:problem.host-unreachable.detail'),
  'not-found': (_, { t }) => t('problems:problem.not-found.detail'),
  'unknown-card': ({ card, known }, { t, list }) =>
    known === undefined
      ? t('problems:problem.unknown-card.detail', { card })
      : t('problems:problem.unknown-card.detailKnown', { card, known: list(known) }),
  'unknown-bank': ({ bankId, known }, { t, list }) =>
    t('problems:problem.unknown-bank.detail', { bankId, known: list(known) }),
  'unknown-process': ({ process, known }, { t, list }) =>
    t('problems:problem.unknown-process.detail', { process, known: list(known) }),
  'process-not-running': (data, { t }) => t('problems:problem.process-not-running.detail', data),
  'process-does-not-start': (data, { t }) => t('problems:problem.process-does-not-start.detail', data),
  'unexpected-answer': (data, { t }) => t('problems:problem.unexpected-answer.detail', data),
  'clock-cannot-go-back': (data, { t }) => t('problems:problem.clock-cannot-go-back.detail', data),
  'clock-too-far': (_, { t }) => t('problems:problem.clock-too-far.detail'),
};

/** An error that a caller can act on, in words. */
export function problemText(renderer: Renderer, { code, data }: ProblemFacts): ProblemText {
  const detail = details[code] as (data: ProblemFacts['data'], renderer: Renderer) => string;
  return { title: renderer.t(`problems:problem.${code}.title`), detail: detail(data, renderer) };
}
