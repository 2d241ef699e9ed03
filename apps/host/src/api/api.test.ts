import { connect } from 'node:net';
import type { hostApi, uplinkApi } from '@bivak/contracts';
import { type ApiServer, createApiServer, listen } from '@bivak/http-api';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startOutcomesWorker } from '../payments/outcomes.ts';
import { declinedPayment } from '../payments/retry.ts';
import { openDebt } from '../recovery/store.ts';
import { settlementWatch } from '../settlement-watch.ts';
import { type Database, type Queries, sql, type Worker } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { type FakeBanks, fakeBanks } from '../testing/banks.ts';
import { type HandClock, handClock, until } from '../testing/clock.ts';
import { newKeyPair, seen, settle, ship, startPayments, testKeyStore } from '../testing/host-parts.ts';
import { silentLog } from '../testing/log.ts';
import { type TestTill, testPans, testTill } from '../testing/till.ts';
import { addDebtRoutes } from './debt-routes.ts';
import { addOverviewRoutes } from './overview-routes.ts';
import { addPaymentRoutes } from './payment-routes.ts';
import { tellingWhenAway } from './store-away.ts';
import { addUplinkRoutes } from './uplink-routes.ts';

const limits = {
  perSaleMinor: 1,
  perCardMinor: 1,
  perCardCount: 1,
  perTillMinor: 1,
  perTillCount: 1,
  stopListMaxAgeMs: 1,
};

