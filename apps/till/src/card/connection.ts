import type { Clock } from '@bivak/clock';
import { type Address, type ConnectionEnd, lineFraming, openConnection } from '@bivak/net';

/** A connection that carries JSON objects, one a line, both ways. */
export interface JsonConnection {
  send(message: object): void;
  /** Ends it from this side; `onEnd` is not called. */
  close(): void;
  /** Ends it because the other side misbehaves. */
  drop(reason: string): void;
}

const connectTimeoutMs = 10_000;
const maxLineBytes = 16_384;

/** Connects; `onEnd` is called once, with the reason, when the connection is gone. */
export function openJsonConnection(
  address: Address,
  clock: Clock,
  onMessage: (text: string) => void,
  onEnd: (end: ConnectionEnd) => void,
): JsonConnection {
  const connection = openConnection<string>({
    address,
    framing: lineFraming(maxLineBytes),
    timers: clock,
    connectTimeoutMs,
    onMessage,
    onEnd,
  });
  return {
    send: (message) => connection.send(`${JSON.stringify(message)}\n`),
    close: () => void connection.close(),
    drop: (reason) => connection.drop(reason),
  };
}
