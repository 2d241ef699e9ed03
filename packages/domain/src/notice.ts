import { defineLifecycle, type StateOf, statesOf } from '@bivak/lifecycle';
import { z } from 'zod';

/** What the cardholder is told of: each at most once for a debt. */
export const noticeKinds = [
  'declined',
  'bank-unreachable',
  'middle',
  'day-before',
  'listed',
  'paid',
] as const;
export const noticeKind = z.enum(noticeKinds);
export type NoticeKind = z.infer<typeof noticeKind>;

/** The life of one notice on its way to the cardholder. */
export const noticeLifecycle = defineLifecycle({
  name: 'notice',
  initial: 'stored',
  states: {
    stored: { to: ['sending', 'withdrawn'], means: 'written down; the SMS centre certainly has not got it' },
    sending: {
      to: ['stored', 'accepted', 'failed'],
      means: 'given to the SMS centre, which has not answered (yet)',
    },
    accepted: { to: ['delivered', 'failed'], means: 'the SMS centre has taken it' },
    delivered: { to: [], means: 'the SMS centre has reported that the phone got it' },
    failed: { to: [], means: 'the SMS centre has refused it, or could not deliver it' },
    withdrawn: { to: [], means: 'no longer true before it was handed over: not sent' },
  },
});
export type NoticeState = StateOf<typeof noticeLifecycle>;
export const noticeState = z.enum(statesOf(noticeLifecycle));
