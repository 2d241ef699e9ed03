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

/** A card reader over TCP. `next` is its response to each request, under a key of its own; null leaves the request open. */
export class FakeReader {
  next: CardTap | 'failed' | 'used-up' | 'garbage' | null = card('anna');
  /** Takes this serial number instead of the next one of its own. */
  ksn: string | undefined;
  /** Before it answers it sends its last card once more. */
  repeatsLast = false;
  /** The cards that it has sent. */
  readonly sent: CardTap[] = [];
  #last: object | undefined;
  /** The key counter of its last tap: no other reader of this process begins at the same. */
  static lastCounter = 0;
  readonly requests: { tillId: string; saleId: string; amountMinor: number; currency: string }[] = [];
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
    const { type, ...purchase } = JSON.parse(line) as FakeReader['requests'][number] & { type: string };
    if (type !== 'read') return;
    this.requests.push(purchase);
    const { saleId } = purchase;
    const send = (response: object): void => void socket.write(`${JSON.stringify(response)}\n`);
    send({ type: 'prompt', saleId, prompt: 'present' });
    if (this.next === 'garbage') socket.write('}{\n');
    else if (this.next === 'used-up') send({ type: 'failed', saleId, reason: 'reader-keys-used-up' });
    else if (this.next === 'failed') send({ type: 'failed', saleId, reason: 'card-unreadable' });
    else if (this.next !== null) {
      send({ type: 'prompt', saleId, prompt: 'hold' });
      if (this.repeatsLast && this.#last !== undefined) send(this.#last);
      const counter = (++FakeReader.lastCounter).toString(16).padStart(8, '0');
      const tap = { ...this.next, ksn: this.ksn ?? `0123456789abcdef${counter}` };
      this.#last = { type: 'card', ...purchase, card: tap };
      this.sent.push(tap);
      send(this.#last);
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
