import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@bivak/clock';
import type { hostApi, sandboxApi } from '@bivak/contracts';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyFile } from '../../apps/host/src/keys/key-file.ts';
import { stopEmbedded } from '../../apps/host/src/store/index.ts';
import { until } from '../../apps/host/src/testing/clock.ts';
import { type TestTill, testKeys, testPans, testTill } from '../../apps/host/src/testing/till.ts';
import { startBank as openBank } from '../../apps/sandbox/src/banks/bank-server.ts';
import { bankSecrets } from './host/bank-secrets.ts';
import { freePort, hostConfig } from './host/surroundings.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const terminal = { terminalId: 'T1', merchantId: 'M1' };

/**
 * What each bank does to the messages of its kind: lost, told without an answer, with a wrong code, denied at an inquiry. A second
 * one does as it should: what the first has to give back it collects.
 */
const habits: Readonly<Record<string, Record<string, number>>> = {
  ural: {
    'keeps-its-answer': 0.1,
    'loses-completion': 0.1,
    'keeps-completion-answer': 0.15,
    'declines-completion': 0.05,
    'trouble-at-completion': 0.1,
    'denies-at-inquiry': 0.5,
    doubled: 0.2,
  },
  baikal: {
    'keeps-its-answer': 0.15,
    'never-sees-it': 0.1,
    'wrong-code': 0.1,
    'no-code': 0.05,
    'cuts-handshake': 0.3,
    'ignores-inquiry': 0.5,
  },
};

describe.each(Object.keys(habits))('host and bank %s as processes', { timeout: 240_000 }, (profile) => {
  let folder: string;
  let till: TestTill;
  let bank: ChildProcess;
  let host: ChildProcess;
  let second: Awaited<ReturnType<typeof openBank>>;
  let [port, adminPort] = [0, 0];
  const start = (script: string, config: string): ChildProcess =>
    spawn(process.execPath, [join(root, script), '--config', join(folder, config)], { stdio: 'ignore' });
  const kill = async (child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  const isUp = (url: string): Promise<boolean> =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  const startBank = async (): Promise<void> => {
    bank = start('apps/sandbox/src/banks/main.ts', 'bank.json');
    await until(() => isUp(`http://127.0.0.1:${adminPort}/healthz`));
  };
  const startHost = async (): Promise<void> => {
    host = start('apps/host/src/main.ts', 'host.json');
    await until(() => isUp(`http://127.0.0.1:${port}/healthz`), undefined, 60_000);
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-profiles-'));
    till = testTill('till-1', systemClock.nowMs);
    const isoPort = await freePort();
    [port, adminPort] = [await freePort(), await freePort()];
    writeFileSync(join(folder, 'passphrase'), 'open sesame');
    createKeyFile(join(folder, 'keys.json'), 'open sesame', testKeys);
    mkdirSync(join(folder, 'bank'));
    const secrets = await bankSecrets(folder, profile);
    const bankConfig = {
      bankId: profile,
      name: { ru: profile, en: profile },
      profile,
      port: adminPort,
      isoPort,
      dataDir: join(folder, 'bank'),
      terminals: [terminal],
      mind: { seed: 5, weights: habits[profile] },
      ...secrets.bank,
    };
    writeFileSync(join(folder, 'bank.json'), JSON.stringify(bankConfig));
    const config = hostConfig({ folder, port, isoPorts: [isoPort, isoPort], smppPort: 1 });
    mkdirSync(join(folder, 'north'));
    second = await openBank({
      config: {
        bankId: 'north',
        name: { ru: 'north', en: 'north' },
        profile: 'north',
        port: 0,
        isoPort: 0,
        dataDir: join(folder, 'north'),
        terminals: [terminal],
      },
      clock: systemClock,
      log: pino({ level: 'silent' }),
    });
    const other = { ...config.banks[1]!, bankId: 'north', profile: 'north', port: second.isoPort };
    const contract = { ...config.banks[0]!, bankId: profile, profile, ...secrets.host };
    const timeouts = { answerMs: 700, networkMs: 2_000 };
    writeFileSync(
      join(folder, 'host.json'),
      JSON.stringify({ ...config, banks: [{ ...contract, timeouts }, other] }),
    );
    await Promise.all([startBank(), startHost()]);
    const publicKey = till.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    await fetch(`http://127.0.0.1:${port}/v1/enrolment`, {
      method: 'POST',
      body: JSON.stringify({ tillId: 'till-1', code: 'enrol-me-please', publicKey }),
      headers: { 'content-type': 'application/json' },
    });
  }, 120_000);
  afterEach(async () => {
    await Promise.all([kill(host, 'SIGTERM'), kill(bank), second.stop()]);
    await stopEmbedded(join(folder, 'host'), { drop: true });
    rmSync(folder, { recursive: true });
  }, 60_000);

  const ship = async (): Promise<void> => {
    const jwt = await new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA' })
      .setSubject('till-1')
      .setIssuedAt(Math.floor(systemClock.nowMs() / 1_000))
      .sign(till.privateKey);
    const answer = await fetch(`http://127.0.0.1:${port}/v1/tills/till-1/journal`, {
      method: 'POST',
      body: till.batch(),
      headers: { authorization: `Bearer ${jwt}`, 'content-type': 'application/x-ndjson' },
    });
    expect(answer.status).toBe(200);
  };
  const dayFile = async (): Promise<sandboxApi.DayFileLine[]> => {
    const files = [adminPort, second.port].map(async (admin) => {
      const answer = await fetch(`http://127.0.0.1:${admin}/v1/day-file`);
      return ((await answer.json()) as { items: sandboxApi.DayFileLine[] }).items;
    });
    return (await Promise.all(files)).flat();
  };

  it('collects every sale once, though messages are lost and late, and both are killed', async () => {
    const ids = Array.from({ length: 12 }, (_, index) =>
      till.sell({ pan: testPans[index % testPans.length]!, totalMinor: 1_000 + index }),
    );
    await ship();
    await until(async () => (await dayFile()).length > 1, undefined, 60_000);
    await kill(host);
    await kill(bank);
    await Promise.all([startBank(), startHost()]);
    const payments = async (): Promise<hostApi.Payment[]> => {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/payments?limit=100`);
      return ((await answer.json()) as { items: hostApi.Payment[] }).items;
    };
    await until(
      async () => (await payments()).filter(({ state }) => state === 'collected').length === ids.length,
      undefined,
      180_000,
    );
    const lines = await dayFile();
    for (const { id, amountMinor } of await payments()) {
      const net = lines
        .filter(({ reference }) => reference === id)
        .reduce((sum, line) => sum + (line.kind === 'debit' ? line.amountMinor : -line.amountMinor), 0);
      expect([id, net]).toEqual([id, amountMinor]);
    }
  });
});
