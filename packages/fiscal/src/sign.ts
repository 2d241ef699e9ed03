import { fail, ok, type Result } from './result.ts';

/**
 * The fiscal sign of a document: in tag 1077 it has six bytes (two of service, then the sign big-endian), in the
 * drive's answers and archive four bytes little-endian, on paper a decimal number: bytes 2 to 5 of tag 1077.
 */
const SERVICE_BYTES = Buffer.of(0x21, 0x04);

export function signFromTag1077(bytes: Uint8Array): Result<number> {
  if (bytes.length !== 6) return fail('bad-length', 0, `tag 1077 has 6 bytes, this has ${bytes.length}`);
  return ok(Buffer.from(bytes).readUInt32BE(2));
}

export function signToTag1077(printed: number): Buffer {
  const sign = Buffer.alloc(4);
  sign.writeUInt32BE(printed);
  return Buffer.concat([SERVICE_BYTES, sign]);
}

export function signFromArchive(bytes: Uint8Array): Result<number> {
  if (bytes.length !== 4)
    return fail('bad-length', 0, `an archived sign has 4 bytes, this has ${bytes.length}`);
  return ok(Buffer.from(bytes).readUInt32LE(0));
}
