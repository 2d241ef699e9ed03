/**
 * The transport header that some banks want before each message (ISO 8583 over X.25's heirs): an id (60), where the message goes
 * and where it comes from, each two bytes. An answer comes back with the two exchanged.
 */
export interface Tpdu {
  /** Four digits: the bank's network identifier, as it has given it. */
  destination: string;
  source: string;
}

const tpduBytes = 5;

/** The message behind its transport header. */
export const withTpdu = ({ destination, source }: Tpdu, message: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`60${destination}${source}`, 'hex'), message]);

/** The header that the answer to one has. */
export const answering = ({ destination, source }: Tpdu): Tpdu => ({
  destination: source,
  source: destination,
});

/** The message behind a transport header, whosesoever it is; undefined if there is none. An empty one is a keep-alive. */
export function withoutTpdu(bytes: Buffer): Buffer | undefined {
  return bytes.length >= tpduBytes && bytes[0] === 0x60 ? bytes.subarray(tpduBytes) : undefined;
}