describe('the host’s API', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  let server: ApiServer;
  let port: number;
  let clock: HandClock;
  let banks: FakeBanks;
  let till: TestTill;
  let workers: Worker[];
  let arrived: string[];
  /** Takes the place of the store's transactions. */
  let transaction: (() => Promise<never>) | undefined;
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  beforeEach(async () => {
    ({ database } = await databases.emptied());
    clock = handClock();
    banks = fakeBanks();
    till = testTill('till-1', clock.nowMs);
    await settle(database, till, clock.nowMs());
    const watch = settlementWatch(clock);
    const outcomes = startOutcomesWorker(database, clock, silentLog);
    const onBooked = (id: string): void => {
      watch.notify(id);
      outcomes.wake();
    };
    workers = [outcomes, startPayments(database, banks, clock, { keys: testKeyStore(), onBooked })];
    arrived = [];
    server = await createApiServer({ title: 'host', version: '1', log: silentLog });
    const { privateKey, publicKey } = newKeyPair();
    transaction = undefined;
    const store = {
      ...database,
      transaction: <Result>(work: (queries: Queries) => Promise<Result>) =>
        transaction?.() ?? database.transaction(work),
    };
    addUplinkRoutes(server, {
      database: tellingWhenAway(store),
      clock,
      limits,
      bankWindowMs: 1,
      recoveryWindowMs: 2,
      hostKey: {
        privateKey,
        publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      },
      onJournal: (tillId) => arrived.push(tillId),
      settledWithin: (id, waitMs) => watch.wait(id, waitMs),
    });
    addPaymentRoutes(server, database);
    addDebtRoutes(server, database);
    addOverviewRoutes(server, {
      database,
      banks,
      settings: [],
      currency: 'RUB',
      isBusy: () => workers.some((worker) => worker.isBusy()),
    });
    port = await listen(server, 0);
    return async () => {
      await server.close();
      await Promise.all(workers.map((worker) => worker.stop()));
    };
  });
  afterAll(() => databases.stop());

  const authorization = async (): Promise<string> => {
    const jwt = new SignJWT({}).setProtectedHeader({ alg: 'EdDSA' }).setSubject('till-1');
    return `Bearer ${await jwt.setIssuedAt(Math.floor(clock.nowMs() / 1_000)).sign(till.privateKey)}`;
  };
  const url = (path: string): string => `http://127.0.0.1:${port}${path}`;
  const post = async (body: string, type = 'application/x-ndjson'): Promise<Response> =>
    fetch(url('/v1/tills/till-1/journal'), {
      method: 'POST',
      body,
      headers: { authorization: await authorization(), 'content-type': type },
    });
  const get = async <Answer>(path: string): Promise<Answer> => {
    const answer = await fetch(url(path), { headers: { authorization: await authorization() } });
    expect(answer.status, path).toBe(200);
    return (await answer.json()) as Answer;
  };
  const collect = async (count: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let index = 0; index < count; index++) {
      ids.push(till.sell({ pan: testPans[index % 4]!, totalMinor: 1_000 + index }));
      clock.advance(1_000);
    }
    await ship(database, till, clock.nowMs());
    workers[1]!.wake();
    for (const id of ids) await until(async () => (await seen(database, id)).state === 'collected');
    return ids;
  };

  it('keeps what was whole of a batch whose connection broke', async () => {
    till.sell();
    till.sell();
    const body = Buffer.from(till.batch());
    const secondLine = body.indexOf('\n', body.indexOf('\n') + 1);
    const head = [
      'POST /v1/tills/till-1/journal HTTP/1.1',
      'host: host',
      `authorization: ${await authorization()}`,
      'content-type: application/x-ndjson',
      `content-length: ${body.length}`,
      '',
      '',
    ].join('\r\n');
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((sent) =>
      socket.write(Buffer.concat([Buffer.from(head), body.subarray(0, secondLine + 40)]), () => sent()),
    );
    socket.destroy();
    await until(() => arrived.length > 0);
    const downlink = await get<uplinkApi.Downlink>('/v1/tills/till-1/downlink');
    expect(downlink.acknowledgedSeq).toBe(2);
    expect(await (await post(till.batch(2))).json()).toEqual({ tillId: 'till-1', acknowledgedSeq: 4 });
  });

  it('takes a batch that is too long as far as it may be', async () => {
    till.sell();
    const padding = 'x'.repeat(5_000_000);
    const answer = await post(`${till.batch()}${padding}`).catch(() => undefined);
    if (answer !== undefined) expect(answer.status).toBe(413);
    await until(
      async () => (await get<uplinkApi.Downlink>('/v1/tills/till-1/downlink')).acknowledgedSeq === 2,
    );
  });

  it('takes the journal of a till whose clock is off, says so, and tells it nothing until it is set', async () => {
    till.sell();
    const jwt = new SignJWT({}).setProtectedHeader({ alg: 'EdDSA' }).setSubject('till-1');
    const anHourAgo = Math.floor(clock.nowMs() / 1_000) - 3_600;
    const headers = { authorization: `Bearer ${await jwt.setIssuedAt(anHourAgo).sign(till.privateKey)}` };
    const posted = await fetch(url('/v1/tills/till-1/journal'), {
      method: 'POST',
      body: till.batch(),
      headers: { ...headers, 'content-type': 'application/x-ndjson' },
    });
    expect(await posted.json()).toEqual({ tillId: 'till-1', acknowledgedSeq: 2 });
    const [summary] = (await get<{ items: hostApi.TillSummary[] }>('/v1/tills')).items;
    expect(summary!.alarm!.what).toBe('its clock is 60 minutes slow');
    const downlink = await fetch(url('/v1/tills/till-1/downlink'), { headers });
    expect([downlink.status, await downlink.json()]).toMatchObject([
      401,
      { code: 'clock-off', hostNow: new Date(clock.nowMs()).toISOString() },
    ]);
  });

  it('refuses what is no batch, and who is not signed in, before it reads on', async () => {
    expect((await post('{}', 'application/json')).status).toBe(415);
    expect((await post('{}', 'text/plain')).status).toBe(415);
    const unsigned = await fetch(url('/v1/tills/till-1/journal'), {
      method: 'POST',
      body: till.batch(),
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect(unsigned.status).toBe(401);
    const bad = await post('nonsense\n');
    expect(bad.status).toBe(409);
    expect(await bad.json()).toMatchObject({
      code: 'journal-refused',
      acknowledgedSeq: 0,
      refusedSeq: 1,
      detail: expect.stringContaining('line 1'),
    });
    expect((await get<{ items: hostApi.TillSummary[] }>('/v1/tills')).items[0]!.alarm!.what).toContain(
      'line 1',
    );
  });

  it('answers the till at once when the bank has decided, and not before', async () => {
    banks.debits = () => 'hang';
    const id = till.intend({ asked: 'online' });
    await ship(database, till, clock.nowMs());
    workers[1]!.wake();
    const path = `/v1/tills/till-1/sales/${id}/outcome`;
    expect(await get(path)).toEqual({ saleId: id, state: 'pending' });
    const waiting = get(`${path}?waitMs=4000`); // by the clock, which stands
    await until(() => banks.ledger.length === 1);
    banks.answerHanging();
    expect(await waiting).toEqual({ saleId: id, state: 'approved' });
    expect(await get(`${path}?waitMs=4000`)).toEqual({ saleId: id, state: 'approved' });
    let unknown: unknown;
    void get('/v1/tills/till-1/sales/till-1-000099/outcome?waitMs=4000').then((answer) => {
      unknown = answer;
    });
    await until(
      () => unknown !== undefined,
      () => clock.advance(1_000),
    );
    expect(unknown).toEqual({ saleId: 'till-1-000099', state: 'pending' });
  });

  it('tells a till what became of its sales, each once and in order', async () => {
    const ids = await collect(5);
    const outcomes = async (after: number) =>
      (await get<uplinkApi.Downlink>(`/v1/tills/till-1/downlink?outcomesAfter=${after}`)).outcomes;
    await until(async () => (await outcomes(0)).length === 5);
    const all = await outcomes(0);
    expect(all.map(({ cursor }) => cursor)).toEqual([1, 2, 3, 4, 5]);
    expect(all.map(({ saleId }) => saleId).toSorted()).toEqual(ids);
    expect((await outcomes(3)).map(({ cursor }) => cursor)).toEqual([4, 5]);
  });

  it('shows payments page by page, and finds them by state, till, last digits, sum and id', async () => {
    const ids = await collect(7);
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: hostApi.Payment[]; nextCursor: string | null } = await get(
        `/v1/payments?limit=3${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      found.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(found).toEqual(ids.toReversed());
    const count = async (query: string) =>
      (await get<{ items: hostApi.Payment[] }>(`/v1/payments?${query}`)).items.length;
    expect(await count('state=collected&tillId=till-1')).toBe(7);
    expect(await count('state=declined')).toBe(0);
    expect(await count(`search=${testPans[0].slice(-4)}`)).toBe(2);
    expect(await count('search=10,03')).toBe(1);
    expect(await count(`search=${ids[4]}`)).toBe(1);
    expect(await count('search=%25')).toBe(0);
    const detail = await get<hostApi.PaymentDetail>(`/v1/payments/${ids[0]}`);
    expect(detail).toMatchObject({
      state: 'collected',
      lines: [{ name: 'Чай', quantity: 1, sumMinor: 1_000 }],
      fiscal: { driveNumber: '9999078900005488' },
      attempts: [{ state: 'approved', responseMeaning: 'approved', feeMinor: 16 }],
    });
    expect(detail.routing.map(({ bankId }) => bankId)).toEqual(['north', 'ural', 'volga']);
    for (const pan of testPans) expect(JSON.stringify(detail)).not.toContain(pan);
  });

  it('shows debts page by page, each with its attempts and notices', async () => {
    banks.debits = () => '51';
    const ids = Array.from({ length: 5 }, (_, index) => till.sell({ pan: testPans[index % 4]! }));
    await ship(database, till, clock.nowMs());
    workers[1]!.wake();
    for (const id of ids) {
      await until(async () => (await seen(database, id)).state === 'declined');
      await database.transaction(async (queries) => {
        const [row] = await queries.query<{ bucket: number }>(
          sql`select bucket from payments where payment_id = ${id}`,
        );
        const payment = await declinedPayment(queries, row!.bucket, id);
        await openDebt(queries, payment!, 1_000, clock.nowMs());
      });
      clock.advance(1_000);
    }
    const first = await get<{ items: hostApi.Debt[]; nextCursor: string | null }>('/v1/debts?limit=3');
    const rest = await get<{ items: hostApi.Debt[]; nextCursor: string | null }>(
      `/v1/debts?limit=3&cursor=${encodeURIComponent(first.nextCursor!)}`,
    );
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids.toReversed());
    expect(rest.nextCursor).toBeNull();
    expect(first.items[0]).toMatchObject({ state: 'open', attemptsMade: 1, notices: [], hasContact: false });
    expect(await get('/v1/debts?state=recovered')).toEqual({ items: [], nextCursor: null });
  });

  it('says that nothing is under way when nothing is', async () => {
    await collect(3);
    await until(async () => {
      const { nextDueAt: _, ...counts } = await get<hostApi.Work>('/v1/work');
      return Object.values(counts).every((count) => count === 0);
    });
  });

  it('answers bad requests with a problem that says where and what', async () => {
    for (const path of [
      '/v1/payments?search=%00',
      '/v1/payments?cursor=%00',
      '/v1/payments?cursor=2026-99-99T99:99:99.999Z_x',
      '/v1/payments?cursor=nonsense',
      '/v1/payments?limit=0',
      '/v1/payments?limit=1e9',
      '/v1/payments?state=lost',
      '/v1/payments?tillId=%27',
      '/v1/payments/nonsense',
      '/v1/debts?cursor=nonsense',
      '/v1/debts?limit=501',
      '/v1/debts?state=lost',
      '/v1/tills/till-1/downlink?stopListVersion=-1',
      '/v1/tills/till-1/downlink?outcomesAfter=99999999999999999999',
      '/v1/tills/till-1/downlink?stopListVersion=9999999999',
      '/v1/tills/till-1/sales/x/outcome',
    ]) {
      const answer = await fetch(url(path), { headers: { authorization: await authorization() } });
      expect([path, answer.status]).toEqual([path, 400]);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect((await answer.json()) as object).toMatchObject({ status: 400, detail: expect.any(String) });
    }
  });

  it('says 503 while the store is away or full, and takes the same batch when it is back', async () => {
    till.sell();
    const failures = [
      { code: '53100', message: 'could not extend file: No space left on device' },
      { code: '57P01', message: 'terminating connection due to administrator command' },
      { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' },
      { message: 'Connection terminated unexpectedly' },
    ];
    for (const failure of failures) {
      transaction = () => Promise.reject(Object.assign(new Error(failure.message), failure));
      const answer = await post(till.batch());
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ code: 'store-not-available' });
    }
    transaction = () => Promise.reject(new Error('a bug'));
    expect((await post(till.batch())).status).toBe(500);
    transaction = undefined;
    expect(await (await post(till.batch())).json()).toEqual({ tillId: 'till-1', acknowledgedSeq: 2 });
  });

  it('takes any text to search for', async () => {
    for (const search of ['9'.repeat(60), '1e99', "'; drop table payments", '\\', '%_%', '😀', '-5', '1.005'])
      expect(await get(`/v1/payments?search=${encodeURIComponent(search)}`)).toMatchObject({ items: [] });
  });
});
