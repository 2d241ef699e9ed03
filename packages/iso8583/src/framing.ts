/** How messages are told apart on a stream: a length before each. */
export type LengthHeader = 'binary-2' | 'ascii-4';

/** A stream that holds no message: the connection has to be closed. */
export class FramingError extends Error {}

const maxMessageBytes = 8_192;

/** The message with its length before it. */
export function frame(header: LengthHeader, message: Buffer): Buffer {
  if (message.length > maxMessageBytes)
    throw new FramingError(`a message of ${message.length} bytes is longer than ${maxMessageBytes}`);
  const length = Buffer.alloc(header === 'binary-2' ? 2 : 4);
  if (header === 'binary-2') length.writeUInt16BE(message.length);
  else length.write(String(message.length).padStart(4, '0'), 'latin1');
  return Buffer.concat([length, message]);
}

/**
 * Takes whole messages out of what has arrived; `rest` is the beginning of the next. A length of 0 is no message but a
 * keep-alive, and is skipped. Throws {@link FramingError} if the
 * length is none or absurd.
 */
export function deframe(header: LengthHeader, arrived: Buffer): { messages: Buffer[]; rest: Buffer } {
  const messages: Buffer[] = [];
  const prefix = header === 'binary-2' ? 2 : 4;
  let offset = 0;
  while (arrived.length - offset >= prefix) {
    const length = readLength(header, arrived.subarray(offset, offset + prefix));
    if (arrived.length - offset - prefix < length) break;
    if (length > 0) messages.push(arrived.subarray(offset + prefix, offset + prefix + length));
    offset += prefix + length;
  }
  return { messages, rest: arrived.subarray(offset) };
}

function readLength(header: LengthHeader, prefix: Buffer): number {
  const text = prefix.toString('latin1');
  if (header === 'ascii-4' && !/^\d{4}$/.test(text))
    throw new FramingError('the length before a message is not four digits');
  const length = header === 'ascii-4' ? Number(text) : prefix.readUInt16BE();
  if (length > maxMessageBytes) throw new FramingError(`a message of ${length} bytes cannot be`);
  return length;
}
