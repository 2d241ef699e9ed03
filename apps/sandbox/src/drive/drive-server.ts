import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createDeframer, encodeFrame, orThrow, WARNING_BIT } from '@bivak/fiscal';
import { createApiServer, listen } from '@bivak/http-api';
import type { ProcessContext, RunningProcess } from '@bivak/process';
import { z } from 'zod';
import { openRecordFile } from '../fiscal-keeping/record-file.ts';
import { Drive } from './drive.ts';
import { DriveMemory } from './memory.ts';
import { driveRecord } from './records.ts';

export const driveConfig = z.object({
  driveNumber: z.string().regex(/^\d{16}$/),
  port: z.number().int(),
  framePort: z.number().int(),
  dataDir: z.string(),
});

/** The simulated fiscal drive: the drive protocol over TCP, and a switch to pull its cable. */
export async function startDrive({
  config,
  clock,
  log,
}: ProcessContext<z.infer<typeof driveConfig>>): Promise<
  RunningProcess & { port: number; framePort: number }
> {
  const { file, records } = openRecordFile(join(config.dataDir, 'archive.jsonl'));
  const memory = new DriveMemory(file, z.array(driveRecord).parse(records));
  const drive = new Drive(config.driveNumber, memory, () => clock.nowMs());
  const sockets = new Set<Socket>();
  let mode: 'ready' | 'unplugged' = 'ready';
  let last: Buffer = Buffer.alloc(0);
  const server = createServer((socket) => {
    if (mode === 'unplugged') {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => sockets.delete(socket));
    const deframer = createDeframer();
    socket.on('data', (bytes: Buffer) => {
      for (const item of deframer.push(bytes)) {
        if (item.kind === 'enq') socket.write(last);
        else if (item.kind === 'error') {
          log.warn({ error: item.error.message, offset: item.error.offset }, 'no frame');
          if (item.fatal) socket.destroy();
        } else {
          const { code, data } = drive.answer(item.frame.code, item.frame.data);
          last = orThrow(encodeFrame(code === 0 && drive.hasWarnings() ? code | WARNING_BIT : code, data));
          socket.write(last);
        }
      }
    });
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(config.framePort, '127.0.0.1', resolve),
  );

  const admin = await createApiServer({ title: 'Sandbox fiscal drive', version: '1.0.0', log });
  const modeBody = z.strictObject({ mode: z.enum(['ready', 'unplugged']) });
  admin.get('/v1/documents', () => ({
    items: memory.documents().map(({ number, code, fiscalSign, totalMinor }) => ({
      number,
      code,
      fiscalSign,
      totalMinor,
      isConfirmed: memory.confirmation(number) !== undefined,
    })),
  }));
  admin.get('/v1/mode', { schema: { response: { 200: modeBody } } }, () => ({ mode }));
  admin.put('/v1/mode', { schema: { body: modeBody, response: { 200: modeBody } } }, ({ body }) => {
    mode = body.mode;
    if (mode === 'unplugged') {
      drive.powerLost();
      last = Buffer.alloc(0); // nothing that ENQ could ask for again
      for (const socket of sockets) socket.destroy();
    }
    return { mode };
  });
  const port = await listen(admin, config.port);
  return {
    port,
    framePort: (server.address() as AddressInfo).port,
    stop: async () => {
      await admin.close();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      file.close();
    },
  };
}
