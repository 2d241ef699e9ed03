import { createRenderer, type Language, renderNotice } from '@bivak/messages';
import type { NoticeRow } from './store.ts';

/** Words a notice; the same facts give the same text at every try. */
export type NoticeText = (notice: Pick<NoticeRow, 'kind' | 'payment_id' | 'data' | 'stored_at'>) => string;

/** Makes the texts of a shop's notices. `linkOf` gives the address of the cardholder's page of a debt. */
export function noticeText(options: {
  language: Language;
  shop: string;
  linkOf: (paymentId: string, atMs: number) => string;
}): NoticeText {
  const { language, shop, linkOf } = options;
  const renderer = createRenderer({ language });
  return ({ kind, payment_id, data, stored_at }) => {
    const nowMs = stored_at.getTime();
    const facts = {
      shop,
      amountMinor: data.amountMinor,
      currency: data.currency,
      soldAtMs: Date.parse(data.soldAt),
      windowEndsAtMs: Date.parse(data.windowEndsAt),
      retryClass: data.retryClass,
      nextAttemptAtMs: data.nextAttemptAt === null ? null : Date.parse(data.nextAttemptAt),
      link: linkOf(payment_id, nowMs),
    };
    return renderNotice(kind, facts, renderer.with({ timeZone: data.timeZone, nowMs }));
  };
}
