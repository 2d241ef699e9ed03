import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { CardTap } from '@bivak/domain';

/** A card, as a reader gives it; the same name gives the same card. */
export function card(name: string, change: Partial<CardTap> = {}): CardTap {
  const hex = Buffer.from(name.padEnd(32, '.')).toString('hex');
  return {
    ksn: '0123456789abcdef00000001',
    ciphertext: 'aabbccddeeff',
    maskedPan: '220220******1234',
    cardReference: hex.slice(0, 64),
    expiry: '3012',
    serviceCode: '201',
    ...change,
  };
}

/** A card reader over TCP. `next` is its response to each request; null leaves the request open. */
export class FakeReader {
  next: CardTap | 'failed' | 'garbage' | null = card('anna');
  readonly requests: { saleId: string; amountMinor: number }[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      createInterface({ input: socket }).on('line', (line) => this.#onLine(socket, line));
    });
  }

  async start(): Promise<{ host: string; port: number }> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  #onLine(socket: Socket, line: string): void {
    const message = JSON.parse(line) as { type: string; saleId: string; amountMinor: number };
    if (message.type !== 'read') return;
    this.requests.push(message);
    const send = (response: object): void => void socket.write(`${JSON.stringify(response)}\n`);
    send({ type: 'prompt', prompt: 'present' });
    if (this.next === 'garbage') socket.write('}{\n');
    else if (this.next === 'failed') send({ type: 'failed', reason: 'card-unreadable' });
    else if (this.next !== null) {
      send({ type: 'prompt', prompt: 'hold' });
      send({ type: 'card', ...this.next });
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
