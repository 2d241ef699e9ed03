import { z } from 'zod';
import { amountMinor, count, durationMs } from './primitives.ts';

const passed = z.boolean();
const ofMoney = { valueMinor: amountMinor, limitMinor: amountMinor, passed };
const ofCount = { valueCount: count, limitCount: count, passed };

/**
 * One check that acceptance made, with what was found and what was allowed; sums in minor units of the sale's currency. A
 * name that is added here leads the compiler to its refusal reason ({@link checkRefusals}) and to its words.
 */
export const check = z.discriminatedUnion('name', [
  z.object({ name: z.literal('stop-list'), isListed: z.boolean(), passed }),
  /** `valueMs`: since the till's list was last confirmed by the host; null if it never had one. */
  z.object({ name: z.literal('stop-list-age'), valueMs: durationMs.nullable(), limitMs: durationMs, passed }),
  /** YYMM, good through the last day of that month. */
  z.object({ name: z.literal('expiry'), expiry: z.string(), passed }),
  z.object({ name: z.literal('offline-permitted'), serviceCode: z.string(), passed }),
  z.object({ name: z.literal('sale-sum'), ...ofMoney }),
  z.object({ name: z.literal('card-sum'), ...ofMoney }),
  z.object({ name: z.literal('card-count'), ...ofCount }),
  z.object({ name: z.literal('till-sum'), ...ofMoney }),
  z.object({ name: z.literal('till-count'), ...ofCount }),
  /** Whether the host can open what this reader seals, as far as the till knows; `keyId`: of the reader's key. */
  z.object({ name: z.literal('reader-key'), keyId: z.string(), passed }),
  /** How far the clock stands behind the newest instant of the journal. */
  z.object({ name: z.literal('clock'), valueMs: durationMs, limitMs: durationMs, passed }),
]);
export type Check = z.infer<typeof check>;
export type CheckName = Check['name'];
export const checks = z.array(check);

/** What the cashier is advised to do after a refusal, so that the screen's main button does what the advice says. */
export type AdviceAction = 'other-card' | 'cash' | 'split' | 'retry' | 'support' | 'confirm';

/**
 * Why a till refused a card, or could not finish a sale; with the advice that can work: what is wrong with the till is wrong
 * for every card, what is wrong with one card is not wrong for another, and a sum over the limit of one sale is over it with
 * any card. `@bivak/messages` has what the cashier reads aloud.
 */
export const refusalAdvice = {
  'stop-listed': 'other-card',
  'stop-list-too-old': 'cash',
  'expired-card': 'other-card',
  'offline-not-permitted': 'other-card',
  'over-sale-limit': 'split',
  'over-card-limit': 'other-card',
  'over-card-count': 'other-card',
  'over-till-limit': 'cash',
  'over-till-count': 'cash',
  'clock-unsure': 'cash',
  'reader-key-unknown': 'cash',
  'reader-key-reused': 'cash',
  'reader-keys-used-up': 'cash',
  'card-unreadable': 'retry',
  'card-not-presented': 'retry',
  'card-reader-silent': 'cash',
  'declined-online': 'other-card',
  'possible-double': 'confirm',
  'fiscal-drive-refused': 'support',
  'fiscal-drive-silent': 'retry',
  interrupted: 'retry',
} as const satisfies Readonly<Record<string, AdviceAction>>;
export type RefusalReason = keyof typeof refusalAdvice;
export const refusalReasons = Object.keys(refusalAdvice) as [RefusalReason, ...RefusalReason[]];
export const refusalReason = z.enum(refusalReasons);

/** Why a sale is refused if its check did not pass. */
export const checkRefusals: Readonly<Record<CheckName, RefusalReason>> = {
  'stop-list': 'stop-listed',
  'stop-list-age': 'stop-list-too-old',
  expiry: 'expired-card',
  'offline-permitted': 'offline-not-permitted',
  'sale-sum': 'over-sale-limit',
  'card-sum': 'over-card-limit',
  'card-count': 'over-card-count',
  'till-sum': 'over-till-limit',
  'till-count': 'over-till-count',
  clock: 'clock-unsure',
  'reader-key': 'reader-key-unknown',
};
