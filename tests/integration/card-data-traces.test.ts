import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveInitialKey, luhnDigit, sealTrack2 } from '@bivak/card';
import { systemClock } from '@bivak/clock';
import type { hostApi } from '@bivak/contracts';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyFile } from '../../apps/host/src/keys/key-file.ts';
import { dataKeyFolder } from '../../apps/host/src/keys/key-store.ts';
import {
  type Database,
  embeddedFolder,
  openDatabase,
  sql,
  startEmbedded,
  stopEmbedded,
} from '../../apps/host/src/store/index.ts';
import { until } from '../../apps/host/src/testing/clock.ts';
import { type Sale, tapOf, testKeys, testTill } from '../../apps/host/src/testing/till.ts';
import { startIssuers } from '../../apps/sandbox/src/issuers/issuers-server.ts';
import { root } from '../architecture/source-tree.ts';
import { filesBelow, formsOf } from '../e2e/card-numbers.ts';
import { bankIds, freePort, hostConfig, openBank } from './host/surroundings.ts';

/**
 * Looks for card data wherever a running host may have left it once nothing needs it any more: its files, each table, the
 * database's write-ahead log, its log, and its memory, which is read as a core dump would have it.
 *
 * What this cannot see: registers and kernel buffers; memory that was swapped out or freed to the system; blocks that a file
 * system or a solid-state disk has replaced and not erased; a bank that repeats a card number in its answers (those of the
 * sandbox do not); what the till's reader and the banks hold, which are other machines.
 */
const log = pino({ level: 'silent' });

/** Of this run alone, so that nothing else looks like it. */
function testNumber(): string {
  const digits = `220000${String(randomInt(1e9)).padStart(9, '0')}`;
  return digits + luhnDigit(digits);
}
const cards = ['paid', 'declined'].map((card) => ({ card, pan: testNumber() }));
const [paid, declined] = cards as [(typeof cards)[number], (typeof cards)[number]];
const phone = '+79001234567';
/** Chance too: bytes like those of the other tests stand in any program. */
const baseKey = randomBytes(16);

describe('a host that has worked with cards', { timeout: 180_000 }, () => {
  const till = testTill('till-1', systemClock.nowMs);
  const logged: string[] = [];
  let folder: string;
  let port: number;
  let host: ChildProcess;
  let database: Database;
  let parts: { stop(): Promise<unknown> }[];
  const file = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-traces-'));
    port = await freePort();
    const shared = {
      expiry: '4912',
      serviceCode: '201',
      issuerBankId: null,
      phone: null,
      label: { ru: '', en: '' },
    };
    const wallet = cards.map(({ card, pan }) => ({
      ...shared,
      card,
      pan,
      balanceMinor: card === 'paid' ? 1_000_000_000 : 0,
      issuerAnswers: 'by-balance',
    }));
    writeFileSync(file('wallet.json'), JSON.stringify(wallet));
    writeFileSync(file('passphrase'), 'open sesame');
    const keys = { ...testKeys, baseDerivationKey: baseKey.toString('hex') };
    createKeyFile(file('keys.json'), 'open sesame', keys);
    const issuersConfig = { port: 0, dataDir: file('issuers'), walletFile: file('wallet.json') };
    const issuers = await startIssuers({ config: issuersConfig, clock: systemClock, log });
    const around = { folder, issuersPort: issuers.port, clock: systemClock, log };
    const banks = await Promise.all(bankIds.map((bankId) => openBank(bankId, around)));
    parts = [...banks, issuers];
    const server = await startEmbedded(file('store'));
    database = openDatabase(server.url, () => {}, 4);
    const isoPorts = banks.map(({ isoPort }) => isoPort);
    const config = { ...hostConfig({ folder, port, isoPorts, smppPort: 1 }), databaseUrl: server.url };
    writeFileSync(file('host.json'), JSON.stringify(config));
    const args = [join(root, 'apps/host/src/main.ts'), '--config', file('host.json')];
    host = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [host.stdout!, host.stderr!])
      stream.on('data', (chunk: Buffer) => logged.push(chunk.toString()));
    const isReady = (): Promise<boolean> => fetch(url('/healthz')).then(({ ok }) => ok, () => false); // biome-ignore format: one step
    await until(isReady);
  }, 120_000);
  afterAll(async () => {
    const ended = new Promise((resolve) => host.once('close', resolve));
    host.kill('SIGTERM');
    await ended;
    await Promise.all([database.close(), ...parts.map((part) => part.stop())]);
    await stopEmbedded(file('store'), { drop: true });
    rmSync(folder, { recursive: true });
  }, 120_000);

  const url = (path: string): string => `http://127.0.0.1:${port}${path}`;
  const post = async (path: string, body: string, type: string): Promise<void> => {
    const jwt = await new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA' })
      .setSubject('till-1')
      .setIssuedAt(Math.floor(systemClock.nowMs() / 1_000))
      .sign(till.privateKey);
    const headers = { authorization: `Bearer ${jwt}`, 'content-type': type };
    const answer = await fetch(url(path), { method: 'POST', body, headers });
    expect(answer.status, await answer.clone().text()).toBe(200);
  };
  const becomes = (id: string, state: string): Promise<void> =>
    until(async () => {
      const answer = await fetch(url(`/v1/payments/${id}`));
      return answer.ok && ((await answer.json()) as hostApi.PaymentDetail).state === state;
    });
  const liveKeys = (): number =>
    readdirSync(dataKeyFolder(file('keys.json')))
      .map((name) => readFileSync(join(dataKeyFolder(file('keys.json')), name)))
      .flatMap((bytes) =>
        Array.from({ length: bytes.length / 64 }, (_, at) => bytes.subarray(at * 64, at * 64 + 64)),
      )
      .filter((slot) => slot.some((byte) => byte !== 0)).length;

  it('has it nowhere but under the keys of what still needs it', async () => {
    const publicKey = till.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    await post(
      '/v1/enrolment',
      JSON.stringify({ tillId: 'till-1', code: 'enrol-me-please', publicKey }),
      'application/json',
    );
    const sell = (number: number, pan: string, sale: Sale = {}): string => {
      const saleId = `till-1-${String(number).padStart(6, '0')}`;
      const purchase = { tillId: 'till-1', saleId, amountMinor: 50_000, currency: 'RUB' };
      const { ksn } = tapOf(pan, number, purchase);
      const initialKey = deriveInitialKey(baseKey, ksn.slice(0, 16));
      const ciphertext = sealTrack2(initialKey, ksn, `${pan}=4912201`, purchase);
      return till.sell({ ...sale, pan, ciphertext });
    };
    const sales = Array.from({ length: 20 }, (_, index) => sell(index + 1, paid.pan));
    const debt = sell(21, declined.pan, { phone });
    await post('/v1/tills/till-1/journal', till.batch(), 'application/x-ndjson');
    for (const id of sales) await becomes(id, 'collected');
    await becomes(debt, 'declined');
    // Of each card number and expiry are left, and nothing else.
    await until(() => liveKeys() === sales.length + 1);

    const sealed = till.entries.flatMap(({ attachments }) => attachments.card ?? []);
    const secrets: Secret[] = [
      ...cards.flatMap(({ card, pan }) => [
        { name: `number of ${card}`, forms: formsOf(pan) },
        { name: `track of ${card}`, forms: formsOf(`${pan}=4912201`) },
      ]),
      {
        name: 'what the readers sealed',
        forms: sealed.map(({ content }) => Buffer.from(content.slice(15, 60))),
      },
      {
        name: 'salts',
        forms: till.entries
          .flatMap(({ attachments }) => Object.values(attachments))
          .map((one) => Buffer.from(one!.salt)),
      },
    ];
    await database.query({ text: 'checkpoint', values: [] });
    const files = [...filesBelow(embeddedFolder(file('store'))), ...filesBelow(file('host'))];
    // Tables and write-ahead log are among them.
    const withSale = placesWith([{ name: 'sale', forms: [Buffer.from(debt)] }], files).join();
    for (const part of ['pg_wal', 'base/']) expect(withSale).toContain(part);
    expect(placesWith(secrets, files)).toEqual([]);
    expect(placesWith(secrets, [{ name: 'log', bytes: Buffer.from(logged.join('')) }])).toEqual([]);
    expect(placesWith(secrets, await tables(database))).toEqual([]);
    const memory = [...memoryOf(host.pid!)];
    expect(memory.length).toBeGreaterThan(10);
    // A reading that sees nothing would find nothing: this is somewhere in it.
    expect(placesWith([{ name: 'url', forms: [Buffer.from('/v1/tills/')] }], memory)).not.toEqual([]);
    // A track begins with the number.
    const numbers = secrets.filter(({ name }) => name.startsWith('number'));
    expect(placesWith(numbers, memory)).toEqual([]);
    expect(timesIn(baseKey, memory)).toBeLessThanOrEqual(2);
    expect(timesIn(Buffer.from(baseKey.toString('hex')), memory)).toBe(0);
  });
});

