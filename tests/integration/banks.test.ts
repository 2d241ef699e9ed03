import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bankProfile, bankProfileNames } from '@bivak/bank-profiles';
import { systemClock } from '@bivak/clock';
import type { sandboxApi } from '@bivak/contracts';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type BankAddress,
  type BankAnswer,
  type BankSessions,
  type DebitRequest,
  debitFlow,
  type LateAnswer,
  type NamedDebit,
} from '../../apps/host/src/banks/index.ts';
import { openBankSessions } from '../../apps/host/src/testing/bank-sessions.ts';
import { cardHandle } from '../../apps/host/src/testing/card-handle.ts';
import { startBank } from '../../apps/sandbox/src/banks/bank-server.ts';
import { startIssuers } from '../../apps/sandbox/src/issuers/issuers-server.ts';
import { bankSecrets } from './host/bank-secrets.ts';

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

const terminal = { terminalId: 'TERM0001', merchantId: 'MERCHANT0000001' };

/** A debit as what follows it names it, with what its answer said. */
function named(profile: string, debit: DebitRequest, answer?: BankAnswer): NamedDebit {
  const said = answer?.kind === 'answered' ? answer : { bankRrn: null, authorisationCode: null };
  const { bankRrn, authorisationCode } = said;
  return { ...debit, flow: debitFlow(profile, debit.deferred), bankRrn, authorisationCode };
}

const approved: Readonly<Record<string, string>> = { baikal: '000' };
const reversed: Readonly<Record<string, string>> = { baikal: '400' };

