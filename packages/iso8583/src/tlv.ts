/** A data object of DE 55: tag and value in upper-case hex. */
export interface Tlv {
  tag: string;
  value: string;
}

/** What is wrong with data objects, and at which byte it begins. */
export interface TlvFault {
  why: 'cut-off' | 'no-length';
  offset: number;
}

/**
 * Reads the outermost BER-TLV data objects (EMV 4.3, book 3, annex B) as DE 55 carries them; bytes 00 between them mean
 * nothing. Total: what is wrong is said, with the byte where it begins.
 */
export function readTlv(bytes: Buffer): { ok: true; tags: Tlv[] } | ({ ok: false } & TlvFault) {
  const { objects, fault } = readObjects(bytes);
  if (fault !== undefined) return { ok: false, ...fault };
  return { ok: true, tags: objects.map(({ tag, value }) => ({ tag, value })) };
}

/** The objects up to what is wrong, each with the byte at which its value begins. Total. */
export function readObjects(bytes: Buffer): { objects: (Tlv & { offset: number })[]; fault?: TlvFault } {
  const objects: (Tlv & { offset: number })[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (bytes[offset] === 0) {
      offset++;
      continue;
    }
    const start = offset;
    const cut = { objects, fault: { why: 'cut-off', offset: start } } as const;
    const isLongTag = (bytes[offset++]! & 0x1f) === 0x1f;
    while (isLongTag && (bytes[offset++] ?? 0) & 0x80) if (offset > bytes.length) return cut;
    const tag = bytes.toString('hex', start, offset).toUpperCase();
    const first = bytes[offset++];
    if (first === undefined) return cut;
    let length = first;
    if (first & 0x80) {
      const size = first & 0x7f;
      if (size === 0 || size > 3) return { objects, fault: { why: 'no-length', offset: offset - 1 } };
      if (offset + size > bytes.length) return cut;
      length = bytes.readUIntBE(offset, size);
      offset += size;
    }
    if (offset + length > bytes.length) return cut;
    objects.push({ tag, value: bytes.toString('hex', offset, offset + length).toUpperCase(), offset });
    offset += length;
  }
  return { objects };
}

/** True for the tag of an object that holds others. */
export const isTemplate = (tag: string): boolean => (Number.parseInt(tag.slice(0, 2), 16) & 0x20) !== 0;

/** Writes data objects, one after another. Throws an Error if a tag or a value is not bytes in hex. */
export function writeTlv(tags: readonly Tlv[]): Buffer {
  const parts = tags.flatMap(({ tag, value }) => {
    const content = bytesOf(value);
    return [bytesOf(tag), lengthBytes(content.length), content];
  });
  return Buffer.concat(parts);
}

function bytesOf(hex: string): Buffer {
  const bytes = Buffer.from(hex, 'hex');
  if (bytes.length * 2 !== hex.length) throw new Error('tags and values of data objects are bytes in hex');
  return bytes;
}

function lengthBytes(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const size = length < 0x100 ? 1 : length < 0x1_0000 ? 2 : 3;
  const bytes = Buffer.alloc(1 + size);
  bytes[0] = 0x80 | size;
  bytes.writeUIntBE(length, 1, size);
  return bytes;
}
