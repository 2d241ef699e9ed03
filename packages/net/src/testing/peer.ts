import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Address } from '../connection.ts';

/** The other side of a connection, for tests: it keeps its sockets and what they have brought. */
export async function startPeer() {
  const sockets: Socket[] = [];
  const received: string[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {}); // 'close' follows
    socket.on('data', (bytes) => received.push(bytes.toString('utf8')));
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const address: Address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { address, sockets, received, stop, start: () => listen(address.port) };
}
export type Peer = Awaited<ReturnType<typeof startPeer>>;

/** Waits, in real time, until something has come true. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2)); // real time: a test waits for its sockets
}
