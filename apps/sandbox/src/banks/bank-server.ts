import { join } from 'node:path';
import { bankProfile } from '@bivak/bank-profiles';
import type { Clock, Timer } from '@bivak/clock';
import { sandboxApi } from '@bivak/contracts';
import { type ApiServer, createApiServer, listen } from '@bivak/http-api';
import type { ProcessContext, RunningProcess } from '@bivak/process';
import { z } from 'zod';
import { openRecordFile } from '../fiscal-keeping/record-file.ts';
import { type Bank, type BankMode, resolveOpenRequests, responseTo } from './decisions.ts';
import { createInTurn } from './in-turn.ts';
import { IsoListener } from './iso-listener.ts';
import { httpIssuers } from './issuers-client.ts';
import { Ledger, ledgerRecord } from './ledger.ts';

export const bankConfig = z.object({
  bankId: z.string(),
  name: z.object({ ru: z.string(), en: z.string() }),
  profile: z.string(),
  port: z.number().int(),
  isoPort: z.number().int(),
  dataDir: z.string(),
  issuersUrl: z.url(),
  terminals: z.array(z.object({ terminalId: z.string(), merchantId: z.string() })),
});
export type BankConfig = z.infer<typeof bankConfig>;

const resolveEveryMs = 5_000;

/**
 * A simulated acquirer: ISO 8583 over TCP, books of its own, and a switch to fail in four ways. A bank that is started
 * again is up, whatever it was before; its books go on.
 */
export async function startBank({
  config,
  clock,
  log,
}: ProcessContext<BankConfig>): Promise<RunningProcess & { port: number; isoPort: number }> {
  const { file, records } = openRecordFile(join(config.dataDir, 'ledger.jsonl'));
  const switched: { mode: BankMode } = { mode: 'up' };
  const bank: Bank = {
    profile: bankProfile(config.profile),
    terminals: config.terminals,
    ledger: new Ledger(file, z.array(ledgerRecord).parse(records)),
    issuers: httpIssuers(config.issuersUrl, config.bankId),
    clock,
    inTurn: createInTurn(),
    mode: () => switched.mode,
  };
  const listener = new IsoListener({
    profile: bank.profile,
    port: config.isoPort,
    log,
    answer: (session, message) => responseTo(bank, session, message),
    maySend: (message) => switched.mode !== 'silent' || message.get(0) === '0800',
  });
  const isoPort = await listener.open();
  const resolving = repeat(clock, resolveEveryMs, () => resolveOpenRequests(bank));

  const server = await createApiServer({ title: `Sandbox bank ${config.bankId}`, version: '1.0.0', log });
  addModeRoutes(server, listener, switched);
  server.get(
    '/v1/ledger',
    { schema: { response: { 200: z.object({ items: z.array(sandboxApi.ledgerEntry) }) } } },
    () => ({ items: [...bank.ledger.list()] }),
  );
  const port = await listen(server, config.port);
  return {
    port,
    isoPort,
    stop: async () => {
      resolving.cancel();
      await listener.close();
      await server.close();
      file.close();
    },
  };
}

function addModeRoutes(server: ApiServer, listener: IsoListener, switched: { mode: BankMode }): void {
  const modeBody = z.object({ mode: sandboxApi.bankMode });
  server.get('/v1/mode', { schema: { response: { 200: modeBody } } }, () => ({ mode: switched.mode }));
  server.put(
    '/v1/mode',
    { schema: { body: sandboxApi.bankSetting, response: { 200: modeBody } } },
    async ({ body }) => {
      if (body.mode === 'down') listener.refuse();
      else await listener.open();
      switched.mode = body.mode;
      return { mode: body.mode };
    },
  );
}

/** Does `work` now, and again `everyMs` of the clock after it has ended. */
function repeat(clock: Clock, everyMs: number, work: () => Promise<void>): Timer {
  let timer: Timer | undefined;
  let isCancelled = false;
  const turn = (): void => {
    const again = (): void => {
      if (!isCancelled) timer = clock.at(clock.nowMs() + everyMs, turn);
    };
    work().then(again, again);
  };
  turn();
  return {
    cancel: () => {
      isCancelled = true;
      timer?.cancel();
    },
  };
}
