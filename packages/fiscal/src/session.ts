import { crc16 } from './crc16.ts';
import { fail, ok, type Result, shifted } from './result.ts';

/** Header of a message between cash register and fiscal operator (operator protocol v1.1.06, section 4.2). */
export interface SessionHeader {
  /** Two bytes, hex: '81a2' is version 1.1 of the session protocol. */
  sessionVersion: string;
  /** Two bytes, hex: '0105' is FFD 1.05. */
  formatVersion: string;
  driveNumber: string;
  bodyLength: number;
  flags: number;
  crc: number;
}

export interface SessionMessage {
  header: SessionHeader;
  /** The container, or nothing in the service mode. */
  body: Buffer;
}

export const SESSION_HEADER_BYTES = 30;
/** A container: 32 KiB of data at most, and its header. */
export const MAX_SESSION_BODY_BYTES = 32 * 1024 + 32;
const SIGNATURE = Buffer.from('2a08410a', 'hex');
const SESSION_VERSION = '81a2';
/** FFD 1.0 in its three spellings, 1.05, 1.1 (section 4.2), 1.2. */
const formatVersions = new Set(['0100', '0001', '0002', '0105', '0110', '0120']);

/** Bits of the flags (table 2). */
export const sessionFlags = {
  crcOfHeader: 0x01,
  crcOfAll: 0x02,
  hasContainer: 0x04,
  answerExpected: 0x10,
} as const;
const CRC_MODE_MASK = 0x03;
const ANSWER_MASK = 0x30;
const RESERVED_MASK = 0xff08;

/** Reads a header of exactly 30 bytes. A CRC over the header alone is checked here, one over all with the body. */
export function decodeSessionHeader(bytes: Uint8Array): Result<SessionHeader> {
  const view = Buffer.from(bytes);
  const wrongStart = SIGNATURE.findIndex((byte, index) => index < view.length && view[index] !== byte);
  if (wrongStart >= 0) return fail('bad-signature', wrongStart, 'a message begins with 2A 08 41 0A');
  if (view.length !== SESSION_HEADER_BYTES) {
    return fail('bad-length', Math.min(view.length, SESSION_HEADER_BYTES), 'the header has 30 bytes');
  }
  const sessionVersion = view.toString('hex', 4, 6);
  if (sessionVersion !== SESSION_VERSION)
    return fail('bad-version', 4, `session protocol ${sessionVersion}, not 81a2`);
  const formatVersion = view.toString('hex', 6, 8);
  if (!formatVersions.has(formatVersion))
    return fail('bad-version', 6, `unknown format version ${formatVersion}`);
  const driveNumber = view.toString('latin1', 8, 24);
  if (!/^\d{16}$/.test(driveNumber)) return fail('bad-value', 8, 'a drive number has 16 digits');
  const header: SessionHeader = {
    sessionVersion,
    formatVersion,
    driveNumber,
    bodyLength: view.readUInt16LE(24),
    flags: view.readUInt16LE(26),
    crc: view.readUInt16LE(28),
  };
  return checkHeader(header, view);
}

function checkHeader(header: SessionHeader, view: Buffer): Result<SessionHeader> {
  const { flags, bodyLength } = header;
  const mode = flags & CRC_MODE_MASK;
  if ((flags & RESERVED_MASK) !== 0) return fail('bad-flags', 26, 'reserved flags are set');
  if (mode === CRC_MODE_MASK) return fail('bad-flags', 26, 'this way of counting the CRC is forbidden');
  if ((flags & ANSWER_MASK) > sessionFlags.answerExpected)
    return fail('bad-flags', 26, 'forbidden answer flags');
  if (bodyLength > MAX_SESSION_BODY_BYTES) return fail('too-large', 24, `a body of ${bodyLength} bytes`);
  if ((flags & sessionFlags.hasContainer) === 0 && bodyLength > 0) {
    return fail('bad-flags', 26, 'there is a body, and the flags say there is none');
  }
  if (mode === sessionFlags.crcOfHeader && crc16(view.subarray(0, 28)) !== header.crc) {
    return fail('bad-crc', 28, 'the CRC does not fit the header');
  }
  return ok(header);
}

