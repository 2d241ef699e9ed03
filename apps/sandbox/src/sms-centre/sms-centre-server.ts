import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { sandboxApi } from '@bivak/contracts';
import { createApiServer, listen } from '@bivak/http-api';
import type { ProcessContext, RunningProcess } from '@bivak/process';
import smpp, { type Server } from 'smpp';
import { z } from 'zod';
import { openRecordFile } from '../fiscal-keeping/record-file.ts';
import { keptMessage, MessageLog } from './message-log.ts';
import { centreMind, honestCentre } from './mind.ts';
import { type MessagePart, messagePart, WaitingParts } from './parts.ts';
import { Receipts } from './receipts.ts';
import { type CentreMode, serveSession } from './smpp-session.ts';

export const smsCentreConfig = z.object({
  port: z.number().int(),
  smppPort: z.number().int(),
  dataDir: z.string(),
  systemId: z.string(),
  password: z.string(),
});

/** A simulated SMS centre: SMPP 3.4 for senders, an HTTP port for who looks at what was sent. */
export async function startSmsCentre({
  config,
  clock,
  log,
}: ProcessContext<z.infer<typeof smsCentreConfig>>): Promise<
  RunningProcess & { port: number; smppPort: number }
> {
  const { file, records } = openRecordFile(join(config.dataDir, 'messages.jsonl'));
  const messages = new MessageLog(file, z.array(keptMessage).parse(records));
  const kept = openRecordFile(join(config.dataDir, 'parts.jsonl'));
  const parts = new WaitingParts(kept.file, z.array(messagePart).parse(kept.records));
  let mode: CentreMode = 'up';
  let mind = honestCentre;
  let count = 0;
  let smppPort = config.smppPort;
  let server: Server | undefined;
  const centre = {
    systemId: config.systemId,
    password: config.password,
    log,
    mode: () => mode,
    mind: () => mind,
    nextCount: () => ++count,
    receipts: new Receipts(clock),
    clock,
    keep: (message: Parameters<MessageLog['keep']>[0]) => messages.keep(message),
    keepPart: (part: MessagePart) => parts.keep(part),
  };
  const open = async (): Promise<void> => {
    if (server !== undefined) return;
    const opening = smpp.createServer((session) => serveSession(session, centre));
    await new Promise<void>((resolve, reject) =>
      opening.once('error', reject).listen(smppPort, '127.0.0.1', resolve),
    );
    server = opening;
    smppPort = (opening.address() as AddressInfo).port;
  };
  const close = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    for (const session of [...(closing?.sessions ?? [])]) session.destroy();
    if (closing !== undefined) await new Promise<void>((resolve) => closing.close(() => resolve()));
  };
  await open();

  const admin = await createApiServer({ title: 'Sandbox SMS centre', version: '1.0.0', log });
  const modeBody = z.strictObject({ mode: z.enum(['up', 'down', 'silent']) });
  admin.get(
    '/v1/sms',
    { schema: { response: { 200: z.object({ items: z.array(sandboxApi.sms) }) } } },
    () => ({ items: messages.list() }),
  );
  admin.get('/v1/mode', { schema: { response: { 200: modeBody } } }, () => ({ mode }));
  admin.put('/v1/mode', { schema: { body: modeBody, response: { 200: modeBody } } }, async ({ body }) => {
    mode = body.mode;
    await (mode === 'down' ? close() : open());
    return { mode };
  });
  admin.get('/v1/mind', { schema: { response: { 200: centreMind } } }, () => mind);
  admin.put('/v1/mind', { schema: { body: centreMind, response: { 200: centreMind } } }, ({ body }) => {
    mind = body;
    count = 0;
    log.info({ mind }, 'the SMS centre has other habits');
    return mind;
  });
  const port = await listen(admin, config.port);
  return {
    port,
    smppPort,
    stop: async () => {
      await close();
      await admin.close();
      file.close();
      kept.file.close();
    },
  };
}
