import type { RetryClass } from '@bivak/domain';

/** What a notice says, as it was when it was stored: worded when it is sent, the same at every try. */
export interface NoticeFacts {
  amountMinor: number;
  currency: string;
  soldAt: string;
  /** IANA name of the till's time zone, in which the day of the purchase is named. */
  timeZone: string;
  windowEndsAt: string;
  /** Of the latest decline: what may still be tried with this card. */
  retryClass: RetryClass;
  /** The next attempt by the schedule; null: none is planned. */
  nextAttemptAt: string | null;
}
