import type { NoticeKind, RetryClass } from '@bivak/domain';
import type { Renderer } from '../render/renderer.ts';

/** What a message to the cardholder is made of; instants in milliseconds. */
export interface NoticeFacts {
  /** The shop's name, as the buyer knows it. */
  shop: string;
  amountMinor: number;
  currency: string;
  /** When the purchase was made: the day by which the buyer knows it. */
  soldAtMs: number;
  windowEndsAtMs: number;
  /** Of the latest decline: what may still be tried with this card. */
  retryClass: RetryClass;
  /** The next attempt by the schedule; null: none is planned. */
  nextAttemptAtMs: number | null;
  /** The address of the cardholder's page. */
  link: string;
}

/**
 * How it can end, which decides what may be promised: by an attempt that is planned, by the cardholder's own wish within
 * the window, by his wish after it, or not with this card (within the window or after it).
 */
export const outlooks = ['tried-again', 'payable-until', 'payable', 'final', 'final-window-over'] as const;
export type Outlook = (typeof outlooks)[number];

export function outlookOf(
  { retryClass, nextAttemptAtMs, windowEndsAtMs }: Omit<NoticeFacts, 'link' | 'shop'>,
  nowMs: number,
): Outlook {
  const isWithinWindow = windowEndsAtMs > nowMs;
  if (retryClass === 'never' || retryClass === 'mend-data')
    return isWithinWindow ? 'final' : 'final-window-over';
  if (!isWithinWindow) return 'payable';
  return nextAttemptAtMs !== null && nextAttemptAtMs > nowMs ? 'tried-again' : 'payable-until';
}

export type NoticeClaim =
  | 'unpaid'
  | 'bank-not-reached'
  | 'paid'
  | 'will-try-again-at'
  | 'payable'
  | 'payable-until-end'
  | 'not-payable-with-card'
  | 'window-ends-ahead'
  | 'card-not-taken';

interface NoticeRow {
  key: string;
  claims: readonly NoticeClaim[];
}

const final = 'not-payable-with-card';

/** Every message: what has happened × how it can end. */
export const noticeRows = {
  declined: {
    'tried-again': { key: 'declined.tried-again', claims: ['unpaid', 'will-try-again-at', 'payable'] },
    'payable-until': { key: 'declined.payable-until', claims: ['unpaid', 'payable-until-end'] },
    payable: { key: 'declined.payable', claims: ['unpaid', 'payable'] },
    final: { key: 'declined.final', claims: ['unpaid', final] },
    'final-window-over': { key: 'declined.final', claims: ['unpaid', final] },
  },
  // An issuer that was not reached has forbidden nothing: the last two never are.
  'bank-unreachable': {
    'tried-again': {
      key: 'bank-unreachable.tried-again',
      claims: ['unpaid', 'bank-not-reached', 'will-try-again-at'],
    },
    'payable-until': {
      key: 'bank-unreachable.payable-until',
      claims: ['unpaid', 'bank-not-reached', 'payable-until-end'],
    },
    payable: { key: 'bank-unreachable.payable', claims: ['unpaid', 'bank-not-reached', 'payable'] },
    final: { key: 'declined.final', claims: ['unpaid', final] },
    'final-window-over': { key: 'declined.final', claims: ['unpaid', final] },
  },
  middle: {
    'tried-again': { key: 'middle.tried-again', claims: ['unpaid', 'will-try-again-at', 'payable'] },
    'payable-until': { key: 'middle.payable-until', claims: ['unpaid', 'payable-until-end'] },
    payable: { key: 'middle.payable', claims: ['unpaid', 'payable'] },
    final: { key: 'middle.final', claims: ['unpaid', final] },
    'final-window-over': { key: 'middle.final', claims: ['unpaid', final] },
  },
  'day-before': {
    'tried-again': { key: 'day-before.payable', claims: ['unpaid', 'window-ends-ahead', 'payable'] },
    'payable-until': { key: 'day-before.payable', claims: ['unpaid', 'window-ends-ahead', 'payable'] },
    final: { key: 'day-before.final', claims: ['unpaid', 'window-ends-ahead', final] },
    // The window is over: the card is about to be listed, and no day of an end is named.
    payable: { key: 'middle.payable', claims: ['unpaid', 'payable'] },
    'final-window-over': { key: 'middle.final', claims: ['unpaid', final] },
  },
  listed: {
    'tried-again': { key: 'listed.payable', claims: ['unpaid', 'card-not-taken', 'payable'] },
    'payable-until': { key: 'listed.payable', claims: ['unpaid', 'card-not-taken', 'payable'] },
    payable: { key: 'listed.payable', claims: ['unpaid', 'card-not-taken', 'payable'] },
    final: { key: 'listed.final', claims: ['unpaid', 'card-not-taken', final] },
    'final-window-over': { key: 'listed.final', claims: ['unpaid', 'card-not-taken', final] },
  },
  paid: {
    'tried-again': { key: 'paid', claims: ['paid'] },
    'payable-until': { key: 'paid', claims: ['paid'] },
    payable: { key: 'paid', claims: ['paid'] },
    final: { key: 'paid', claims: ['paid'] },
    'final-window-over': { key: 'paid', claims: ['paid'] },
  },
} as const satisfies Record<NoticeKind, Record<Outlook, NoticeRow>>;

/** A message to the cardholder. The renderer needs the shop's time zone and `nowMs`. */
export function renderNotice(kind: NoticeKind, facts: NoticeFacts, renderer: Renderer): string {
  const { t, money, day, ahead, nowMs } = renderer;
  if (nowMs === undefined) throw new Error('a notice needs nowMs');
  const { key } = noticeRows[kind][outlookOf(facts, nowMs)];
  return t(`notices:${key}`, {
    shop: facts.shop,
    sum: money(facts.amountMinor, facts.currency),
    date: day(facts.soldAtMs),
    end: day(facts.windowEndsAtMs),
    when: whenText(renderer, facts.windowEndsAtMs),
    next: facts.nextAttemptAtMs === null ? '' : ahead(facts.nextAttemptAtMs),
    link: facts.link,
  });
}

/** "today, 1 December", "tomorrow, 1 December", "on 3 December". */
function whenText({ t, day, daysAhead }: Renderer, atMs: number): string {
  const end = day(atMs);
  const days = daysAhead(atMs);
  if (days === 0) return t('notices:when.today', { end });
  return days === 1 ? t('notices:when.tomorrow', { end }) : t('notices:when.on', { end });
}
