import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bankProfileNames } from '@bivak/bank-profiles';
import { systemClock } from '@bivak/clock';
import type { sandboxApi } from '@bivak/contracts';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BankSessions, type DebitRequest, openBankSessions } from '../../apps/host/src/banks/index.ts';
import { startBank } from '../../apps/sandbox/src/banks/bank-server.ts';
import { startIssuers } from '../../apps/sandbox/src/issuers/issuers-server.ts';

// A test number of the public ranges (EMVCo's sample card).
const pan = '4761739001010119';
const log = pino({ level: 'silent' });
const clock = systemClock;
const account = {
  card: 'anna',
  pan,
  expiry: '4912',
  serviceCode: '201',
  issuerBankId: 'north',
  balanceMinor: 100_000,
  issuerAnswers: 'by-balance',
  phone: null,
  label: { ru: 'Анна', en: 'Anna' },
};

describe.each(bankProfileNames)('host and bank %s over TCP', { timeout: 60_000 }, (profile) => {
  let folder: string;
  let issuers: Awaited<ReturnType<typeof startIssuers>>;
  let bank: Awaited<ReturnType<typeof startBank>>;
  let sessions: BankSessions;
  let next = 0;

  const config = (isoPort: number) => ({
    bankId: profile,
    name: { ru: profile, en: profile },
    profile,
    port: 0,
    isoPort,
    dataDir: join(folder, 'bank'),
    issuersUrl: `http://127.0.0.1:${issuers.port}`,
    terminals: [{ terminalId: 'TERM0001', merchantId: 'MERCHANT0000001' }],
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-banks-'));
    writeFileSync(join(folder, 'wallet.json'), JSON.stringify([account]));
    issuers = await startIssuers({
      config: { port: 0, dataDir: join(folder, 'issuers'), walletFile: join(folder, 'wallet.json') },
      clock,
      log,
    });
    bank = await startBank({ config: config(0), clock, log });
    sessions = openBankSessions(
      [
        {
          bankId: profile,
          profile,
          host: '127.0.0.1',
          port: bank.isoPort,
          terminalId: 'TERM0001',
          merchantId: 'MERCHANT0000001',
        },
      ],
      clock,
      log,
    );
    await signedOn();
  }, 60_000);
  afterEach(async () => {
    await sessions.close();
    await bank.stop();
    await issuers.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const signedOn = () => until(() => sessions.states()[0]!.session === 'signed-on');
  const request = (change: Partial<DebitRequest> = {}): DebitRequest => {
    next++;
    return {
      reference: `till-1-${String(next).padStart(6, '0')}`,
      card: { pan, expiry: '4912', serviceCode: '201' },
      amountMinor: 40_000,
      currency: 'RUB',
      stan: String(next).padStart(6, '0'),
      rrn: String(next).padStart(12, '0'),
      transmittedAtMs: Date.parse('2026-11-24T09:00:00Z'),
      soldAtMs: Date.parse('2026-11-24T08:00:00Z'),
      timeZone: 'Europe/Moscow',
      deferred: true,
      resubmission: false,
      ...change,
    };
  };
  const reversalOf = (debit: DebitRequest) => ({ ...debit, reason: 'no-answer' as const });
  const admin = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const options =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return (await (
      await fetch(`http://127.0.0.1:${bank.port}${path}`, { method, ...options })
    ).json()) as Answer;
  };
  const mode = (value: string) => admin('PUT', '/v1/setting', { mode: value });
  const ledger = async () => (await admin<{ items: sandboxApi.LedgerEntry[] }>('GET', '/v1/ledger')).items;

  it('debits once, also if it is requested twice, and declines what the account does not hold', async () => {
    const first = request();
    expect(await sessions.debit(profile, first, 20_000)).toMatchObject({
      kind: 'answered',
      responseCode: '00',
    });
    expect(await sessions.debit(profile, first, 20_000)).toMatchObject({
      kind: 'answered',
      responseCode: '00',
    });
    expect(await sessions.debit(profile, request({ amountMinor: 70_000 }), 20_000)).toMatchObject({
      responseCode: '51',
    });
    expect(
      (await ledger()).map(({ kind, reference, amountMinor }) => [kind, reference, amountMinor]),
    ).toEqual([
      ['debit', first.reference, 40_000],
      ['decline', `till-1-${String(next).padStart(6, '0')}`, 70_000],
    ]);
  });

  it('leaves a silent bank’s debit unknown until its reversal is answered', async () => {
    await mode('silent');
    const debit = request();
    expect(await sessions.debit(profile, debit, 200)).toMatchObject({ kind: 'unknown' });
    expect(await sessions.reverse(profile, reversalOf(debit), false, 200)).toMatchObject({ kind: 'unknown' });
    await mode('up');
    expect(await sessions.reverse(profile, reversalOf(debit), true, 20_000)).toMatchObject({
      kind: 'answered',
      responseCode: '00',
    });
    expect((await ledger()).map(({ kind }) => kind)).toEqual(['debit', 'reversal']);
    expect(await sessions.debit(profile, request({ amountMinor: 100_000 }), 20_000)).toMatchObject({
      responseCode: '00',
    });
  });

  it('books a reversal of what it never saw, and refuses the request that comes after it', async () => {
    const debit = request();
    expect(await sessions.reverse(profile, reversalOf(debit), false, 20_000)).toMatchObject({
      responseCode: '00',
    });
    expect(await sessions.debit(profile, debit, 20_000)).toMatchObject({ responseCode: '94' });
    expect((await ledger()).map(({ kind }) => kind)).toEqual(['reversal-of-nothing']);
  });

  it('knows that nothing left while the bank is down, and signs on again when it is back', async () => {
    await mode('down');
    await until(() => sessions.states()[0]!.session !== 'signed-on');
    expect(await sessions.debit(profile, request(), 1_000)).toMatchObject({ kind: 'not-sent' });
    await mode('up');
    // It does not wait for the back-off: a request opens the connection.
    expect(await sessions.debit(profile, request(), 20_000)).toMatchObject({ responseCode: '00' });
  });

  it('keeps its books over a restart', async () => {
    const debit = request();
    await sessions.debit(profile, debit, 20_000);
    await bank.stop();
    bank = await startBank({ config: config(bank.isoPort), clock, log });
    await until(() => sessions.states()[0]!.session !== 'signed-on');
    expect(await sessions.debit(profile, debit, 20_000)).toMatchObject({ responseCode: '00' });
    expect(await ledger()).toHaveLength(1);
    expect(readFileSync(join(folder, 'bank', 'books.jsonl'), 'utf8')).not.toContain(pan);
  });

  it('answers 03 while it has blocked our account', async () => {
    await mode('blocked');
    expect(await sessions.debit(profile, request(), 20_000)).toMatchObject({ responseCode: '03' });
  });

  it.each(['GET / HTTP/1.1\r\n\r\n', '\u0000\u0004abcd', '0008\u0000\u0000abcdef'])(
    'closes a connection that brings %j, and lives on',
    async (garbage) => {
      await new Promise<void>((resolve) => {
        const socket = connect(bank.isoPort, '127.0.0.1', () => socket.write(Buffer.from(garbage, 'latin1')));
        socket.on('close', () => resolve()).on('error', () => {});
      });
      expect(await sessions.debit(profile, request(), 20_000)).toMatchObject({ responseCode: '00' });
      expect(await ledger()).toHaveLength(1);
    },
  );
});

describe('the bank as a process', { timeout: 60_000 }, () => {
  it('has on its disk what it answered, when its plug is pulled', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bivak-bank-process-'));
    const dataDir = join(folder, 'bank');
    writeFileSync(join(folder, 'wallet.json'), JSON.stringify([account]));
    const issuers = await startIssuers({
      config: { port: 0, dataDir: join(folder, 'issuers'), walletFile: join(folder, 'wallet.json') },
      clock,
      log,
    });
    const isoPort = await freePort();
    const config = {
      bankId: 'volga',
      name: { ru: 'Банк Волга', en: 'Volga Bank' },
      profile: 'volga',
      port: 0,
      isoPort,
      dataDir,
      issuersUrl: `http://127.0.0.1:${issuers.port}`,
      terminals: [{ terminalId: 'TERM0001', merchantId: 'MERCHANT0000001' }],
    };
    writeFileSync(join(folder, 'bank.json'), JSON.stringify(config));
    const start = () =>
      spawn(process.execPath, ['apps/sandbox/src/banks/main.ts', '--config', join(folder, 'bank.json')], {
        stdio: 'ignore',
      });
    let bank = start();
    const address = { bankId: 'volga', profile: 'volga', host: '127.0.0.1', port: isoPort };
    const sessions = openBankSessions(
      [{ ...address, terminalId: 'TERM0001', merchantId: 'MERCHANT0000001' }],
      clock,
      log,
    );
    const debit: DebitRequest = {
      reference: 'till-1-000001',
      card: { pan, expiry: '4912', serviceCode: '201' },
      amountMinor: 40_000,
      currency: 'RUB',
      stan: '000001',
      rrn: '000000000001',
      transmittedAtMs: Date.parse('2026-11-24T09:00:00Z'),
      soldAtMs: Date.parse('2026-11-24T08:00:00Z'),
      timeZone: 'Europe/Moscow',
      deferred: true,
      resubmission: false,
    };
    const untilAnswered = async () => {
      for (;;) {
        const answer = await sessions.debit('volga', debit, 20_000);
        if (answer.kind === 'answered') return answer;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    try {
      expect(await untilAnswered()).toMatchObject({ responseCode: '00' });
      const gone = once(bank, 'exit');
      bank.kill('SIGKILL');
      await gone;
      const before = readFileSync(join(dataDir, 'books.jsonl'), 'utf8');
      bank = start();
      expect(await untilAnswered()).toMatchObject({ responseCode: '00' });
      expect(readFileSync(join(dataDir, 'books.jsonl'), 'utf8')).toBe(before);
    } finally {
      await sessions.close();
      bank.kill('SIGKILL');
      await issuers.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
