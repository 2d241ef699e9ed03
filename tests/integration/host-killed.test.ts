import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@bivak/clock';
import type { hostApi, sandboxApi } from '@bivak/contracts';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyFile } from '../../apps/host/src/keys/key-file.ts';
import { stopEmbedded } from '../../apps/host/src/store/index.ts';
import { until } from '../../apps/host/src/testing/clock.ts';
import { testKeys, testPans, testTill } from '../../apps/host/src/testing/till.ts';
import { startIssuers } from '../../apps/sandbox/src/issuers/issuers-server.ts';
import { bankIds, freePort, hostConfig, openBank } from './host/surroundings.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const log = pino({ level: 'silent' });

describe('a host that is killed', () => {
  const till = testTill('till-1', systemClock.nowMs);
  const logged: string[] = [];
  let folder: string;
  let dataDir: string;
  let port: number;
  let host: ChildProcess;
  let issuers: Awaited<ReturnType<typeof startIssuers>>;
  let banks: Awaited<ReturnType<typeof openBank>>[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-killed-'));
    dataDir = join(folder, 'host');
    port = await freePort();
    const wallet = testPans.map((pan, index) => ({
      card: `card-${index}`,
      pan,
      expiry: '4912',
      serviceCode: '201',
      balanceMinor: 1_000_000_000,
      issuerAnswers: 'by-balance',
      issuerBankId: null,
      phone: null,
      label: { ru: '', en: '' },
    }));
    writeFileSync(join(folder, 'wallet.json'), JSON.stringify(wallet));
    writeFileSync(join(folder, 'passphrase'), 'open sesame');
    createKeyFile(join(folder, 'keys.json'), 'open sesame', testKeys);
    mkdirSync(join(folder, 'issuers'));
    issuers = await startIssuers({
      config: { port: 0, dataDir: join(folder, 'issuers'), walletFile: join(folder, 'wallet.json') },
      clock: systemClock,
      log,
    });
    const around = { folder, issuersPort: issuers.port, clock: systemClock, log };
    banks = await Promise.all(bankIds.map((bankId) => openBank(bankId, around)));
    const isoPorts = banks.map(({ isoPort }) => isoPort);
    writeFileSync(
      join(folder, 'host.json'),
      JSON.stringify(hostConfig({ folder, port, isoPorts, smppPort: 1 })),
    );
    await startHost();
  }, 60_000);
  afterAll(async () => {
    await kill('SIGTERM');
    await Promise.all([...banks, issuers].map((part) => part.stop()));
    await stopEmbedded(dataDir, { drop: true });
    rmSync(folder, { recursive: true });
  }, 60_000);

  const startHost = async (): Promise<void> => {
    host = spawn(
      process.execPath,
      [join(root, 'apps/host/src/main.ts'), '--config', join(folder, 'host.json')],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [host.stdout!, host.stderr!])
      stream.on('data', (chunk: Buffer) => logged.push(chunk.toString()));
    await until(() =>
      fetch(url('/healthz')).then(
        (answer) => answer.ok,
        () => false,
      ),
    );
  };
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = new Promise((resolve) => host.once('close', resolve));
    host.kill(signal);
    await ended;
  };
  const url = (path: string): string => `http://127.0.0.1:${port}${path}`;
  const read = async <Answer>(path: string): Promise<Answer> =>
    (await (await fetch(url(path))).json()) as Answer;
  const ledger = async (): Promise<sandboxApi.LedgerEntry[]> => {
    const books = await Promise.all(
      banks.map(async ({ port: admin }) => {
        const answer = await fetch(`http://127.0.0.1:${admin}/v1/ledger`);
        return (await answer.json()) as { items: sandboxApi.LedgerEntry[] };
      }),
    );
    return books.flatMap(({ items }) => items);
  };
  const ship = async (): Promise<Response> => {
    const jwt = await new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA' })
      .setSubject('till-1')
      .setIssuedAt(Math.floor(systemClock.nowMs() / 1_000))
      .sign(till.privateKey);
    return fetch(url('/v1/tills/till-1/journal'), {
      method: 'POST',
      body: till.batch(),
      headers: { authorization: `Bearer ${jwt}`, 'content-type': 'application/x-ndjson' },
    });
  };

  it('loses no sale that it has acknowledged and debits none twice, its database left as it was', async () => {
    const publicKey = till.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const enrolled = await fetch(url('/v1/enrolment'), {
      method: 'POST',
      body: JSON.stringify({ tillId: 'till-1', code: 'enrol-me-please', publicKey }),
      headers: { 'content-type': 'application/json' },
    });
    expect(enrolled.status).toBe(200);
    const ids = Array.from({ length: 60 }, (_, index) =>
      till.sell({ pan: testPans[index % testPans.length]!, totalMinor: 100 + index }),
    );
    expect(await (await ship()).json()).toMatchObject({ tillId: 'till-1', acknowledgedSeq: 120 });
    for (let kills = 0; kills < 2; kills++) {
      const before = (await ledger()).length;
      await until(
        async () => (await ledger()).length > before || before >= 60,
        () => {},
        60_000,
      );
      await kill('SIGKILL');
      await startHost();
      expect((await ship()).status).toBe(200); // the till, too, may not have got the answer
    }
    await until(
      async () => {
        const page = await read<{ items: hostApi.Payment[] }>('/v1/payments?limit=500');
        return page.items.length === ids.length && page.items.every(({ state }) => state === 'collected');
      },
      () => {},
      120_000,
    );
    const lines = await ledger();
    const net = new Map(ids.map((id) => [id, 0]));
    for (const { reference, kind } of lines) {
      const sign = kind === 'debit' ? 1 : kind === 'reversal' ? -1 : 0;
      net.set(reference, (net.get(reference) ?? 0) + sign);
    }
    expect(new Set(net.values())).toEqual(new Set([1]));
    expect(net.size).toBe(ids.length);
    const adoptions = logged.join('').match(/"wasAdopted":true/g);
    expect(adoptions).toHaveLength(2);
  }, 240_000);

  it('logs no card number, no key and no password', async () => {
    const everything = logged.join('');
    for (const secret of [...testPans, ...Object.values(testKeys), 'open sesame', 'enrol-me-please'])
      expect(everything).not.toContain(secret);
    expect(everything).not.toMatch(/postgres:\/\//);
  });
});
