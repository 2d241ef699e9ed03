import { generateKeyPairSync } from 'node:crypto';
import { applyMessage, emptyStopList, isListed, listHash, type StopList } from '@bivak/stoplist';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { silentLog } from '../testing/log.ts';
import { isCardListed, listCard, unlistCard } from './entries.ts';
import { publish, stopListMessage } from './publisher.ts';

const nowMs = Date.parse('2026-11-24T09:00:00Z');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const card = (letter: string): string => letter.repeat(64);
const debt = (id: string, reference: string) => ({
  bucket: 7,
  payment_id: id,
  card_reference: reference,
  masked_pan: '541333******0011',
  response_code: '43',
});

describe('the stop-list', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database } = await databases.emptied());
  });

  const list = (id: string, reference: string) => listCard(database, debt(id, reference), nowMs);
  const unlist = (id: string, reference: string) => unlistCard(database, debt(id, reference));
  const publishAll = () => publish(database, nowMs, silentLog);
  const signing = { privateKey, epochId: 'first' };
  const versions = () =>
    database.query<{ version: number; entries: string[] | null }>(
      sql`select version, entries from stop_list_versions order by version`,
    );
  /** A till has said which version it has. */
  const fetchedBy = (tillId: string, version: number) =>
    database.query(sql`
      insert into tills (till_id, till_bucket, place, enrolment_code_hash, former_keys, stop_list_version)
      values (${tillId}, 1, 'train', 'x', '[]', ${version})`);
  /** What a till has after a downlink with the list that it holds. */
  const fetched = async (held: StopList): Promise<StopList> => {
    const { message } = await stopListMessage(database, signing, held);
    if (message === null) return held;
    const result = applyMessage(held, message, publicKey);
    if (!result.ok) throw new Error(result.error);
    return result.list;
  };
  const kindOf = async (held: Pick<StopList, 'version' | 'hash'>): Promise<string | null> => {
    const { message } = await stopListMessage(database, signing, held);
    if (message === null) return null;
    return JSON.parse(JSON.parse(Buffer.from(message, 'base64').toString()).body).kind as string;
  };

  it('keeps a card until the last of its listed debts is paid', async () => {
    await list('till-1-000001', card('a'));
    await list('till-1-000002', card('a'));
    await list('till-1-000002', card('a'));
    await publishAll();
    await unlist('till-1-000001', card('a'));
    expect(await isCardListed(database, debt('till-1-000001', card('a')))).toBe(false);
    expect(await isCardListed(database, debt('till-1-000002', card('a')))).toBe(true);
    await publishAll();
    expect(await versions()).toEqual([{ version: 1, entries: [card('a').slice(0, 32)] }]);
    await unlist('till-1-000002', card('a'));
    await publishAll();
    expect((await versions()).at(-1)).toEqual({ version: 2, entries: [] });
  });

  it('brings a till on by the change from any version that was published, else by the whole list', async () => {
    await publishAll();
    const first = await fetched(emptyStopList);
    expect([first.version, first.entries.size]).toEqual([1, 0]);
    await fetchedBy('till-1', 1);
    await list('till-1-000001', card('a'));
    await list('till-1-000003', card('c'));
    await publishAll();
    const second = await fetched(first);
    await list('till-1-000002', card('b'));
    await unlist('till-1-000001', card('a'));
    await publishAll();
    const third = await fetched(second);
    const unknown = { version: 99, hash: listHash(99, []) };
    expect(await Promise.all([emptyStopList, first, second, third, unknown].map(kindOf))).toEqual([
      'snapshot',
      'delta',
      'delta',
      null,
      'snapshot',
    ]);
    expect(await fetched(first)).toEqual(await fetched(emptyStopList));
    expect(isListed(third, card('a'))).toBe(false);
  });

  it('gives the whole list to a till that has another one under the same version', async () => {
    await list('till-1-000001', card('a'));
    await publishAll();
    expect(await kindOf({ version: 1, hash: listHash(1, ['f'.repeat(32)]) })).toBe('snapshot');
  });

  it('stores one list whole, and no change that leads from a version which no till has', async () => {
    await fetchedBy('till-1', 3);
    for (let number = 1; number <= 5; number++) {
      await list(`till-1-00000${number}`, card(String(number)));
      await publishAll();
    }
    expect((await versions()).map(({ version, entries }) => [version, entries?.length ?? null])).toEqual([
      [3, null],
      [4, null],
      [5, 5],
    ]);
  });

  it('publishes anew in a new epoch of the store, under numbers that no till can have', async () => {
    await list('till-1-000001', card('a'));
    await publishAll();
    await database.query(sql`
      insert into store_epochs (epoch, epoch_id, began_at, trace_block_floor) values (2, 'second', ${new Date(nowMs)}, 0)`);
    await publishAll();
    await publishAll();
    expect((await versions()).map(({ version }) => version)).toEqual([1_000_001]);
  });

  it('publishes nothing while the store is in doubt', async () => {
    const facts = JSON.stringify({ hostName: 'h' });
    await database.query(sql`
      insert into store_epochs (epoch, epoch_id, began_at, trace_block_floor) values (1, 'first', ${new Date(nowMs)}, 0)`);
    await database.query(sql`
      insert into store_doubts (doubt_id, epoch, cause, data, found_at) values ('d', 1, 'no-witness', ${facts}, ${new Date(nowMs)})`);
    await publishAll();
    expect(await versions()).toEqual([]);
  });

  it('has no version without a change', async () => {
    await publishAll();
    await publishAll();
    expect(await versions()).toHaveLength(1);
  });

  it('is not taken back by a host that looked earlier and publishes later', async () => {
    await list('till-1-000001', card('a'));
    await publishAll();
    // The card is paid and another host publishes that, between the slow host's two looks.
    let looks = 0;
    const slow: Database = {
      ...database,
      async query<Row extends object>(statement: Parameters<Database['query']>[0]) {
        const rows = await database.query<Row>(statement);
        if (++looks === 2) {
          await unlist('till-1-000001', card('a'));
          await publishAll();
        }
        return rows;
      },
    };
    while (!(await publish(slow, nowMs, silentLog)));
    expect((await versions()).at(-1)?.entries).toEqual([]);
  });
});