interface Secret {
  name: string;
  forms: Buffer[];
}
interface Place {
  name: string;
  bytes: Buffer;
}

function placesWith(secrets: readonly Secret[], places: Iterable<Place>): string[] {
  const found: string[] = [];
  for (const { name, bytes } of places)
    for (const secret of secrets)
      if (secret.forms.some((form) => bytes.includes(form))) found.push(`${secret.name} in ${name}`);
  return found;
}

function timesIn(form: Buffer, places: readonly Place[]): number {
  let times = 0;
  for (const { bytes } of places)
    for (let at = bytes.indexOf(form); at >= 0; at = bytes.indexOf(form, at + form.length)) times++;
  return times;
}

/** Every row of every table, as text. */
async function tables(database: Database): Promise<Place[]> {
  const names = await database.query<{ name: string }>(
    sql`select tablename as name from pg_tables where schemaname = 'public'`,
  );
  const places: Place[] = [];
  for (const { name } of names) {
    const rows = await database.query<{ row: string }>({
      text: `select coalesce(string_agg(t::text, ' '), '') as row from ${name} t`,
      values: [],
    });
    places.push({ name, bytes: Buffer.from(rows[0]!.row) });
  }
  return places;
}

/** What a core dump of a process would hold: each piece of memory that it may write to, as far as it has done so. */
function* memoryOf(pid: number): Generator<Place> {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const pieces = readFileSync(`/proc/${pid}/smaps`, 'utf8').split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/);
  try {
    for (const piece of pieces) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(piece) ?? [];
      if (from === undefined || to === undefined || /^Rss: +0 kB/m.test(piece)) continue;
      const [start, end] = [BigInt(`0x${from}`), BigInt(`0x${to}`)];
      const bytes = Buffer.alloc(Number(end - start));
      try {
        const size = readSync(memory, bytes, 0, bytes.length, start as unknown as number);
        yield { name: piece.slice(0, piece.indexOf('\n')), bytes: bytes.subarray(0, size) };
      } catch {
        // Gone meanwhile.
      }
    }
  } finally {
    closeSync(memory);
  }
}
