/**
 * How messages are told apart on a stream: made anew for each connection, it takes the next bytes, however they are cut, and
 * gives the messages that they complete. It throws an Error if the bytes can be no such stream: the connection is dropped.
 */
export type Framing<Message> = () => (bytes: Buffer) => Iterable<Message>;

/** A framing of a function that takes whole messages out of what has arrived and gives back the rest. */
export function bufferedFraming<Message>(
  split: (arrived: Buffer) => { messages: Iterable<Message>; rest: Buffer },
): Framing<Message> {
  return () => {
    let rest: Buffer = Buffer.alloc(0);
    return (bytes) => {
      const parts = split(rest.length === 0 ? bytes : Buffer.concat([rest, bytes]));
      rest = parts.rest;
      return parts.messages;
    };
  };
}

const newline = 0x0a;

/** Messages that are lines of text (UTF-8), given without their line end. A line longer than `maxBytes` is none. */
export function lineFraming(maxBytes: number): Framing<string> {
  return () => {
    let rest: Buffer = Buffer.alloc(0);
    return function* (bytes) {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
        const line = rest.toString('utf8', 0, end);
        rest = rest.subarray(end + 1);
        yield line;
      }
      if (rest.length > maxBytes) throw new Error(`a line of more than ${maxBytes} bytes`);
    };
  };
}
