import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readinessOf } from '@bivak/http-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DriveWatch } from './drive-watch.ts';
import { tillReadiness } from './readiness.ts';

describe('a till', () => {
  let dataDir: string;
  let database: DatabaseSync;
  let reader: Server;

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'bivak-ready-'));
    database = new DatabaseSync(join(dataDir, 'journal.db'));
    reader = createServer((socket) => socket.on('error', () => {}));
    await new Promise<void>((resolve) => reader.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    database.close();
    await new Promise<void>((resolve) => reader.close(() => resolve()));
    rmSync(dataDir, { recursive: true });
  });

  const look = async (state: 'ready' | 'silent' | 'refusing', prompt: 'idle' | 'hold' = 'idle') => {
    const drive = { look: async () => {}, now: () => ({ state }) } as unknown as DriveWatch;
    const { port } = (reader.address() as AddressInfo | null) ?? { port: 1 };
    const readerAddress = { host: '127.0.0.1', port };
    const parts = { dataDir, journal: { database }, drive, reader: { prompt: () => prompt }, readerAddress };
    const { checks } = await readinessOf(tillReadiness(parts));
    return checks.filter(({ ok }) => !ok).map(({ name, fault }) => `${name}: ${fault}`);
  };

  it('is ready with a journal that can be written, a drive and a reader, and leaves nothing behind', async () => {
    expect(await look('ready')).toEqual([]);
    expect(readdirSync(dataDir)).toEqual(['journal.db']);
  });

  it('names what is missing, and asks a reader nothing while it reads', async () => {
    expect(await look('silent')).toEqual(['drive: silent']);
    await new Promise<void>((resolve) => reader.close(() => resolve()));
    expect(await look('ready')).toEqual(['reader: ECONNREFUSED']);
    expect(await look('ready', 'hold')).toEqual([]);
    reader.listen(0, '127.0.0.1');
    rmSync(dataDir, { recursive: true });
    expect((await look('ready'))[0]).toBe('journal: ENOENT');
    database.close();
    dataDir = mkdtempSync(join(tmpdir(), 'bivak-ready-'));
    database = new DatabaseSync(join(dataDir, 'journal.db'));
  });
});
