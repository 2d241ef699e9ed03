import { crc16 } from './crc16.ts';
import { type CodecError, fail, ok, type Result } from './result.ts';

/**
 * A frame of the drive protocol (section 3): 04h, length u16LE of code and data, a code (a command's, or an
 * answer's), data of up to 1024 bytes, CRC-16 u16LE over all but the start byte.
 */
export interface DriveFrame {
  code: number;
  data: Buffer;
}

export const FRAME_START = 0x04;
/** Asks the drive to repeat its last answer (section 2.2.3). */
export const ENQ = 0x05;
export const LONGEST_FRAME_DATA_BYTES = 1024;
const HEADER_BYTES = 3;
const CRC_BYTES = 2;

export function encodeFrame(code: number, data: Uint8Array = Buffer.alloc(0)): Result<Buffer> {
  if (!Number.isInteger(code) || code < 0 || code > 0xff) return fail('bad-value', 3, `${code} is no byte`);
  if (data.length > LONGEST_FRAME_DATA_BYTES) {
    return fail('too-large', 4, `${data.length} bytes of data; a frame takes ${LONGEST_FRAME_DATA_BYTES}`);
  }
  const frame = Buffer.alloc(HEADER_BYTES + 1 + data.length + CRC_BYTES);
  frame[0] = FRAME_START;
  frame.writeUInt16LE(data.length + 1, 1);
  frame[3] = code;
  frame.set(data, 4);
  frame.writeUInt16LE(crc16(frame.subarray(1, -CRC_BYTES)), frame.length - CRC_BYTES);
  return ok(frame);
}

/** Reads bytes that are exactly one frame. */
export function decodeFrame(bytes: Uint8Array): Result<DriveFrame> {
  const head = readHead(Buffer.from(bytes));
  if (!head.ok) return head;
  if (head.value === undefined || bytes.length < head.value) {
    return fail('truncated', bytes.length, 'the frame ends too early');
  }
  if (bytes.length > head.value) return fail('trailing-bytes', head.value, 'bytes follow the frame');
  return readWhole(Buffer.from(bytes));
}

/** The length of the frame that `buffer` begins with; undefined if too little of it is here to know. */
function readHead(buffer: Buffer): Result<number | undefined> {
  if (buffer.length > 0 && buffer[0] !== FRAME_START) {
    return fail('bad-start', 0, `a frame begins with 04h, not ${buffer[0]!.toString(16).padStart(2, '0')}h`);
  }
  if (buffer.length < HEADER_BYTES) return ok(undefined);
  const length = buffer.readUInt16LE(1);
  if (length < 1 || length > LONGEST_FRAME_DATA_BYTES + 1) {
    return fail('bad-length', 1, `a length of ${length}; 1 to ${LONGEST_FRAME_DATA_BYTES + 1} are allowed`);
  }
  return ok(HEADER_BYTES + length + CRC_BYTES);
}

function readWhole(frame: Buffer): Result<DriveFrame> {
  const expected = crc16(frame.subarray(1, -CRC_BYTES));
  const found = frame.readUInt16LE(frame.length - CRC_BYTES);
  if (expected !== found) {
    return fail(
      'bad-crc',
      frame.length - CRC_BYTES,
      `CRC ${hex16(found)}; the bytes give ${hex16(expected)}`,
    );
  }
  return ok({ code: frame[3]!, data: Buffer.from(frame.subarray(4, -CRC_BYTES)) });
}

function hex16(value: number): string {
  return `${value.toString(16).padStart(4, '0')}h`;
}

/** What a stream of drive protocol bytes holds; an `error`'s offset counts from the stream's first byte. */
export type DeframerItem =
  | { kind: 'frame'; frame: DriveFrame }
  | { kind: 'enq' }
  /** `fatal`: the stream cannot be followed any further; else the frame was skipped as a whole. */
  | { kind: 'error'; error: CodecError; fatal: boolean };

export interface Deframer {
  /** Takes the next bytes, however they are cut, and gives what they complete. After a fatal error, nothing. */
  push(bytes: Uint8Array): DeframerItem[];
}

/** Cuts a stream of bytes into frames. It keeps at most one frame's bytes. */
export function createDeframer(): Deframer {
  let rest = Buffer.alloc(0);
  let consumed = 0;
  let dead = false;
  const drop = (count: number): void => {
    rest = rest.subarray(count);
    consumed += count;
  };
  const next = (): DeframerItem | undefined => {
    if (dead || rest.length === 0) return undefined;
    if (rest[0] === ENQ) {
      drop(1);
      return { kind: 'enq' };
    }
    const head = readHead(rest);
    if (!head.ok) {
      dead = true;
      return { kind: 'error', error: { ...head.error, offset: consumed + head.error.offset }, fatal: true };
    }
    if (head.value === undefined || rest.length < head.value) return undefined;
    const whole = readWhole(rest.subarray(0, head.value));
    const start = consumed;
    drop(head.value);
    if (whole.ok) return { kind: 'frame', frame: whole.value };
    return { kind: 'error', error: { ...whole.error, offset: start + whole.error.offset }, fatal: false };
  };
  return {
    push(bytes) {
      if (dead) return [];
      rest = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes]);
      const items: DeframerItem[] = [];
      for (let item = next(); item !== undefined; item = next()) items.push(item);
      return items;
    },
  };
}
