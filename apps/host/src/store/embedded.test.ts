import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { type EmbeddedServer, embeddedFolder, startEmbedded, stopEmbedded } from './embedded.ts';
import { openToAll } from './embedded-binaries.ts';
import { placeOf } from './embedded-place.ts';
import { isAlive, isRunning, postmaster } from './embedded-postmaster.ts';
import { sql } from './queries.ts';

/** A host's process, as far as its database is concerned: starts it, writes a row, and goes on. */
const holder = `
  import { startEmbedded } from '${join(import.meta.dirname, 'embedded.ts')}';
  import { openDatabase } from '${join(import.meta.dirname, 'database.ts')}';
  import { sql } from '${join(import.meta.dirname, 'queries.ts')}';
  const server = await startEmbedded(process.argv[1]);
  const database = openDatabase(server.url, () => {});
  await database.query(sql\`create table kept (what text)\`);
  await database.query(sql\`insert into kept (what) values ('acknowledged')\`);
  console.log('ready');
`;

describe('the embedded database', () => {
  let folder: string;
  const opened: Database[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-embedded-'));
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
    await stopEmbedded(folder, { drop: true });
    rmSync(folder, { recursive: true });
  });
  const open = (url: string): Database => {
    const database = openDatabase(url, () => {});
    opened.push(database);
    return database;
  };

  it('survives a host that is killed: the next one adopts the server and what it had acknowledged', async () => {
    const host = spawn(process.execPath, ['--input-type=module-typescript', '-e', holder, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((ready) => host.stdout.once('data', ready));
    const before = postmaster(placeOf(folder));
    host.kill('SIGKILL');
    await new Promise((ended) => host.once('close', ended));
    expect(isAlive(before!.pid)).toBe(true);

    const server = await startEmbedded(folder);
    expect(server.wasAdopted).toBe(true);
    expect(postmaster(placeOf(folder))).toEqual(before);
    expect(await open(server.url).query(sql`select what from kept`)).toEqual([{ what: 'acknowledged' }]);
    await server.stop();
    expect(isRunning(before!.pid, placeOf(folder))).toBe(false);
  });

  it('syncs every commit, listens on loopback only, and keeps its password to its owner', async () => {
    const server = await startEmbedded(folder);
    const database = open(server.url);
    const [settings] = await database.query(sql`
      select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
        current_setting('listen_addresses') as listens, current_setting('unix_socket_directories') as sockets`);
    expect(settings).toEqual({ fsync: 'on', commit: 'on', listens: '127.0.0.1', sockets: '' });
    expect(statSync(placeOf(folder).passwordFile).mode & 0o077).toBe(0);
    const stranger = openDatabase(server.url.replace(/:[^:@]+@/, ':wrong@'), () => {});
    await expect(stranger.query(sql`select 1`)).rejects.toThrow('password');
    await stranger.close();
    await server.stop();
  });

  it('starts a server again that has died under a running host, on the same port', async () => {
    const events: string[] = [];
    const server = await startEmbedded(folder, (what) => events.push(what));
    const database = open(server.url);
    process.kill(postmaster(placeOf(folder))!.pid, 'SIGKILL');
    for (let waits = 0; waits < 400; waits++) {
      const isUp = await database.query(sql`select 1`).then(
        () => events.length > 0,
        () => false,
      );
      if (isUp) break;
      await new Promise((done) => setTimeout(done, 50));
    }
    expect(await database.query(sql`select 2 as two`)).toEqual([{ two: 2 }]);
    expect(events[0]).toContain('started again');
    await server.stop();
  });

  it('starts again after its server was killed with a session at work', async () => {
    // A statement that looks at nothing until it is done: its session outlives the server for a while.
    const program = `${holder}
      void database.query(sql\`select count(*) from generate_series(1, 5000000)\`);
      const [session] = await database.query(sql\`
        select pid from pg_stat_activity where query like '%generate_series%' and pid <> pg_backend_pid()\`);
      console.log(session.pid);`;
    const host = spawn(process.execPath, ['--input-type=module-typescript', '-e', program, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    host.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    while (!/ready\n\d+\n/.test(output)) await new Promise((resolve) => setTimeout(resolve, 10));
    const ended = new Promise((resolve) => host.once('close', resolve));
    host.kill('SIGKILL');
    const killed = postmaster(placeOf(folder))!.pid;
    process.kill(killed, 'SIGKILL');
    await ended;
    while (isRunning(killed, placeOf(folder))) await new Promise((resolve) => setTimeout(resolve, 1));
    const server = await startEmbedded(folder);
    expect(server.wasAdopted).toBe(false);
    expect(await open(server.url).query(sql`select what from kept`)).toEqual([{ what: 'acknowledged' }]);
    await server.stop();
  });

  it('is waited for while it is starting, however long that takes', async () => {
    const first = await startEmbedded(folder);
    const pidFile = join(placeOf(folder).cluster, 'postmaster.pid');
    const write = (status: string): void =>
      writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^(ready|starting) *$/m, status));
    write('starting');
    let adopted: EmbeddedServer | undefined;
    const adopting = startEmbedded(folder).then((server) => {
      adopted = server;
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(adopted).toBeUndefined();
    write('ready');
    await adopting;
    expect(adopted?.wasAdopted).toBe(true);
    await Promise.all([first.stop(), adopted?.stop()]);
  });

  it('is not misled by a pid file that names another program', async () => {
    const first = await startEmbedded(folder);
    await open(first.url).query(sql`create table kept (what text)`);
    await Promise.all(opened.splice(0).map((database) => database.close()));
    const pidFile = join(placeOf(folder).cluster, 'postmaster.pid');
    const content = readFileSync(pidFile, 'utf8');
    await first.stop();
    writeFileSync(pidFile, content.replace(/^\d+/, String(process.pid)));
    const second = await startEmbedded(folder);
    expect(second.wasAdopted).toBe(false);
    expect(await open(second.url).query(sql`select what from kept`)).toEqual([]);
    await second.stop();
  });

  it('makes itself anew after a first start that was cut off, and moves away what nobody can open', async () => {
    const place = placeOf(folder);
    mkdirSync(join(place.folder, 'making-cut', 'cluster'), { recursive: true });
    const first = await startEmbedded(folder);
    await first.stop();
    expect(readdirSync(place.folder).filter((name) => name.startsWith('making-'))).toEqual([]);

    rmSync(place.passwordFile);
    const events: string[] = [];
    const second = await startEmbedded(folder, (what) => events.push(what));
    expect(events.join()).toContain('moved away');
    expect(await open(second.url).query(sql`select 1 as one`)).toEqual([{ one: 1 }]);
    expect(readdirSync(place.folder).some((name) => name.includes('without-password'))).toBe(true);
    await second.stop();
  });

  it('is ended and removed by a command, as the supervisor does after a host that was killed', async () => {
    const server = await startEmbedded(folder);
    const { pid } = postmaster(placeOf(folder))!;
    const config = join(folder, 'host.json');
    writeFileSync(config, JSON.stringify({ dataDir: folder }));
    const command = (args: string[]): Promise<number | null> =>
      new Promise((ended) => {
        const child = spawn(process.execPath, [join(import.meta.dirname, 'stop-database.ts'), ...args], {
          stdio: 'ignore',
        });
        child.once('close', ended);
      });
    const stopped = server.stop(); // its watch ends with it; the command is then the one that removes
    await stopped;
    expect(await command(['--config', config])).toBe(0);
    expect(isRunning(pid, placeOf(folder))).toBe(false);
    expect(await command(['--data-dir', folder, '--drop'])).toBe(0);
    expect(existsSync(embeddedFolder(folder))).toBe(false);
    expect(existsSync(placeOf(folder).passwordFile)).toBe(false);
    expect(await command([])).toBe(2);
  });

  it('opens binaries that a strict umask had closed to the server’s user', () => {
    mkdirSync(join(folder, 'native', 'bin'), { recursive: true, mode: 0o700 });
    const [program, data] = [join(folder, 'native', 'bin', 'postgres'), join(folder, 'native', 'share.txt')];
    for (const path of [program, data]) writeFileSync(path, '');
    chmodSync(program, 0o700);
    chmodSync(data, 0o600);
    openToAll(join(folder, 'native'));
    expect([program, data, join(folder, 'native')].map((path) => statSync(path).mode & 0o777)).toEqual([
      0o755, 0o644, 0o755,
    ]);
  });
});
