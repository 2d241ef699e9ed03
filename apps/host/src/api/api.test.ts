import { connect } from 'node:net';
import type { hostApi, uplinkApi } from '@bivak/contracts';
import type { Alarm, DebtState } from '@bivak/domain';
import { type ApiServer, createApiServer, listen } from '@bivak/http-api';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decisionWatch } from '../decision-watch.ts';
import { startOutboxWorker } from '../fleet/outbox.ts';
import { declinedPayment } from '../payments/retry.ts';
import { openDebt } from '../recovery/store.ts';
import { type Database, sql, type Transaction, type Worker } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { type FakeBanks, fakeBanks } from '../testing/banks.ts';
import { type HandClock, handClock, until } from '../testing/clock.ts';
import {
  enrolTestTill,
  newKeyPair,
  readPayment,
  ship,
  startPayments,
  testKeyStore,
} from '../testing/host-parts.ts';
import { silentLog } from '../testing/log.ts';
import { type TestTill, testPans, testTill } from '../testing/till.ts';
import { addAlarmRoutes } from './alarm-routes.ts';
import { addDebtRoutes } from './debt-routes.ts';
import { addOverviewRoutes } from './overview-routes.ts';
import { addPaymentRoutes } from './payment-routes.ts';
import { withStoreProblems } from './store-problems.ts';
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
    await enrolTestTill(database, till, clock.nowMs());
    const watch = decisionWatch(clock);
    const outbox = startOutboxWorker(database, clock, silentLog);
    const onBooked = (id: string): void => {
      watch.notify(id);
      outbox.wake();
    };
    workers = [outbox, startPayments(database, banks, clock, { keys: testKeyStore(), onBooked })];
    arrived = [];
    server = await createApiServer({ title: 'host', version: '1', log: silentLog });
    const { privateKey, publicKey } = newKeyPair();
    transaction = undefined;
    const store = {
      ...database,
      transaction: <Result>(work: (queries: Transaction) => Promise<Result>) =>
        transaction?.() ?? database.transaction(work),
    };
    addUplinkRoutes(server, {
      database: withStoreProblems(store),
      keys: testKeyStore(),
      clock,
      limits,
      bankWindowMs: 1,
      recoveryWindowMs: 2,
      hostKey: {
        privateKey,
        publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      },
      onJournal: (tillId) => arrived.push(tillId),
      decidedWithin: (id, waitMs) => watch.wait(id, waitMs),
    });
    const payments = { database, clock, log: silentLog, currency: 'RUB', onDecided: () => {} };
    addPaymentRoutes(server, payments);
    addDebtRoutes(server, { database, clock, log: silentLog, onDecided: () => {} });
    addAlarmRoutes(server, database, clock);
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
    for (const id of ids) await until(async () => (await readPayment(database, id)).state === 'collected');
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
    expect(await (await post(till.batch(2))).json()).toMatchObject({ tillId: 'till-1', acknowledgedSeq: 4 });
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

  it('takes the journal of a till whose clock is off, raises an alarm, and gives it nothing until it is set', async () => {
    till.sell();
    const jwt = new SignJWT({}).setProtectedHeader({ alg: 'EdDSA' }).setSubject('till-1');
    const anHourAgo = Math.floor(clock.nowMs() / 1_000) - 3_600;
    const headers = { authorization: `Bearer ${await jwt.setIssuedAt(anHourAgo).sign(till.privateKey)}` };
    const posted = await fetch(url('/v1/tills/till-1/journal'), {
      method: 'POST',
      body: till.batch(),
      headers: { ...headers, 'content-type': 'application/x-ndjson' },
    });
    expect(await posted.json()).toMatchObject({ tillId: 'till-1', acknowledgedSeq: 2 });
    const [summary] = (await get<{ items: hostApi.TillSummary[] }>('/v1/tills')).items;
    expect(summary).toMatchObject({
      cardSales: 1,
      alarms: [{ kind: 'clock-off', state: 'raised', data: { offMs: -3_600_000 } }],
    });
    const downlink = await fetch(url('/v1/tills/till-1/downlink'), { headers });
    expect([downlink.status, await downlink.json()]).toMatchObject([
      401,
      { code: 'clock-off', hostNow: new Date(clock.nowMs()).toISOString() },
    ]);
    await get('/v1/tills/till-1/downlink');
    expect((await get<{ items: hostApi.TillSummary[] }>('/v1/tills')).items[0]!.alarms).toEqual([]);
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
      fault: 'unreadable',
    });
    expect((await get<{ items: hostApi.TillSummary[] }>('/v1/tills')).items[0]!.alarms).toMatchObject([
      { kind: 'journal-refused', data: { afterSeq: 0, fault: 'unreadable', waitingEntries: 1 } },
    ]);
  });

  it('answers the till at once when the bank has decided, and not before', async () => {
    banks.debits = () => 'hang';
    const id = till.intend({ requestedMode: 'online' });
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

  it('offers what a person may decide about an attempt, and records who decided what, and why', async () => {
    banks.debits = () => '51';
    const id = till.sell();
    await ship(database, till, clock.nowMs());
    workers[1]!.wake();
    await until(async () => (await readPayment(database, id)).state === 'declined');
    await database.query(sql`
      update attempts set state = 'disputed', dispute_cause = 'refund-unanswered' where payment_id = ${id}`);
    const detail = await get<hostApi.PaymentDetail>(`/v1/payments/${id}`);
    expect(detail.neededDecisions).toMatchObject([
      {
        attempt: 1,
        cause: 'refund-unanswered',
        options: ['nothing-debited', 'debit-stands', 'reverse-again'],
      },
    ]);
    const decide = (body: object, attempt = 1) =>
      fetch(url(`/v1/payments/${id}/attempts/${attempt}/decision`), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const decision = { decision: 'nothing-debited', by: 'Anna', why: 'day file, line 12' };
    expect((await decide({ ...decision, why: ' ' })).status).toBe(400);
    expect((await decide(decision, 2)).status).toBe(404);
    const refused = await decide({ ...decision, decision: 'given-back' });
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'decision-not-offered' }]);
    const decided = await decide(decision);
    expect([decided.status, await decided.json()]).toMatchObject([
      200,
      {
        neededDecisions: [],
        decisions: [{ attempt: 1, ...decision, at: new Date(clock.nowMs()).toISOString() }],
      },
    ]);
    expect((await decide(decision)).status).toBe(409);
  });

  it('gives a till what became of its sales, each once and in order', async () => {
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
      lineItems: [
        { sku: 'TEA', name: 'Чай', quantity: 1, priceMinor: 1_000, sumMinor: 1_000, vatRate: '22' },
      ],
      wait: null,
      fiscal: { driveNumber: '9999078900005488' },
      attempts: [
        {
          state: 'approved',
          meaning: 'approved',
          feeMinor: 16,
          route: { kind: 'off-us', feePercent: '1.6', isFailing: false },
          reversalTries: 0,
        },
      ],
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
      await until(async () => (await readPayment(database, id)).state === 'declined');
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
    expect(first.items[0]).toMatchObject<Partial<hostApi.Debt>>({
      state: 'open',
      tillId: 'till-1',
      responseCode: '51',
      meaning: 'insufficient-funds',
      attemptsMade: 1,
      notices: [],
      hasContact: false,
    });
    const recovered: DebtState = 'recovered';
    expect(await get(`/v1/debts?state=${recovered}`)).toEqual({ items: [], nextCursor: null });
  });

  it('says that nothing is under way when nothing is', async () => {
    await collect(3);
    await until(async () => {
      const { nextDueAt: _, waiting, ...counts } = await get<hostApi.Work>('/v1/work');
      return waiting.length === 0 && Object.values(counts).every((count) => count === 0);
    });
  });

  it('says of each payment that waits why, and until when', async () => {
    banks.debits = () => '03';
    const id = till.sell({ totalMinor: 70_000 });
    await ship(database, till, clock.nowMs());
    workers[1]!.wake();
    const detail = () => get<hostApi.PaymentDetail>(`/v1/payments/${id}`);
    await until(async () => (await detail()).wait?.reason.kind === 'banks-blocked');
    const wait = {
      reason: { kind: 'banks-blocked', bankIds: ['north', 'ural', 'volga'] },
      untilAt: new Date(clock.nowMs() + 15 * 60_000).toISOString(),
    };
    expect((await detail()).wait).toEqual(wait);
    expect((await detail()).timeline.at(-1)).toEqual({
      at: new Date(clock.nowMs()).toISOString(),
      kind: 'waiting',
      data: wait,
    });
    expect((await get<{ items: hostApi.Payment[] }>('/v1/payments')).items[0]!.wait).toEqual(wait);
    expect((await get<hostApi.Work>('/v1/work')).waiting).toEqual([
      { kind: 'banks-blocked', count: 1, sumMinor: 70_000, nextAt: wait.untilAt },
    ]);
  });

  it('counts card and cash sales, and the entries that it cannot explain or fold', async () => {
    till.sell();
    const cash = till.intend({ tender: 'cash' });
    till.accept(cash, 'cash');
    till.sell({ totalMinor: 0 });
    await ship(database, till, clock.nowMs());
    await database.query(sql`
      insert into quarantine (till_bucket, till_id, seq, entry_kind, version, is_card_sale, reason, quarantined_at)
      select till_bucket, till_id, 1, 'sale.tipped', 1, false, '{"kind":"unknown-kind","entryKind":"sale.tipped"}', quarantined_at
      from quarantine`);
    const [summary] = (await get<{ items: hostApi.TillSummary[] }>('/v1/tills')).items;
    expect(summary).toMatchObject({
      cardSales: 2,
      cashSales: 1,
      quarantinedEntries: 2,
      unexplainedEntries: 1,
      alarms: [{ kind: 'entry-quarantined', data: { seq: 6, reason: { kind: 'zero-sum' } } }],
    });
  });

  it('lists alarms, and takes that somebody has seen one', async () => {
    await post('nonsense\n');
    const list = (query: string) => get<{ items: Alarm[] }>(`/v1/alarms${query}`);
    const [alarm] = (await list('?state=raised&tillId=till-1')).items;
    const acknowledge = (id: string, body: object) =>
      fetch(url(`/v1/alarms/${id}/acknowledgement`), {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
    const { alarmId } = alarm!;
    for (let times = 0; times < 2; times++) {
      const answer = await acknowledge(alarmId, { by: 'Анна' });
      expect([answer.status, await answer.json()]).toMatchObject([
        200,
        { alarmId, state: 'acknowledged', acknowledgedBy: 'Анна' },
      ]);
    }
    expect((await list('?state=raised')).items).toEqual([]);
    expect((await acknowledge(alarmId, { by: '' })).status).toBe(400);
    expect(await (await acknowledge('none', { by: 'Анна' })).json()).toMatchObject({
      status: 404,
      code: 'unknown-alarm',
      alarmId: 'none',
    });
    till.sell();
    expect((await post(till.batch())).status).toBe(200);
    expect(await (await acknowledge(alarmId, { by: 'Анна' })).json()).toMatchObject({
      status: 409,
      code: 'alarm-ended',
    });
    expect((await list('?state=ended')).items).toMatchObject([{ alarmId }]);
  });

  it('answers bad requests with a problem that names the place and the fault', async () => {
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
      '/v1/alarms?state=lost',
      '/v1/alarms?cursor=nonsense',
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

  it('answers 503 while the store is away or full, and takes the same batch when it is back', async () => {
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
    expect(await (await post(till.batch())).json()).toMatchObject({ tillId: 'till-1', acknowledgedSeq: 2 });
  });

  it('describes its routes and their facts', async () => {
    const { paths } = await get<{ paths: Record<string, unknown> }>('/openapi.json');
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/payments/{id}', '/v1/alarms/{alarmId}/acknowledgement', '/v1/work']),
    );
    for (const fact of ['reversal-unconfirmed', 'debit-answered', 'entry-quarantined', 'sale-sum'])
      expect(JSON.stringify(paths)).toContain(fact);
  });

  it('takes any text to search for', async () => {
    for (const search of ['9'.repeat(60), '1e99', "'; drop table payments", '\\', '%_%', '😀', '-5', '1.005'])
      expect(await get(`/v1/payments?search=${encodeURIComponent(search)}`)).toMatchObject({ items: [] });
  });
});