describe.each(bankProfileNames)('host and bank %s over TCP', { timeout: 60_000 }, (profile) => {
  let folder: string;
  let issuers: Awaited<ReturnType<typeof startIssuers>>;
  let bank: Awaited<ReturnType<typeof startBank>>;
  let sessions: BankSessions;
  let secrets: Awaited<ReturnType<typeof bankSecrets>>;
  let late: LateAnswer[];
  let next = 0;
  const approvedCode = approved[profile] ?? '00';
  const reversedCode = reversed[profile] ?? '00';

  const config = (isoPort: number) => ({
    bankId: profile,
    name: { ru: profile, en: profile },
    profile,
    port: 0,
    isoPort,
    dataDir: join(folder, 'bank'),
    issuersUrl: `http://127.0.0.1:${issuers.port}`,
    terminals: [terminal],
    ...secrets.bank,
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-banks-'));
    writeFileSync(join(folder, 'wallet.json'), JSON.stringify([account]));
    issuers = await startIssuers({
      config: { port: 0, dataDir: join(folder, 'issuers'), walletFile: join(folder, 'wallet.json') },
      clock,
      log,
    });
    secrets = await bankSecrets(folder, profile);
    bank = await startBank({ config: config(0), clock, log });
    await open({});
  }, 60_000);
  afterEach(async () => {
    await sessions.close();
    await bank.stop();
    await issuers.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  const open = async (more: Partial<BankAddress>): Promise<void> => {
    late = [];
    const { isoPort: port } = bank;
    const address = { bankId: profile, profile, host: '127.0.0.1', port, merchantCategoryCode: '5812' };
    const contract = { ...address, ...terminal, ...secrets.host, ...more };
    sessions = openBankSessions([contract], clock, log, (answer) => late.push(answer));
    await signedOn();
  };
  /** Opens anew with other terms. */
  const reopen = async (more: Partial<BankAddress>): Promise<void> => {
    await sessions.close();
    await open(more);
  };
  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const signedOn = () => until(() => sessions.states()[0]!.session === 'signed-on');
  const request = (change: Partial<DebitRequest> = {}): DebitRequest => {
    next++;
    return {
      reference: `till-1-${String(next).padStart(6, '0')}`,
      card: cardHandle(pan),
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
  const send = (debit: DebitRequest): Promise<BankAnswer> =>
    sessions.send(profile, { kind: 'debit', flow: debitFlow(profile, debit.deferred), request: debit });
  const complete = (debit: NamedDebit, repeat = false): Promise<BankAnswer> =>
    sessions.send(profile, { kind: 'completion', request: debit, repeat });
  const reverse = (debit: NamedDebit, repeat = false): Promise<BankAnswer> =>
    sessions.send(profile, { kind: 'reversal', request: { ...debit, reason: 'no-answer' }, repeat });
  /** Debits as the profile has it: where the sum is reserved first, it is completed. */
  const debitWhole = async (debit: DebitRequest): Promise<BankAnswer> => {
    const answer = await send(debit);
    const isReserved = debitFlow(profile, debit.deferred) === 'reserve';
    const isApproved = answer.kind === 'answered' && answer.responseCode === approvedCode;
    return isReserved && isApproved ? complete(named(profile, debit, answer)) : answer;
  };
  const setWeights = (weights: Record<string, number>) => admin('PUT', '/v1/setting', { weights });
  const moves = async () => (await ledger()).map(({ kind }) => kind).filter((kind) => kind !== 'reservation');

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

  it('debits once, also if it is told twice, and declines what the account does not hold', async () => {
    const first = request();
    for (let times = 0; times < 2; times++)
      expect(await debitWhole(first)).toMatchObject({ kind: 'answered', responseCode: approvedCode });
    const declined = profile === 'baikal' ? '116' : '51';
    expect(await debitWhole(request({ amountMinor: 70_000 }))).toMatchObject({ responseCode: declined });
    expect(await moves()).toEqual(['debit', 'decline']);
    const [debit] = (await ledger()).filter(({ kind }) => kind === 'debit');
    expect(debit).toMatchObject({ reference: first.reference, amountMinor: 40_000 });
  });

  it('debits a sale that is asked for while the buyer waits', async () => {
    const debit = request({ deferred: false });
    expect(await debitWhole(debit)).toMatchObject({ responseCode: approvedCode });
    expect(await moves()).toEqual(['debit']);
  });

  it('leaves a silent bank’s debit unknown until its reversal is answered', async () => {
    await mode('silent');
    await reopen({ timeouts: { answerMs: 200 } });
    const debit = request();
    expect(await debitWhole(debit)).toMatchObject({ kind: 'unknown' });
    expect(await reverse(named(profile, debit))).toMatchObject({ kind: 'unknown' });
    await mode('up');
    await reopen({});
    expect(await reverse(named(profile, debit), true)).toMatchObject({
      kind: 'answered',
      responseCode: reversedCode,
    });
    const isReserved = debitFlow(profile, true) === 'reserve';
    expect(await moves()).toEqual(isReserved ? ['release'] : ['debit', 'reversal']);
    expect(await debitWhole(request({ amountMinor: 100_000 }))).toMatchObject({ responseCode: approvedCode });
  });

  it('books a reversal of what it never saw, and refuses the request that comes after it', async () => {
    const debit = request();
    expect(await reverse(named(profile, debit))).toMatchObject({ responseCode: reversedCode });
    expect(await send(debit)).toMatchObject({ responseCode: profile === 'baikal' ? '913' : '94' });
    expect(await moves()).toEqual(['reversal-of-nothing']);
  });

  it('gives back by a refund what can no longer be reversed', async () => {
    const debit = request();
    await debitWhole(debit);
    const own = { stan: '000900', rrn: '000000000900', transmittedAtMs: debit.transmittedAtMs + 1_000 };
    const refund = { ...debit, ...own, original: named(profile, debit) };
    expect(await sessions.send(profile, { kind: 'refund', request: refund })).toMatchObject({
      responseCode: approvedCode,
    });
    expect(await moves()).toEqual(['debit', 'refund']);
  });

  it('knows that nothing left while the bank is down, and signs on again when it is back', async () => {
    await mode('down');
    await until(() => sessions.states()[0]!.session !== 'signed-on');
    expect(await send(request())).toMatchObject({ kind: 'not-sent' });
    await mode('up');
    // It does not wait for the back-off: a request opens the connection.
    expect(await debitWhole(request())).toMatchObject({ responseCode: approvedCode });
  });

  it('is reached at its second address if it cannot be at the first', async () => {
    await reopen({
      port: await freePort(),
      secondAddress: { host: '127.0.0.1', port: bank.isoPort },
    });
    expect(await debitWhole(request())).toMatchObject({ responseCode: approvedCode });
  });

  it('keeps its books over a restart', async () => {
    const debit = request();
    await debitWhole(debit);
    const before = await ledger();
    await bank.stop();
    bank = await startBank({ config: config(bank.isoPort), clock, log });
    await until(() => sessions.states()[0]!.session !== 'signed-on');
    expect(await debitWhole(debit)).toMatchObject({ responseCode: approvedCode });
    expect(await ledger()).toEqual(before);
    expect(readFileSync(join(folder, 'bank', 'books.jsonl'), 'utf8')).not.toContain(pan);
  });

  it('answers that it does not serve us while it has blocked our account', async () => {
    await mode('blocked');
    expect(await send(request())).toMatchObject({ responseCode: profile === 'baikal' ? '109' : '03' });
  });

  it.runIf(bankProfile(profile).inquiry !== undefined)('says what became of a debit', async () => {
    const debit = request();
    const inquire = (inquiryStan: string) =>
      sessions.send(profile, {
        kind: 'inquiry',
        request: { ...named(profile, debit), inquiryStan },
      });
    expect(await inquire('000801')).toMatchObject({ responseCode: profile === 'baikal' ? '914' : '25' });
    await send(debit);
    expect(await inquire('000802')).toMatchObject({
      responseCode: approvedCode,
      authorisationCode: expect.any(String),
    });
    expect(late).toEqual([]);
  });

  it.runIf(bankProfile(profile).mac !== undefined)(
    'sets an answer aside whose authentication code is wrong or missing, and counts it',
    async () => {
      await reopen({ timeouts: { answerMs: 300 } });
      for (const name of ['wrong-code', 'no-code']) {
        await setWeights({ [name]: 1 });
        expect(await send(request())).toMatchObject({ kind: 'unknown', failure: { kind: 'no-answer' } });
      }
      expect(sessions.states()[0]).toMatchObject({ session: 'signed-on', unauthenticMessages: 2 });
      expect(late).toEqual([]);
      await setWeights({ 'wrong-code': 0, 'no-code': 0 });
      expect(await debitWhole(request({ amountMinor: 1_000 }))).toMatchObject({ responseCode: approvedCode });
    },
  );

  it.runIf(bankProfile(profile).isEncrypted)(
    'lets nobody in without a certificate of its authority',
    async () => {
      await sessions.close();
      const elsewhere = mkdtempSync(join(tmpdir(), 'bivak-other-authority-'));
      const other = await bankSecrets(elsewhere, profile);
      const { isoPort: port } = bank;
      const address = { bankId: profile, profile, host: '127.0.0.1', port, merchantCategoryCode: '5812' };
      sessions = openBankSessions([{ ...address, ...terminal, ...other.host }], clock, log);
      expect(await send(request())).toMatchObject({ kind: 'not-sent', failure: { kind: 'no-connection' } });
      rmSync(elsewhere, { recursive: true });
    },
  );

  it.runIf(bankProfile(profile).isEncrypted)('comes through though handshakes are cut', async () => {
    await sessions.close();
    await setWeights({ 'cuts-handshake': 0.5 });
    await open({});
    expect(await debitWhole(request())).toMatchObject({ responseCode: approvedCode });
  });

  it.each(['GET / HTTP/1.1\r\n\r\n', '\u0000\u0004abcd', '0008\u0000\u0000abcdef'])(
    'closes a connection that brings %j, and lives on',
    async (garbage) => {
      await new Promise<void>((resolve) => {
        const socket = connect(bank.isoPort, '127.0.0.1', () => socket.write(Buffer.from(garbage, 'latin1')));
        socket.on('close', () => resolve()).on('error', () => {});
      });
      expect(await debitWhole(request())).toMatchObject({ responseCode: approvedCode });
      expect(await moves()).toHaveLength(1);
    },
  );
});

describe.each(bankProfileNames)('the bank %s as a process', { timeout: 60_000 }, (profile) => {
  it('has on its disk what it answered, when its plug is pulled', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bivak-bank-process-'));
    const dataDir = join(folder, 'bank');
    writeFileSync(join(folder, 'wallet.json'), JSON.stringify([account]));
    const secrets = await bankSecrets(folder, profile);
    const issuers = await startIssuers({
      config: { port: 0, dataDir: join(folder, 'issuers'), walletFile: join(folder, 'wallet.json') },
      clock,
      log,
    });
    const isoPort = await freePort();
    const config = {
      bankId: profile,
      name: { ru: profile, en: profile },
      profile,
      port: 0,
      isoPort,
      dataDir,
      issuersUrl: `http://127.0.0.1:${issuers.port}`,
      terminals: [terminal],
      ...secrets.bank,
    };
    writeFileSync(join(folder, 'bank.json'), JSON.stringify(config));
    const start = () =>
      spawn(process.execPath, ['apps/sandbox/src/banks/main.ts', '--config', join(folder, 'bank.json')], {
        stdio: 'ignore',
      });
    let bank = start();
    const address = { bankId: profile, profile, host: '127.0.0.1', port: isoPort };
    const contract = { ...address, ...terminal, ...secrets.host, merchantCategoryCode: '5812' };
    const sessions = openBankSessions([contract], clock, log);
    const debit: DebitRequest = {
      reference: 'till-1-000001',
      card: cardHandle(pan),
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
    const flow = debitFlow(profile, true);
    const untilAnswered = async () => {
      for (;;) {
        const answer = await sessions.send(profile, { kind: 'debit', flow, request: debit });
        if (answer.kind === 'answered') return answer;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const books = () => readFileSync(join(dataDir, 'books.jsonl'), 'utf8');
    const pullPlug = async () => {
      const gone = once(bank, 'exit');
      bank.kill('SIGKILL');
      await gone;
      bank = start();
    };
    const responseCode = approved[profile] ?? '00';
    try {
      const first = await untilAnswered();
      expect(first).toMatchObject({ responseCode });
      const before = books();
      await pullPlug();
      expect(await untilAnswered()).toMatchObject({ responseCode });
      expect(books()).toBe(before);
      if (flow === 'reserve') {
        const request = named(profile, debit, first);
        for (const repeat of [false, true]) {
          expect(await sessions.send(profile, { kind: 'completion', request, repeat })).toMatchObject({
            responseCode,
          });
          await pullPlug();
          await untilAnswered();
        }
        const debits = books()
          .split('\n')
          .filter((line) => line.includes('"kind":"debit"'));
        expect(debits).toHaveLength(1);
      }
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
