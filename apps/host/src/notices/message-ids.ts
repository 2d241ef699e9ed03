/**
 * How a centre's receipts name messages beside how its responses do: as they are (zeros in front and the case of letters
 * aside), or the same number in the other base (SMPP 3.4 fixes neither, appendix B).
 */
export const idForms = ['same', 'decimal-of-hex', 'hex-of-decimal'] as const;
export type IdForm = (typeof idForms)[number];

/** Longer than any that SMPP carries (5.2.23). */
const maxIdLength = 65;

/** By what a message id is found: itself without zeros in front, in lower case. */
export const keyOf = (messageId: string): string => messageId.replace(/^0+(?=.)/, '').toLowerCase();

/** The ids that the centre may have given a message which a receipt names so, by their keys; the most likely first. */
export function candidatesOf(receiptId: string): { key: string; form: IdForm }[] {
  const key = keyOf(receiptId);
  const candidates: { key: string; form: IdForm }[] = [{ key, form: 'same' }];
  if (key.length > maxIdLength) return candidates;
  if (/^\d+$/.test(key)) candidates.push({ key: BigInt(key).toString(16), form: 'decimal-of-hex' });
  if (/^[0-9a-f]+$/.test(key))
    candidates.push({ key: BigInt(`0x${key}`).toString(), form: 'hex-of-decimal' });
  return candidates;
}

/** A message that was handed over, as far as it matters here. */
export interface NamedMessage {
  key: string;
  /** To whom it went, E.164. */
  phone: string;
}

const last10Digits = (phone: string): string => phone.replace(/\D/g, '').slice(-10);

/**
 * The message that a receipt is about, out of those whose ids it may mean. A number can be the id of one message in one base
 * and of another one in the other: the phone that the receipt names decides, then the form in which this centre has named
 * messages before. `isCertain` if there was no other.
 */
export function messageMeant<Message extends NamedMessage>(
  found: readonly Message[],
  receipt: { messageIds: readonly string[]; phone: string | undefined },
  usual: IdForm | undefined,
): { message: Message; form: IdForm; isCertain: boolean } | undefined {
  const matches = receipt.messageIds.flatMap((receiptId) =>
    candidatesOf(receiptId).flatMap(({ key, form }) =>
      found.filter((message) => message.key === key).map((message) => ({ message, form })),
    ),
  );
  const { phone } = receipt;
  const ofPhone =
    phone === undefined
      ? []
      : matches.filter(({ message }) => last10Digits(message.phone) === last10Digits(phone));
  const possible = ofPhone.length > 0 ? ofPhone : matches;
  const rank = (form: IdForm): number => (form === usual ? -1 : idForms.indexOf(form));
  const [best] = possible.toSorted((one, other) => rank(one.form) - rank(other.form));
  if (best === undefined) return undefined;
  return { ...best, isCertain: possible.every(({ message }) => message === best.message) };
}
