import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@bivak/clock';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WalletEntry } from './accounts.ts';
import { startIssuers } from './issuers-server.ts';

const pan = '4761739001010119';
const anna: WalletEntry = {
  card: 'anna',
  pan,
  expiry: '2712',
  serviceCode: '201',
  issuerBankId: 'north',
  balanceMinor: 100_000,
  issuerAnswers: 'by-balance',
  phone: '+79001234567',
  label: { ru: 'Анна', en: 'Anna' },
};

describe('the issuers', () => {
  let folder: string;
  let issuers: Awaited<ReturnType<typeof startIssuers>>;
  let nowMs: number;
  const clock: Clock = { nowMs: () => nowMs, at: () => ({ cancel: () => {} }) };
  const start = async (): Promise<void> => {
    const config = { port: 0, dataDir: join(folder, 'data'), walletFile: join(folder, 'wallet.json') };
    issuers = await startIssuers({ config, clock, log: pino({ level: 'silent' }) });
  };
  beforeEach(async () => {
    nowMs = Date.parse('2026-11-24T09:00:00Z');
    folder = mkdtempSync(join(tmpdir(), 'bivak-issuers-'));
    writeFileSync(join(folder, 'wallet.json'), JSON.stringify([anna]));
    await start();
  });
  afterEach(async () => {
    await issuers.stop();
    rmSync(folder, { recursive: true });
  });

  const send = async (method: string, path: string, body?: unknown) => {
    const options =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await fetch(`http://127.0.0.1:${issuers.port}${path}`, { method, ...options });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  };
  const request = (stan: string, change: object = {}) => ({
    bankId: 'volga',
    stan,
    rrn: `00000000${stan}`.slice(-12),
    pan,
    expiry: '2712',
    amountMinor: 40_000,
    ...change,
  });
  const authorise = async (stan: string, change: object = {}) =>
    (await send('POST', '/v1/authorise', request(stan, change))).json.responseCode;
  const reverse = async (stan: string) => {
    const { bankId, rrn } = request(stan);
    return (await send('POST', '/v1/reverse', { bankId, stan, rrn })).json.reversed;
  };
  const balance = async () =>
    ((await send('GET', '/v1/accounts')).json.items as { balanceMinor: number }[])[0]!.balanceMinor;

  it('debit once for one request, also after a restart', async () => {
    expect([await authorise('000001'), await authorise('000001')]).toEqual(['00', '00']);
    await issuers.stop();
    await start();
    expect(await authorise('000001')).toBe('00');
    expect(await balance()).toBe(60_000);
  });

  it('decline what the account does not hold, unknown cards, wrong and past expiry dates', async () => {
    expect(await authorise('000001', { amountMinor: 100_001 })).toBe('51');
    expect(await authorise('000002', { pan: '4761739001010118' })).toBe('14');
    expect(await authorise('000003', { expiry: '2812' })).toBe('54');
    nowMs = Date.parse('2028-01-02T00:00:00Z');
    expect(await authorise('000004')).toBe('54');
    expect(await balance()).toBe(100_000);
  });

  it('give back once, and never for what was declined', async () => {
    await authorise('000001');
    expect([await reverse('000001'), await reverse('000001')]).toEqual([true, false]);
    await authorise('000002', { amountMinor: 900_000 });
    expect(await reverse('000002')).toBe(false);
    expect(await balance()).toBe(100_000);
    expect(await authorise('000001')).toBe('00'); // as it was answered; nothing moves
    expect(await balance()).toBe(100_000);
  });

  it('refuse a request that its own reversal has overtaken', async () => {
    expect(await reverse('000001')).toBe(false);
    await issuers.stop();
    await start();
    expect(await authorise('000001')).toBe('94');
    expect(await balance()).toBe(100_000);
  });

  it('answer as they are set to', async () => {
    expect((await send('PUT', '/v1/accounts/anna', { issuerAnswers: 'stolen' })).json).toMatchObject({
      card: 'anna',
      issuerAnswers: 'stolen',
      balanceMinor: 100_000,
    });
    expect(await authorise('000001')).toBe('43');
    await send('PUT', '/v1/accounts/anna', { issuerAnswers: 'do-not-honour' });
    expect(await authorise('000002')).toBe('05');
    await send('PUT', '/v1/accounts/anna', { issuerAnswers: 'by-balance', balanceMinor: 39_999 });
    expect(await authorise('000003')).toBe('51');
  });

  it.each([
    ['/v1/accounts/nobody', { balanceMinor: 1 }, 404, 'unknown-card'],
    ['/v1/accounts/anna', { balanceMinor: -1 }, 400, 'invalid-request'],
    ['/v1/accounts/anna', { balanceMinor: 1, pan }, 400, 'invalid-request'],
  ])('refuse PUT %s %j by name', async (path, body, status, code) => {
    expect(await send('PUT', path, body)).toMatchObject({ status, json: { code } });
    expect(await balance()).toBe(100_000);
  });

  it('show and keep no card number', async () => {
    await authorise('000001');
    const shown = await send('GET', '/v1/accounts');
    expect(JSON.stringify(shown.json)).toContain('476173******0119');
    expect(JSON.stringify(shown.json)).not.toContain(pan);
    expect(readFileSync(join(folder, 'data', 'accounts.jsonl'), 'utf8')).not.toContain(pan);
  });
});
