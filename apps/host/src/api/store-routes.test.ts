import type { hostApi } from '@bivak/contracts';
import { type ApiServer, createApiServer, listen } from '@bivak/http-api';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { currentEpoch, openEpoch } from '../epoch/epoch.ts';
import { type Database, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { type HandClock, handClock } from '../testing/clock.ts';
import { enrolTestTill, newKeyPair, ship, testContracts, testKeyStore } from '../testing/host-parts.ts';
import { silentLog } from '../testing/log.ts';
import { type TestTill, testTill } from '../testing/till.ts';
import { addStoreRoutes } from './store-routes.ts';
import { addUplinkRoutes } from './uplink-routes.ts';

const limits = {
  perSaleMinor: 1,
  perCardMinor: 1,
  perCardCount: 1,
  perTillMinor: 1,
  perTillCount: 1,
  stopListMaxAgeMs: 1,
};

describe('the API of a store that is in doubt', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  let server: ApiServer;
  let clock: HandClock;
  let till: TestTill;
  let url: string;
  let acts: string[];
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database } = await databases.emptied());
    clock = handClock();
    await openEpoch(database, clock.nowMs());
    till = testTill('till-1', clock.nowMs);
    await enrolTestTill(database, till, clock.nowMs());
    acts = [];
    server = await createApiServer({ title: 'host', version: '1', log: silentLog });
    addStoreRoutes(server, {
      database,
      clock,
      log: silentLog,
      banks: testContracts,
      witnessedBlock: () => 7,
      onDecided: () => acts.push('decided'),
      onCleared: () => acts.push('cleared'),
    });
    const { privateKey, publicKey } = newKeyPair();
    addUplinkRoutes(server, {
      database,
      keys: testKeyStore(),
      clock,
      limits,
      bankWindowMs: 1,
      recoveryWindowMs: 2,
      hostKey: {
        privateKey,
        publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      },
      onJournal: () => {},
      decidedWithin: async () => {},
    });
    url = `http://127.0.0.1:${await listen(server, 0)}`;
    return () => server.close();
  });

  const asTill = async (method: 'GET' | 'POST', path: string, memory: object, body?: string) => {
    const known = {
      epochId: (await currentEpoch(database)).epochId,
      acknowledgedSeq: 0,
      shippedSeq: 0,
      outcomesCursor: 0,
      stopListVersion: 0,
      stopListHash: '0'.repeat(64),
      ...memory,
    };
    const jwt = new SignJWT({ memory: known }).setProtectedHeader({ alg: 'EdDSA' }).setSubject('till-1');
    const token = await jwt.setIssuedAt(Math.floor(clock.nowMs() / 1_000)).sign(till.privateKey);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };
    const answer = await fetch(`${url}/v1/tills/till-1${path}`, { method, headers, body: body ?? null });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  };
  const person = async (path: string, body: object) => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by: 'Anna', why: 'copy of 24 November', ...body }),
    });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  };
  const store = async () => (await (await fetch(`${url}/v1/store`)).json()) as hostApi.Store;

  it('is there for nobody but the person who decides, says what is at stake, and lets tills in again', async () => {
    till.sell({ totalMinor: 1_250 });
    await ship(database, till, clock.nowMs());
    expect(await store()).toMatchObject({ epoch: 1, doubts: [], options: [], perhapsDebited: { count: 0 } });
    expect(await person('/v1/store/decision', { decision: 'restored' })).toMatchObject({
      status: 409,
      json: { code: 'store-not-in-doubt' },
    });
    const ahead = { acknowledgedSeq: 9, shippedSeq: 11 };
    for (const path of ['/downlink', '/sales/till-1-000001/outcome'])
      expect(await asTill('GET', path, ahead)).toMatchObject({
        status: 503,
        json: { code: 'store-in-doubt' },
      });
    expect(await asTill('POST', '/journal', {}, till.batch())).toMatchObject({ status: 503 });
    expect(await store()).toMatchObject({
      doubts: [{ cause: 'till-ahead', data: { tillId: 'till-1', seq: 9, storedSeq: 2 } }],
      atStake: { count: 1, sumMinor: 1_250 },
      options: ['restored', 'nothing-lost'],
    });
    const { epochId: first } = await currentEpoch(database);
    expect(await person('/v1/store/decision', { decision: 'restored' })).toMatchObject({
      status: 200,
      json: { epoch: 2, decidedBy: 'Anna', perhapsDebited: { count: 1, sumMinor: 1_250 }, doubts: [] },
    });
    expect(acts).toEqual(['decided']);
    // The till has not heard of it: nothing is taken before it has said what it had sent.
    const old = { epochId: first, ...ahead };
    expect(await asTill('POST', '/journal', old, till.batch())).toMatchObject({
      status: 409,
      json: { code: 'store-epoch-changed', epoch: 2, acknowledgedSeq: 2 },
    });
    const answer = await asTill('POST', '/journal', { acknowledgedSeq: 2, shippedSeq: 11 }, till.batch());
    expect(answer).toMatchObject({ status: 200, json: { epoch: 2, acknowledgedSeq: 2 } });
    const [row] = await database.query<{ seq: number }>(sql`select sent_before_epoch_seq as seq from tills`);
    expect(row!.seq).toBe(11);
  });

  it('takes the books of every bank, whole up to the epoch, and nothing less', async () => {
    const id = till.sell();
    await ship(database, till, clock.nowMs());
    await asTill('GET', '/downlink', { acknowledgedSeq: 9 });
    await person('/v1/store/decision', { decision: 'restored' });
    const until = new Date(clock.nowMs()).toISOString();
    const bankIds = ['north', 'ural', 'volga'];
    const payments = [{ paymentId: id, lines: [] }];
    expect(await person('/v1/store/books', { until, bankIds: ['north'], payments })).toMatchObject({
      json: { code: 'banks-missing', bankIds: ['ural', 'volga'] },
    });
    const early = new Date(clock.nowMs() - 1).toISOString();
    expect(await person('/v1/store/books', { until: early, bankIds, payments })).toMatchObject({
      json: { code: 'books-too-early', notBefore: until },
    });
    const held = (await (await fetch(`${url}/v1/store/perhaps-debited`)).json()) as object;
    expect(held).toEqual({ items: [{ paymentId: id, amountMinor: 50_000 }], nextCursor: null });
    expect(await person('/v1/store/books', { until, bankIds, payments })).toMatchObject({
      status: 200,
      json: { cleared: [id], unclear: [] },
    });
    expect(acts).toContain('cleared');
    expect(await store()).toMatchObject({ perhapsDebited: { count: 0 } });
    expect(await person('/v1/store/nothing-debited', { paymentIds: [id] })).toMatchObject({
      json: { cleared: [] },
    });
    expect(await person('/v1/store/nothing-debited', { paymentIds: ['till-1-999999'] })).toMatchObject({
      status: 404,
      json: { code: 'unknown-payment' },
    });
  });
});
