import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase, sql } from '../database.ts';
import { startEmbedded, stopEmbedded } from '../embedded.ts';
import { migrate } from '../migrate.ts';

/** One embedded server for a test file, and fresh databases on it. */
export interface TestDatabases {
  /** An empty, migrated database of its own; closed with the server. */
  fresh(): Promise<{ database: Database; url: string }>;
  stop(): Promise<void>;
}

/** Starts the server in a folder of its own: call it once a file, in `beforeAll`, and `stop` in `afterAll`. */
export async function startTestDatabases(): Promise<TestDatabases> {
  const folder = mkdtempSync(join(tmpdir(), 'bivak-database-'));
  const server = await startEmbedded(folder);
  const opened: Database[] = [];
  const open = (name: string): { database: Database; url: string } => {
    const url = server.url.replace(/\/postgres$/, `/${name}`);
    return { database: openDatabase(url, () => {}, 10), url };
  };
  const main = open('postgres').database;
  opened.push(main);
  await makeTemplate(main, open('migrated').database);
  let made = 0;
  return {
    async fresh() {
      const name = `fresh_${++made}`;
      await main.query({ text: `create database ${name} template migrated`, values: [] });
      const fresh = open(name);
      opened.push(fresh.database);
      return fresh;
    },
    async stop() {
      await Promise.all(opened.map((database) => database.close()));
      await server.stop();
      await stopEmbedded(folder, { drop: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function makeTemplate(main: Database, template: Database): Promise<void> {
  await main.query(sql`create database migrated`);
  await migrate(template, Date.parse('2026-11-23T15:00:00.000Z'));
  await template.close();
}
