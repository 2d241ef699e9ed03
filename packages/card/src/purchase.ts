/** The purchase for which a card was held to the reader: what is sealed for one cannot pay for another. */
export interface Purchase {
  tillId: string;
  saleId: string;
  amountMinor: number;
  /** ISO 4217, letters. */
  currency: string;
}

/** The form of what follows: another form gets another number. */
const form = 1;
const maxTextBytes = 255;

/**
 * The associated data under which a reader seals, byte for byte: form (1 byte, 01h); key serial number (12); sum in minor
 * units (8, big-endian); currency (3, ASCII); length of the till id (1), till id (ASCII); length of the sale id (1), sale id
 * (ASCII). Every part has a fixed length or says its own, so that no two purchases have the same bytes. Throws a RangeError
 * for a purchase that has no such form.
 */
export function purchaseContext(ksn: Uint8Array, purchase: Purchase): Buffer {
  const { tillId, saleId, amountMinor, currency } = purchase;
  if (ksn.length !== 12) throw new RangeError('a key serial number has 12 bytes');
  if (!Number.isSafeInteger(amountMinor) || amountMinor < 0)
    throw new RangeError('a sum is a whole number of minor units');
  if (!/^[A-Z]{3}$/.test(currency)) throw new RangeError('a currency has three letters');
  const head = Buffer.alloc(24);
  head[0] = form;
  head.set(ksn, 1);
  head.writeBigUInt64BE(BigInt(amountMinor), 13);
  head.write(currency, 21, 'latin1');
  return Buffer.concat([head, text(tillId), text(saleId)]);
}

function text(value: string): Buffer {
  if (!/^[\x21-\x7e]+$/.test(value) || value.length > maxTextBytes)
    throw new RangeError('an id has 1 to 255 characters of ASCII');
  return Buffer.from(`${String.fromCharCode(value.length)}${value}`, 'latin1');
}
