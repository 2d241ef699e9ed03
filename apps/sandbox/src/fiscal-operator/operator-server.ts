import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { sandboxApi } from '@bivak/contracts';
import {
  createSessionDeframer,
  encodeServiceMessage,
  encodeSessionMessage,
  type SessionMessage,
} from '@bivak/fiscal';
import { createApiServer, listen } from '@bivak/http-api';
import type { ProcessContext, RunningProcess } from '@bivak/process';
import { z } from 'zod';
import { openRecordFile } from '../fiscal-keeping/record-file.ts';
import { archivedDocument, OperatorArchive } from './archive.ts';

export const operatorConfig = z.object({
  port: z.number().int(),
  operatorPort: z.number().int(),
  dataDir: z.string(),
});

/** The simulated fiscal data operator: takes drives' documents over the operator protocol and confirms them. */
export async function startOperator({
  config,
  clock,
  log,
}: ProcessContext<z.infer<typeof operatorConfig>>): Promise<
  RunningProcess & { port: number; operatorPort: number }
> {
  const { file, records } = openRecordFile(join(config.dataDir, 'archive.jsonl'));
  const archive = new OperatorArchive(file, z.array(archivedDocument).parse(records));
  const sockets = new Set<Socket>();
  const answer = ({ header, body }: SessionMessage): Buffer => {
    const { driveNumber, formatVersion } = header;
    if (body.length === 0) return encodeServiceMessage(driveNumber, formatVersion, false);
    const confirmed = archive.take(driveNumber, body, clock.nowMs());
    return encodeSessionMessage({ formatVersion, driveNumber, body: confirmed, answerExpected: false });
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => sockets.delete(socket));
    const deframer = createSessionDeframer();
    socket.on('data', (bytes: Buffer) => {
      try {
        for (const message of deframer.push(bytes)) {
          if (!message.ok)
            throw new Error(`no message at byte ${message.error.offset}: ${message.error.message}`);
          socket.write(answer(message.value));
        }
      } catch (error) {
        log.warn({ err: error }, 'not taken: connection closed');
        socket.destroy();
      }
    });
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(config.operatorPort, '127.0.0.1', resolve),
  );
  const admin = await createApiServer({ title: 'Sandbox fiscal operator', version: '1.0.0', log });
  const items = z.object({ items: z.array(sandboxApi.fiscalDocument) });
  admin.get('/v1/documents', { schema: { response: { 200: items } } }, () => ({ items: archive.list() }));
  const port = await listen(admin, config.port);
  return {
    port,
    operatorPort: (server.address() as AddressInfo).port,
    stop: async () => {
      await admin.close();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      file.close();
    },
  };
}