/** The header's bytes as it says they are, its CRC field included. */
export function encodeSessionHeader(header: SessionHeader): Buffer {
  const view = Buffer.alloc(SESSION_HEADER_BYTES);
  SIGNATURE.copy(view, 0);
  view.write(header.sessionVersion, 4, 'hex');
  view.write(header.formatVersion, 6, 'hex');
  view.write(header.driveNumber, 8, 16, 'latin1');
  view.writeUInt16LE(header.bodyLength, 24);
  view.writeUInt16LE(header.flags, 26);
  view.writeUInt16LE(header.crc, 28);
  return view;
}

/** A whole message, its CRC counted over header and body. `answerExpected`: a document, not its confirmation. */
export function encodeSessionMessage(options: {
  formatVersion: string;
  driveNumber: string;
  body: Uint8Array;
  answerExpected: boolean;
}): Buffer {
  const { formatVersion, driveNumber, body, answerExpected } = options;
  const flags =
    sessionFlags.crcOfAll |
    (body.length > 0 ? sessionFlags.hasContainer : 0) |
    (answerExpected ? sessionFlags.answerExpected : 0);
  const header = encodeSessionHeader({
    sessionVersion: SESSION_VERSION,
    formatVersion,
    driveNumber,
    bodyLength: body.length,
    flags,
    crc: 0,
  });
  header.writeUInt16LE(crc16(header.subarray(0, 28), body), 28);
  return Buffer.concat([header, body]);
}

/** Header only (section 4.8): whether anybody is there. */
export function encodeServiceMessage(
  driveNumber: string,
  formatVersion: string,
  answerExpected: boolean,
): Buffer {
  const flags = sessionFlags.crcOfHeader | (answerExpected ? sessionFlags.answerExpected : 0);
  const header = {
    sessionVersion: SESSION_VERSION,
    formatVersion,
    driveNumber,
    bodyLength: 0,
    flags,
    crc: 0,
  };
  return encodeSessionHeader({ ...header, crc: crc16(encodeSessionHeader(header).subarray(0, 28)) });
}

/** Reads bytes that are exactly one message. */
export function decodeSessionMessage(bytes: Uint8Array): Result<SessionMessage> {
  const header = decodeSessionHeader(bytes.subarray(0, SESSION_HEADER_BYTES));
  if (!header.ok) return header;
  const end = SESSION_HEADER_BYTES + header.value.bodyLength;
  if (bytes.length < end) return fail('truncated', bytes.length, `the message has ${end} bytes`);
  if (bytes.length > end) return fail('trailing-bytes', end, 'bytes follow the message');
  return withBody(header.value, Buffer.from(bytes));
}

function withBody(header: SessionHeader, message: Buffer): Result<SessionMessage> {
  const body = message.subarray(SESSION_HEADER_BYTES);
  const overAll = (header.flags & CRC_MODE_MASK) === sessionFlags.crcOfAll;
  if (overAll && crc16(message.subarray(0, 28), body) !== header.crc) {
    return fail('bad-crc', 28, 'the CRC does not fit header and body');
  }
  return ok({ header, body });
}

export interface SessionDeframer {
  /** Takes the next bytes and gives the messages they complete; after an error, nothing more. */
  push(bytes: Uint8Array): Result<SessionMessage>[];
}

/** Cuts a stream into messages. An error ends the stream: the other side has to connect again. */
export function createSessionDeframer(): SessionDeframer {
  let rest = Buffer.alloc(0);
  let consumed = 0;
  let dead = false;
  const next = (): Result<SessionMessage> | undefined => {
    const wrongStart = SIGNATURE.findIndex((byte, index) => index < rest.length && rest[index] !== byte);
    if (wrongStart >= 0) return fail('bad-signature', wrongStart, 'a message begins with 2A 08 41 0A');
    if (rest.length < SESSION_HEADER_BYTES) return undefined;
    const header = decodeSessionHeader(rest.subarray(0, SESSION_HEADER_BYTES));
    if (!header.ok) return header;
    const length = SESSION_HEADER_BYTES + header.value.bodyLength;
    if (rest.length < length) return undefined;
    const message = withBody(header.value, Buffer.from(rest.subarray(0, length)));
    rest = rest.subarray(length);
    consumed += length;
    return message.ok ? message : shifted(message, -length);
  };
  return {
    push(bytes) {
      if (dead) return [];
      rest = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes]);
      const results: Result<SessionMessage>[] = [];
      for (let result = next(); result !== undefined; result = next()) {
        results.push(shifted(result, consumed));
        dead = !result.ok;
        if (dead) break;
      }
      return results;
    },
  };
}
