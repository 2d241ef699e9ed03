import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What the proxy may do with the answer to a COMMIT. */
export type CommitFate = { do: 'pass' } | { do: 'hold'; holdMs: number; thenCut: boolean };

/** Stands before a database and holds back its answers, or cuts its connections. */
export interface DatabaseProxy {
  port: number;
  /** How many answers to a COMMIT were held back. */
  held: () => number;
  /** Cuts each connection for which `chosen` says so. */
  cut(chosen: () => boolean): void;
  close(): Promise<void>;
}

/** PostgreSQL's simple query with this text. */
const commit = 'commit\0';
const simpleQuery = 0x51;

/** Starts a proxy in front of the database at `target`; `fateOf` is asked for each COMMIT. */
export async function startDatabaseProxy(
  target: { host: string; port: number },
  fateOf: () => CommitFate,
): Promise<DatabaseProxy> {
  const pairs = new Set<{ client: Socket; server: Socket }>();
  let held = 0;
  const proxy = createServer((client) => {
    const server = connect(target);
    const pair = { client, server };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    let heldUntil: NodeJS.Timeout | undefined;
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => {}); // 'close' follows
      socket.on('close', end);
    }
    client.on('data', (bytes) => {
      const isCommit = bytes[0] === simpleQuery && bytes.includes(commit);
      const fate: CommitFate = isCommit && heldUntil === undefined ? fateOf() : { do: 'pass' };
      if (fate.do === 'hold') {
        held++;
        // Answers wait in the socket, as if the network had swallowed them.
        server.pause();
        heldUntil = setTimeout(() => {
          heldUntil = undefined;
          if (fate.thenCut) end();
          else server.resume();
        }, fate.holdMs);
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => void client.write(bytes));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    port: (proxy.address() as AddressInfo).port,
    held: () => held,
    cut: (chosen) => {
      for (const { client } of [...pairs]) if (chosen()) client.destroy();
    },
    close: async () => {
      for (const { client } of pairs) client.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
