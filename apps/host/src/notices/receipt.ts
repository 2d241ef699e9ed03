import type { Pdu } from 'smpp';

/** What a centre reports of a message that it has taken. */
export interface Receipt {
  /** Its id as the receipt names it, in a field and in the text: the two may differ. At least one. */
  messageIds: readonly string[];
  isDelivered: boolean;
  /** The phone that the message was for. */
  phone: string | undefined;
}

/** Message states (SMPP 3.4, 5.2.28) and their names in a receipt's text (appendix B) after which nothing changes any more. */
const finalStates: Readonly<Record<string, boolean>> = {
  2: true,
  3: false,
  4: false,
  5: false,
  8: false,
  DELIVRD: true,
  EXPIRED: false,
  DELETED: false,
  UNDELIV: false,
  REJECTD: false,
};

const idInText = /\bid:\s*([\x21-\x7e]+)/i;
const stateInText = /\bstat:\s*(\w+)/i;

/**
 * What a delivery says of a message of ours; undefined if it is no receipt (somebody writes back), or says only how far
 * the message has come. Centres give id and state as fields, in the text, or both.
 */
export function receiptOf(pdu: Pdu): Receipt | undefined {
  const field = idInField(pdu.receipted_message_id);
  const isReceipt = ((pdu.esm_class ?? 0) & 0x3c) === 0x04 || field !== undefined;
  if (!isReceipt) return undefined;
  const text = [pdu.short_message, pdu.message_payload]
    .flatMap(readings)
    .find((reading) => idInText.test(reading) || stateInText.test(reading));
  const messageIds = [field, text === undefined ? undefined : idInText.exec(text)?.[1]].filter(
    (id): id is string => id !== undefined,
  );
  const states = [
    pdu.message_state,
    text === undefined ? undefined : stateInText.exec(text)?.[1]?.toUpperCase(),
  ];
  const isDelivered = states
    .map((state) => (state === undefined ? undefined : finalStates[state]))
    .find(isKnown);
  if (messageIds.length === 0 || isDelivered === undefined) return undefined;
  return { messageIds, isDelivered, phone: pdu.source_addr === '' ? undefined : pdu.source_addr };
}

const isKnown = (value: boolean | undefined): value is boolean => value !== undefined;

/** A field that was not ended by a NUL is read into what follows it: its id ends at the first character that no id has. */
function idInField(value: string | undefined): string | undefined {
  return /^[\x21-\x7e]+/.exec(value ?? '')?.[0];
}

type Content = Pdu['short_message'];

/**
 * What a receipt's text may be: as its data coding says; and as its bytes are, if the data coding is wrong (8 over plain
 * octets, 0 over UCS-2) or is none that text has.
 */
function readings(content: Content): string[] {
  if (content === undefined) return [];
  const message = typeof content === 'string' ? content : (content.message ?? '');
  if (typeof message !== 'string')
    return [message.toString('latin1'), message.toString('latin1').replaceAll('\0', '')];
  const octets = Buffer.from(message, 'utf16le').swap16().toString('latin1');
  // The GSM alphabet has "@" at 0, the first octet of every plain character of UCS-2.
  return [message, octets, message.replaceAll('@', '')];
}
