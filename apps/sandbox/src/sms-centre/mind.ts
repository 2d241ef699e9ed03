import type { Pdu } from 'smpp';
import { z } from 'zod';

/** How a centre's receipts name a message: as its response did, or in one of the ways in which centres differ. */
export const receiptIdForms = ['same', 'decimal', 'without-zeros', 'with-zero', 'upper-case'] as const;

/**
 * Habits of a centre, all of them seen at real ones. Without any it behaves as SMPP 3.4 reads at first sight. "Every" counts
 * messages (of a sender in all); 0 is never.
 */
export const centreMind = z.strictObject({
  /** Answers 0xC1 (optional parameter not allowed) to message_payload. */
  refusesPayloadTlv: z.boolean().default(false),
  /** Answers 0xC1 to every optional field but those that number parts. */
  refusesOptionalFields: z.boolean().default(false),
  /** Answers 0x43 (bad esm_class) to a text with a header. */
  refusesHeaders: z.boolean().default(false),
  receiptIdForm: z.enum(receiptIdForms).default('same'),
  /** Where its receipts name message and state. */
  receiptPlace: z.enum(['text-and-fields', 'text', 'fields']).default('text-and-fields'),
  /** How a receipt's text is written; `marked-ucs2`: plain octets under data coding 8. */
  receiptCoding: z.enum(['default', 'ucs2', 'marked-ucs2', 'octets']).default('default'),
  /** How often a receipt is sent again although it was acknowledged. */
  receiptRepeats: z.number().int().min(0).max(10).default(0),
  /** Every n-th message is answered 0x58 (throttled), and not taken. */
  throttlesEvery: z.number().int().min(0).default(0),
  /** Every n-th message is taken, and the connection cut instead of an answer. */
  dropsAfterEvery: z.number().int().min(0).default(0),
  /** How long it takes to answer a message. */
  answerMs: z.number().int().min(0).max(600_000).default(0),
});
export type CentreMind = z.infer<typeof centreMind>;
export const honestCentre: CentreMind = centreMind.parse({});

const throttled = 0x58;
const fieldNotAllowed = 0xc1;
const badEsmClass = 0x43;
const withHeader = 0x40;

const isEvery = (every: number, count: number): boolean => every > 0 && count % every === 0;

/** The status by which a message, the `count`-th, is refused by habit; undefined if it is not. */
export function habitualRefusal(mind: CentreMind, pdu: Pdu, count: number): number | undefined {
  if (isEvery(mind.throttlesEvery, count)) return throttled;
  if (mind.refusesPayloadTlv && pdu.message_payload !== undefined) return fieldNotAllowed;
  const optional = [pdu.message_payload, pdu.user_message_reference];
  if (mind.refusesOptionalFields && optional.some((field) => field !== undefined)) return fieldNotAllowed;
  if (mind.refusesHeaders && ((pdu.esm_class ?? 0) & withHeader) !== 0) return badEsmClass;
  return undefined;
}

export const isDropped = (mind: CentreMind, count: number): boolean => isEvery(mind.dropsAfterEvery, count);

const idInReceipt: Record<CentreMind['receiptIdForm'], (messageId: string) => string> = {
  same: (id) => id,
  decimal: (id) => BigInt(`0x${id}`).toString(),
  'without-zeros': (id) => id.replace(/^0+(?=.)/, ''),
  'with-zero': (id) => `0${id}`,
  'upper-case': (id) => id.toUpperCase(),
};

const delivered = 2;

/** The delivery receipt of a message that its phone has (SMPP 3.4, appendix B), as this centre writes it. */
export function receiptFields(mind: CentreMind, message: Pdu, messageId: string): Record<string, unknown> {
  const id = idInReceipt[mind.receiptIdForm](messageId);
  const text = `id:${id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:`;
  const fields = { receipted_message_id: id, message_state: delivered };
  return {
    esm_class: 4,
    source_addr: message.destination_addr,
    destination_addr: message.source_addr,
    ...(mind.receiptPlace === 'fields' ? {} : contentOf(mind.receiptCoding, text)),
    ...(mind.receiptPlace === 'text' ? {} : fields),
  };
}

function contentOf(coding: CentreMind['receiptCoding'], text: string): Record<string, unknown> {
  switch (coding) {
    case 'default':
      return { data_coding: 0, short_message: Buffer.from(text, 'latin1') };
    case 'ucs2':
      return { data_coding: 8, short_message: Buffer.from(text, 'utf16le').swap16() };
    case 'marked-ucs2':
      return { data_coding: 8, short_message: Buffer.from(text, 'latin1') };
    case 'octets':
      return { data_coding: 4, short_message: Buffer.from(text, 'latin1') };
  }
}
