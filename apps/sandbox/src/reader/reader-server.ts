import { mkdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { maskPan } from '@bivak/card';
import { readerApi, sandboxApi } from '@bivak/contracts';
import { Problem } from '@bivak/domain';
import { createApiServer, listen } from '@bivak/http-api';
import type { ProcessContext, RunningProcess } from '@bivak/process';
import { z } from 'zod';
import { walletEntry } from '../issuers/accounts.ts';
import { keyCounter, Reader } from './reader.ts';

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
export const readerConfig = z.object({
  tillId: z.string(),
  port: z.number().int(),
  readerPort: z.number().int(),
  dataDir: z.string(),
  walletFile: z.string(),
  initialKeyId: hex(8),
  initialKey: hex(16),
  cardReferenceKey: hex(32),
});

/** The simulated card reader: one till sends requests over TCP, a line of JSON each; cards are presented over HTTP. */
export async function startReader({
  config,
  clock,
  log,
}: ProcessContext<z.infer<typeof readerConfig>>): Promise<
  RunningProcess & { port: number; readerPort: number }
> {
  mkdirSync(config.dataDir, { recursive: true });
  const wallet = z.array(walletEntry).parse(JSON.parse(readFileSync(config.walletFile, 'utf8')));
  const keys = {
    initialKeyId: config.initialKeyId,
    initialKey: Buffer.from(config.initialKey, 'hex'),
    cardReferenceKey: Buffer.from(config.cardReferenceKey, 'hex'),
  };
  const reader = new Reader(wallet, keys, keyCounter(join(config.dataDir, 'key-counter')), clock);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const send = (line: readerApi.ReaderMessage): void => void socket.write(`${JSON.stringify(line)}\n`);
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      sockets.delete(socket);
      reader.cancel(send);
    });
    createInterface({ input: socket })
      .on('error', () => {})
      .on('line', (line) => {
        const request = readerApi.readerRequest.safeParse(parse(line));
        if (!request.success) {
          log.warn('a line that is no request: connection closed');
          socket.destroy();
        } else if (request.data.type === 'cancel') reader.cancel(send);
        else {
          const { type: _, ...purchase } = request.data;
          reader.read(purchase, send);
        }
      });
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(config.readerPort, '127.0.0.1', resolve),
  );

  const admin = await createApiServer({ title: `Sandbox reader of ${config.tillId}`, version: '1.0.0', log });
  admin.get('/v1/wallet', () => ({
    items: wallet.map(({ card, label, pan, expiry }) => ({ card, label, maskedPan: maskPan(pan), expiry })),
  }));
  admin.post('/v1/present', { schema: { body: sandboxApi.present } }, ({ body }) => {
    if (!reader.present(body.card)) throw new Problem('unknown-card', { card: body.card });
    return { card: body.card };
  });
  const port = await listen(admin, config.port);
  return {
    port,
    readerPort: (server.address() as AddressInfo).port,
    stop: async () => {
      await admin.close();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
