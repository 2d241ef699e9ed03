import type { hostApi } from '@bivak/contracts';
import { type ApiServer, createApiServer, listen } from '@bivak/http-api';
import { maxUnendedSaleMs } from '@bivak/rules';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { takeBatch } from '../intake/intake.ts';
import { type Database, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { fakeBanks } from '../testing/banks.ts';
import { type HandClock, handClock } from '../testing/clock.ts';
import { enrolTestTill, ship, testKeyStore } from '../testing/host-parts.ts';
import { silentLog } from '../testing/log.ts';
import { type TestTill, testTill } from '../testing/till.ts';
import { addAccountingRoutes } from './accounting-routes.ts';
import { addOverviewRoutes } from './overview-routes.ts';
import { addPaymentRoutes } from './payment-routes.ts';

describe('the API of what is not accounted for', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  let server: ApiServer;
  let port: number;
  let clock: HandClock;
  let till: TestTill;
  let decided: number;
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database } = await databases.emptied());
    clock = handClock();
    till = testTill('till-1', clock.nowMs);
    await enrolTestTill(database, till, clock.nowMs());
    decided = 0;
    const onDecided = (): void => {
      decided++;
    };
    server = await createApiServer({ title: 'host', version: '1', log: silentLog });
    addAccountingRoutes(server, { database, clock, log: silentLog, onDecided });
    addPaymentRoutes(server, { currency: 'RUB', database, clock, log: silentLog, onDecided });
    const banks = fakeBanks();
    addOverviewRoutes(server, {
      database,
      banks,
      settings: [],
      currency: 'RUB',
      isBusy: () => false,
    });
    port = await listen(server, 0);
    return () => server.close();
  });

  const url = (path: string): string => `http://127.0.0.1:${port}${path}`;
  const get = async <Answer>(path: string): Promise<Answer> => {
    const answer = await fetch(url(path));
    expect(answer.status, path).toBe(200);
    return (await answer.json()) as Answer;
  };
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url(path), { method: 'POST', body: JSON.stringify(body), headers });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  type Lines = { items: hostApi.UnaccountedLine[]; nextCursor: string | null };
  const who = { by: 'Анна', why: 'чек 12' };

  it('gives one figure, per till and in all, and every line of it with a cursor', async () => {
    const first = till.sell();
    for (const totalMinor of [70_000, 80_000]) till.sell({ saleId: first, totalMinor });
    await ship(database, till, clock.nowMs());
    const figure = { count: 2, sumMinor: 150_000, otherSums: 0 };
    expect((await get<hostApi.Money>('/v1/money')).unaccounted).toEqual(figure);
    expect((await get<{ items: hostApi.TillSummary[] }>('/v1/tills')).items[0]!.unaccounted).toEqual(figure);
    const page = await get<Lines>('/v1/unaccounted?tillId=till-1&limit=1');
    expect(page).toMatchObject({
      items: [{ seq: 4, saleId: first, amountMinor: 70_000 }],
      nextCursor: 'till-1 4',
    });
    const next = await get<Lines>(`/v1/unaccounted?limit=2&cursor=${encodeURIComponent(page.nextCursor!)}`);
    expect(next).toMatchObject({ items: [{ seq: 6, amountMinor: 80_000 }], nextCursor: null });
    expect((await fetch(url('/v1/unaccounted?cursor=nonsense'))).status).toBe(400);
  });

  it('takes a person’s decision about an entry once, by name and with a reason', async () => {
    const saleId = till.sell();
    till.sell({ saleId });
    await ship(database, till, clock.nowMs());
    const path = '/v1/tills/till-1/entries/4/decision';
    expect((await post(path, { decision: 'dismiss', by: ' ', why: 'x' })).status).toBe(400);
    const dismissed = await post(path, { decision: 'dismiss', ...who });
    expect(dismissed).toEqual({ status: 200, body: { tillId: 'till-1', seq: 4, decision: 'dismiss' } });
    expect(await post(path, { decision: 'collect', ...who })).toMatchObject({
      status: 409,
      body: { code: 'entry-decision-not-offered', offered: [] },
    });
    expect((await post('/v1/tills/till-1/entries/9/decision', { decision: 'dismiss', ...who })).status).toBe(
      404,
    );
    expect((await get<Lines>('/v1/unaccounted')).items).toEqual([]);
    expect((await get<Lines>('/v1/unaccounted?state=ended')).items).toMatchObject([
      { seq: 4, decided: { decision: 'dismiss', ...who } },
    ]);
    expect(decided).toBe(1);
  });

  it('takes a person’s decision about a sale whose till never wrote its end', async () => {
    const id = till.intend({ requestedMode: 'online' });
    await ship(database, till, clock.nowMs());
    await database.query(sql`update payments set state = 'collected'`);
    const path = `/v1/payments/${id}/decision`;
    expect((await post(path, { decision: 'keep', ...who })).status).toBe(409);
    clock.advance(maxUnendedSaleMs);
    expect((await get<hostApi.PaymentDetail>(`/v1/payments/${id}`)).neededEndDecision).toMatchObject({
      options: ['keep', 'give-back'],
    });
    expect(await post(path, { decision: 'keep', ...who })).toMatchObject({
      status: 200,
      body: { neededEndDecision: null },
    });
    expect((await post('/v1/payments/till-1-000099/decision', { decision: 'keep', ...who })).status).toBe(
      404,
    );
  });

  it('lists the entries that were not taken, the newest first', async () => {
    const deps = { database, keys: testKeyStore() };
    for (const text of ['hello\n', 'again\n']) {
      clock.advance(1_000);
      await takeBatch(deps, till, text, clock.nowMs());
    }
    type Rejected = { items: hostApi.RejectedEntry[]; nextCursor: string | null };
    const page = await get<Rejected>('/v1/rejected-entries?limit=1');
    expect(page.items).toMatchObject([
      { tillId: 'till-1', afterSeq: 0, fault: 'unreadable', entry: 'again' },
    ]);
    const cursor = encodeURIComponent(page.nextCursor!);
    expect((await get<Rejected>(`/v1/rejected-entries?tillId=till-1&cursor=${cursor}`)).items).toMatchObject([
      { entry: 'hello' },
    ]);
  });
});
