import { fail, ok, type Result } from './result.ts';

/** One tag as it stands in the bytes: number u16LE, length u16LE, value. */
export interface Tlv {
  tag: number;
  value: Uint8Array;
}

export const TLV_HEADER_BYTES = 4;
const LONGEST_VALUE_BYTES = 0xffff;

/** Splits a list of tags (one level). */
export function parseTlvList(bytes: Uint8Array): Result<Tlv[]> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const list: Tlv[] = [];
  let offset = 0;
  while (offset < view.length) {
    if (offset + TLV_HEADER_BYTES > view.length) {
      return fail('truncated', offset, 'the list ends within the header of a tag');
    }
    const tag = view.readUInt16LE(offset);
    const length = view.readUInt16LE(offset + 2);
    const start = offset + TLV_HEADER_BYTES;
    if (start + length > view.length) {
      const left = view.length - start;
      return fail('truncated', offset, `tag ${tag} says ${length} bytes, ${left} are left`);
    }
    list.push({ tag, value: view.subarray(start, start + length) });
    offset = start + length;
  }
  return ok(list);
}

export function encodeTlv(tag: number, value: Uint8Array): Result<Buffer> {
  if (!Number.isInteger(tag) || tag < 0 || tag > 0xffff) return fail('bad-value', 0, `${tag} is no tag`);
  if (value.length > LONGEST_VALUE_BYTES) {
    return fail(
      'too-large',
      0,
      `tag ${tag} would have ${value.length} bytes, at most ${LONGEST_VALUE_BYTES} fit`,
    );
  }
  const header = Buffer.alloc(TLV_HEADER_BYTES);
  header.writeUInt16LE(tag, 0);
  header.writeUInt16LE(value.length, 2);
  return ok(Buffer.concat([header, value]));
}

export function encodeTlvList(list: readonly Tlv[]): Result<Buffer> {
  const parts: Buffer[] = [];
  for (const { tag, value } of list) {
    const part = encodeTlv(tag, value);
    if (!part.ok) return part;
    parts.push(part.value);
  }
  return ok(Buffer.concat(parts));
}
