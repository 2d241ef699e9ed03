/** A data object of DE 55: tag and value in upper-case hex. */
export interface Tlv {
  tag: string;
  value: string;
}

/**
 * Reads the outermost BER-TLV data objects (EMV 4.3, book 3, annex B) as DE 55 carries them; bytes 00 between them mean
 * nothing. Total: what is wrong is said, with the byte where it begins.
 */
export function readTlv(bytes: Buffer): { ok: true; tags: Tlv[] } | { ok: false; why: string } {
  const tags: Tlv[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (bytes[offset] === 0) {
      offset++;
      continue;
    }
    const start = offset;
    const cut = { ok: false, why: `the data object at byte ${start} is cut off` } as const;
    const isLongTag = (bytes[offset++]! & 0x1f) === 0x1f;
    while (isLongTag && (bytes[offset++] ?? 0) & 0x80) if (offset > bytes.length) return cut;
    const tag = bytes.toString('hex', start, offset).toUpperCase();
    const first = bytes[offset++];
    if (first === undefined) return cut;
    let length = first;
    if (first & 0x80) {
      const size = first & 0x7f;
      if (size === 0 || size > 3) return { ok: false, why: `byte ${offset - 1} is no length` };
      if (offset + size > bytes.length) return cut;
      length = bytes.readUIntBE(offset, size);
      offset += size;
    }
    if (offset + length > bytes.length) return cut;
    tags.push({ tag, value: bytes.toString('hex', offset, offset + length).toUpperCase() });
    offset += length;
  }
  return { ok: true, tags };
}
