import { hostApi } from '@bivak/contracts';
import type { ApiServer } from '@bivak/http-api';
import type { BankSessions } from '../banks/index.ts';
import type { BankSetting } from '../config.ts';
import type { Queries } from '../store/index.ts';
import { listBanks, listTills, moneyView, workView } from '../views/index.ts';

export interface OverviewContext {
  database: Queries;
  banks: Pick<BankSessions, 'states'>;
  settings: readonly BankSetting[];
  currency: string;
  /** True while a worker that may make work for another is busy. */
  isBusy: () => boolean;
}

/** Tills, banks, the stages of the money, and what is under way. */
export function addOverviewRoutes(server: ApiServer, context: OverviewContext): void {
  const { database, banks, settings, currency, isBusy } = context;
  server.get(
    '/v1/tills',
    { schema: { summary: 'Tills', response: { 200: hostApi.tillList } } },
    async () => ({ items: await listTills(database, currency), nextCursor: null }),
  );
  server.get(
    '/v1/banks',
    { schema: { summary: 'Banks', response: { 200: hostApi.bankList } } },
    async () => ({ items: await listBanks(database, banks, settings), nextCursor: null }),
  );
  server.get(
    '/v1/money',
    { schema: { summary: 'Where the money is now', response: { 200: hostApi.money } } },
    () => moneyView(database, currency),
  );
  server.get('/v1/work', { schema: { summary: 'What is under way', response: { 200: hostApi.work } } }, () =>
    workView(database, isBusy()),
  );
}
