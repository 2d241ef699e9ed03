import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sandboxApi } from '@bivak/contracts';
import { Problem } from '@bivak/domain';
import { type ApiServer, createApiServer, listen } from '@bivak/http-api';
import type { ProcessContext, RunningProcess } from '@bivak/process';
import { z } from 'zod';
import { openRecordFile, type RecordFile } from '../fiscal-keeping/record-file.ts';
import {
  type AccountEvent,
  Accounts,
  accountEvent,
  authorisation,
  reversal,
  walletEntry,
} from './accounts.ts';

export const issuersConfig = z.object({
  port: z.number().int(),
  dataDir: z.string(),
  walletFile: z.string(),
});

/**
 * The banks that have issued the test cards. Acquirers send their requests here over an inner way that stands for the
 * card network; what is answered is on the disk before it is answered.
 */
export async function startIssuers({
  config,
  clock,
  log,
}: ProcessContext<z.infer<typeof issuersConfig>>): Promise<RunningProcess & { port: number }> {
  const wallet = z.array(walletEntry).parse(JSON.parse(readFileSync(config.walletFile, 'utf8')));
  const { file, records } = openRecordFile(join(config.dataDir, 'accounts.jsonl'));
  const accounts = new Accounts(wallet, z.array(accountEvent).parse(records));
  const server = await createApiServer({ title: 'Sandbox issuers', version: '1.0.0', log });
  const book = booker(accounts, file);
  addAccountRoutes(server, accounts, book);
  server.post(
    '/v1/authorise',
    { schema: { body: authorisation, response: { 200: z.object({ responseCode: z.string() }) } } },
    ({ body }) => {
      const before = accounts.answered(body);
      if (before !== undefined) return { responseCode: before };
      book(accounts.decide(body, clock.nowMs()));
      return { responseCode: accounts.answered(body)! };
    },
  );
  server.post(
    '/v1/reverse',
    { schema: { body: reversal, response: { 200: z.object({ reversed: z.boolean() }) } } },
    ({ body }) => {
      const reversed = accounts.isReversible(body);
      if (!accounts.isReversed(body)) book({ kind: 'reversed', key: Accounts.keyOf(body) });
      return { reversed };
    },
  );
  const port = await listen(server, config.port);
  return {
    port,
    stop: async () => {
      await server.close();
      file.close();
    },
  };
}

const booker =
  (accounts: Accounts, file: RecordFile) =>
  (event: AccountEvent): void => {
    file.append(event);
    accounts.apply(event);
  };

function addAccountRoutes(server: ApiServer, accounts: Accounts, book: (event: AccountEvent) => void): void {
  const items = z.object({ items: z.array(sandboxApi.walletCard) });
  server.get('/v1/accounts', { schema: { response: { 200: items } } }, () => ({ items: accounts.list() }));
  server.put(
    '/v1/accounts/:card',
    {
      schema: {
        params: z.object({ card: z.string() }),
        body: sandboxApi.accountSetting,
        response: { 200: sandboxApi.walletCard },
      },
    },
    ({ params: { card }, body }) => {
      if (!accounts.has(card)) throw new Problem('unknown-card', { card });
      book({ kind: 'set', card, ...body });
      return accounts.list().find((account) => account.card === card)!;
    },
  );
}
