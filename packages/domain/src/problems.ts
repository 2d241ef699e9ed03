import { z } from 'zod';
import { attemptDecision, debtDecision, entryDecision, saleEndDecision } from './decisions.ts';
import { fiscalRefusal } from './fiscal.ts';
import { amountMinor, instant, saleId } from './primitives.ts';
import { storeEpoch } from './store-epoch.ts';

const none = z.object({});
const inSale = z.object({ saleId });
/** Which of the items asked for, counted from 0. */
const ofItem = { index: z.number().int() };

/** What a machine did to the till's data when it could not be written. */
export const storageFaults = ['in-use', 'read-only', 'disk-failed', 'disk-full', 'not-openable'] as const;
export const storageFault = z.enum(storageFaults);
export type StorageFault = z.infer<typeof storageFault>;

/**
 * Every error that a caller can act on, with its facts. Which HTTP status each has is decided at the edge (`@bivak/http-api`,
 * an exhaustive table), and its sentence is in `@bivak/messages`.
 */
export const problemData = {
  // of any server
  'invalid-request': z.object({ errors: z.array(z.object({ where: z.string(), what: z.string() })) }),
  'no-http': z.object({ parserCode: z.string() }),
  'headers-too-large': none,
  'too-slow': none,
  'no-such-address': z.object({ method: z.string(), path: z.string() }),
  'internal-error': none,
  'bad-cursor': none,
  // of the till
  'foreign-page': none,
  'no-such-sale': inSale,
  'no-receipt': inSale,
  'unknown-sku': z.object({ ...ofItem, sku: z.string() }),
  'bad-quantity': z.object({ ...ofItem, maxQuantity: z.number().int() }),
  'bad-sale-key': none,
  'sale-too-long': z.object({ lineItems: z.number().int() }),
  'sum-overflow': z.object({ maxMinor: amountMinor }),
  'sale-key-reused': z.object({ saleKey: z.string(), saleId: saleId.nullable() }),
  'sale-outcome-unknown': z.object({ saleId, storageFault: storageFault.nullable() }),
  'data-not-written': z.object({ storageFault }),
  'till-data-old': none,
  'shift-not-open': none,
  'shift-not-closed': z.object({ storageFault }),
  'fiscal-drive-silent': none,
  'fiscal-drive-refused': z.object({ refusal: fiscalRefusal.nullable() }),
  /** `errorCode`: as the operating system names it ("ENOSPC"). */
  'printer-failed': z.object({ errorCode: z.string() }),
  // of the host
  'store-not-available': none,
  'store-in-doubt': none,
  'store-not-in-doubt': none,
  'store-epoch-changed': z.object({ ...storeEpoch.shape, acknowledgedSeq: z.number().int() }),
  'banks-missing': z.object({ bankIds: z.array(z.string()) }),
  'books-too-early': z.object({ notBefore: instant }),
  'unknown-payment': z.object({ paymentId: saleId }),
  'unknown-attempt': z.object({ paymentId: saleId, attempt: z.number().int() }),
  'decision-not-offered': z.object({
    paymentId: saleId,
    attempt: z.number().int(),
    decision: attemptDecision,
    offered: z.array(attemptDecision),
  }),
  'unknown-debt': z.object({ paymentId: saleId }),
  'debt-decision-not-offered': z.object({
    paymentId: saleId,
    decision: debtDecision,
    offered: z.array(debtDecision),
  }),
  'end-decision-not-offered': z.object({
    paymentId: saleId,
    decision: saleEndDecision,
    offered: z.array(saleEndDecision),
  }),
  'unknown-entry': z.object({ tillId: z.string(), seq: z.number().int() }),
  'entry-decision-not-offered': z.object({
    tillId: z.string(),
    seq: z.number().int(),
    decision: entryDecision,
    offered: z.array(entryDecision),
  }),
  'unknown-alarm': z.object({ alarmId: z.string() }),
  'alarm-ended': z.object({ alarmId: z.string() }),
  'unknown-till': z.object({ tillId: z.string(), known: z.array(z.string()).optional() }),
  'wrong-code': none,
  'too-many-attempts': z.object({ retryAfterMs: z.number().int() }),
  'enrolled-with-another-key': none,
  'bad-key': none,
  'not-authenticated': none,
  'clock-off': z.object({ hostNow: instant }),
  'wrong-media-type': none,
  'journal-refused': z.object({
    acknowledgedSeq: z.number().int(),
    refusedSeq: z.number().int(),
    fault: z.string(),
  }),
  'batch-too-long': z.object({ acknowledgedSeq: z.number().int(), maxBytes: z.number().int() }),
  // of the console
  'host-unreachable': none,
  'not-found': none,
  // of the sandbox
  'unknown-card': z.object({ card: z.string(), known: z.array(z.string()).optional() }),
  'unknown-bank': z.object({ bankId: z.string(), known: z.array(z.string()) }),
  'unknown-process': z.object({ process: z.string(), known: z.array(z.string()) }),
  'process-not-running': z.object({ process: z.string() }),
  'process-does-not-start': z.object({ process: z.string() }),
  'unexpected-answer': z.object({ process: z.string(), method: z.string(), path: z.string() }),
  'clock-cannot-go-back': z.object({ now: instant }),
  'clock-too-far': none,
} as const;

export type ProblemCode = keyof typeof problemData;
export const problemCodes = Object.keys(problemData) as [ProblemCode, ...ProblemCode[]];
export type ProblemData<Code extends ProblemCode> = z.infer<(typeof problemData)[Code]>;

/** A problem's code and facts. */
export type ProblemFacts = {
  [Code in ProblemCode]: { code: Code; data: ProblemData<Code> };
}[ProblemCode];

/** An error that a caller can act on: thrown by decisions and services, answered by the edge. Its message is for logs. */
export class Problem<Code extends ProblemCode = ProblemCode> extends Error {
  readonly code: Code;
  readonly data: ProblemData<Code>;

  constructor(code: Code, data: ProblemData<Code>, options?: ErrorOptions) {
    super(`${code} ${JSON.stringify(data)}`, options);
    this.name = 'Problem';
    this.code = code;
    this.data = data;
  }

  /** Code and facts together, for whoever renders them. */
  get facts(): ProblemFacts {
    return { code: this.code, data: this.data } as ProblemFacts;
  }
}

/** An error as RFC 9457 has it, with the stable `code` of the kind of error; its facts are further members. */
export const problemDocument = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  instance: z.string(),
});
export type ProblemDocument = z.infer<typeof problemDocument>;

/** The code and facts in a problem document; undefined if it is none that this program knows. */
export function problemFactsOf(json: unknown): ProblemFacts | undefined {
  const document = problemDocument.safeParse(json);
  const code = problemCodes.find((known) => known === document.data?.code);
  if (code === undefined) return undefined;
  const data = problemData[code].safeParse(document.data);
  return data.success ? ({ code, data: data.data } as ProblemFacts) : undefined;
}
