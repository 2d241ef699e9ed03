import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../database.ts';
import { startEmbedded, stopEmbedded } from '../embedded.ts';
import { migrate } from '../migrate.ts';
import { sql } from '../queries.ts';

/** One embedded server for a test file, and fresh databases on it. */
export interface TestDatabases {
  /** The file's own database, migrated and emptied: quick, for most tests. */
  emptied(): Promise<{ database: Database; url: string }>;
  /** Another migrated database, for a test that changes tables. */
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
  const fresh = async (): ReturnType<TestDatabases['fresh']> => {
    const name = `fresh_${++made}`;
    await main.query({ text: `create database ${name} template migrated`, values: [] });
    const another = open(name);
    opened.push(another.database);
    return another;
  };
  let own: ReturnType<TestDatabases['fresh']> | undefined;
  return {
    async emptied() {
      own ??= fresh();
      await empty((await own).database);
      return own;
    },
    fresh,
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

async function empty(database: Database): Promise<void> {
  const tables = await database.query<{ name: string }>(sql`
    select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'migrations'`);
  const statements = tables.map(({ name }) => `delete from ${name};`).join(' ');
  const text = `begin; set local session_replication_role = replica; ${statements} commit`;
  await database.query({ text, values: [] });
}
