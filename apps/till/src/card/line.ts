import { connect } from 'node:net';

/** A connection that carries one JSON object a line, both ways. */
export interface Line {
  say(message: object): void;
  /** Ends it from this side; `onFailure` is not called. */
  close(): void;
  /** Ends it because the other side misbehaves. */
  drop(why: string): void;
}

const longestLine = 16_384;

/** Connects; `onFailure` is called once, with the reason, when the connection is gone. */
export function openLine(
  address: { host: string; port: number },
  onLine: (text: string) => void,
  onFailure: (why: string) => void,
): Line {
  const socket = connect(address);
  let over = false;
  const fail = (why: string): void => {
    if (over) return;
    over = true;
    socket.destroy();
    onFailure(why);
  };
  let rest = '';
  socket.setEncoding('utf8');
  socket.setNoDelay(true);
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('it closed the connection'));
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (!over) onLine(line);
    if (rest.length > longestLine) fail('it sent a line without an end');
  });
  return {
    say: (message) => void socket.write(`${JSON.stringify(message)}\n`),
    close() {
      over = true;
      socket.end();
      socket.destroySoon();
    },
    drop: fail,
  };
}
