import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bankProfile } from '@bivak/bank-profiles';
import { sandboxApi } from '@bivak/contracts';
import { type ApiServer, createApiServer, listen } from '@bivak/http-api';
import type { ProcessContext, RunningProcess } from '@bivak/process';
import { z } from 'zod';
import { bookRecord } from '../bank-mind/books.ts';
import { BankMind } from '../bank-mind/mind.ts';
import { mindSetting, weights } from '../bank-mind/settings.ts';
import { openRecordFile } from '../fiscal-keeping/record-file.ts';
import { BankPort, type TlsIdentity } from './bank-port.ts';
import { endlessIssuers, httpIssuers } from './issuers-client.ts';
import { MindRunner } from './mind-runner.ts';

export const bankConfig = z.object({
  bankId: z.string(),
  name: z.object({ ru: z.string(), en: z.string() }),
  profile: z.string(),
  port: z.number().int(),
  isoPort: z.number().int(),
  dataDir: z.string(),
  /** Without it every card has money without end. */
  issuersUrl: z.url().optional(),
  /** For a profile that is reached by TLS: files in PEM. */
  tls: z.strictObject({ caFile: z.string(), certificateFile: z.string(), keyFile: z.string() }).optional(),
  /** For a profile whose messages are authenticated: a file with the key in hex. */
  macKeyFile: z.string().optional(),
  terminals: z.array(z.object({ terminalId: z.string(), merchantId: z.string() })),
  mind: mindSetting.prefault({}),
});
export type BankConfig = z.input<typeof bankConfig>;

/**
 * A simulated acquirer: ISO 8583 over TCP, a mind and books of its own, and a switch to fail in four ways. A bank that is
 * started again is up and as it was configured, whatever it was before; its books go on.
 */
export async function startBank({
  config: given,
  clock,
  log,
}: ProcessContext<BankConfig>): Promise<RunningProcess & { port: number; isoPort: number }> {
  const config = bankConfig.parse(given);
  const { bankId, terminals, issuersUrl, macKeyFile } = config;
  const { file, records } = openRecordFile(join(config.dataDir, 'books.jsonl'));
  const mind = new BankMind({
    bankId,
    profile: bankProfile(config.profile),
    macKey:
      macKeyFile === undefined ? undefined : Buffer.from(readFileSync(macKeyFile, 'latin1').trim(), 'hex'),
    terminals,
    setting: config.mind,
    records: z.array(bookRecord).parse(records),
    nowMs: clock.nowMs(),
  });
  const runner = new MindRunner({
    mind,
    clock,
    issuers: issuersUrl === undefined ? endlessIssuers() : httpIssuers(issuersUrl, bankId),
    port: () => bankPort,
    record: (record) => file.append(record),
    log,
  });
  const events = {
    onOpened: (connection: number) => runner.tell({ kind: 'opened', connection }),
    onData: (connection: number, bytes: Buffer) => runner.tell({ kind: 'data', connection, bytes }),
    onClosed: (connection: number) => runner.tell({ kind: 'closed', connection }),
    cutsHandshake: () => mind.cutsHandshake(),
  };
  const bankPort = new BankPort(config.isoPort, log, events, readTls(config.tls));
  const isoPort = await bankPort.open();
  runner.tell({ kind: 'tick' });

  const server = await createApiServer({ title: `Sandbox bank ${bankId}`, version: '1.0.0', log });
  addSettingRoutes(server, mind, bankPort, runner);
  addBookRoutes(server, mind);
  addClerkRoute(server, runner);
  const port = await listen(server, config.port);
  return {
    port,
    isoPort,
    stop: async () => {
      runner.stop();
      await bankPort.close();
      await server.close();
      file.close();
    },
  };
}

const readTls = (files: z.infer<typeof bankConfig>['tls']): TlsIdentity | undefined =>
  files === undefined
    ? undefined
    : {
        ca: readFileSync(files.caFile),
        cert: readFileSync(files.certificateFile),
        key: readFileSync(files.keyFile),
      };

/** The behaviours are the bank’s own: it says which names there are. */
const settingBody = sandboxApi.bankSetting.extend({ weights: weights.optional() });

function addSettingRoutes(server: ApiServer, mind: BankMind, bankPort: BankPort, runner: MindRunner): void {
  const state = (): sandboxApi.BankSettingState => ({ mode: mind.mode(), ...mind.setting() });
  const response = { 200: sandboxApi.bankSettingState };
  server.get('/v1/setting', { schema: { response } }, state);
  server.put('/v1/setting', { schema: { body: settingBody, response } }, async ({ body }) => {
    const { mode, ...change } = body;
    if (mode === 'down') bankPort.refuse();
    else if (mode !== undefined) await bankPort.open();
    if (mode !== undefined) mind.setMode(mode);
    const { weights: changed, ...rest } = mind.setting();
    // Another preset begins without what was changed in the one before.
    const kept = change.mind === undefined ? changed : {};
    if (Object.keys(change).length > 0) mind.set(mindSetting.parse({ ...rest, weights: kept, ...change }));
    runner.tell({ kind: 'tick' });
    return state();
  });
}

/** What a merchant asks for on the telephone when nothing else helps. */
function addClerkRoute(server: ApiServer, runner: MindRunner): void {
  const body = z.strictObject({ stan: z.string(), rrn: z.string(), terminalId: z.string() });
  server.post('/v1/given-back', { schema: { body, response: { 202: z.object({}) } } }, ({ body }, reply) => {
    runner.tell({ kind: 'given-back-by-hand', name: body });
    reply.status(202);
    return {};
  });
}

/** The books, what has really moved of them, and what the bank has said. */
function addBookRoutes(server: ApiServer, mind: BankMind): void {
  const items = <Item extends z.ZodType>(item: Item) => ({ 200: z.object({ items: z.array(item) }) });
  server.get('/v1/ledger', { schema: { response: items(sandboxApi.ledgerEntry) } }, () => ({
    items: [...mind.books()],
  }));
  server.get(
    '/v1/day-file',
    { schema: { querystring: sandboxApi.dayFileQuery, response: items(sandboxApi.dayFileLine) } },
    ({ query: { date } }) => ({ items: mind.dayFile(date) }),
  );
  server.get('/v1/said', { schema: { response: items(sandboxApi.bankSaid) } }, () => ({
    items: mind
      .said()
      .map(({ atMs, by, ...said }) => ({ at: new Date(atMs).toISOString(), by: [...by], ...said })),
  }));
}
