import { generateKeyPairSync } from 'node:crypto';
import { applyMessage, emptyStopList, type StopList } from '@bivak/stoplist';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, type Queries, sql } from '../store/index.ts';
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
  const versions = () =>
    database.query<{ version: number; card_references: string[] }>(
      sql`select version, card_references from stop_list_versions order by version`,
    );
  /** What a till has after a downlink with the list that it holds. */
  const fetched = async (held: StopList): Promise<StopList> => {
    const { message } = await stopListMessage(database, privateKey, held.version);
    if (message === null) return held;
    const result = applyMessage(held, message, publicKey);
    if (!result.ok) throw new Error(result.error);
    return result.list;
  };
  const kindOf = async (since: number): Promise<string | null> => {
    const { message } = await stopListMessage(database, privateKey, since);
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
    expect(await versions()).toEqual([{ version: 1, card_references: [card('a')] }]);
    await unlist('till-1-000002', card('a'));
    await publishAll();
    expect((await versions()).at(-1)).toEqual({ version: 2, card_references: [] });
  });

  it('brings a till on by the change from any version that was published, else by the whole list', async () => {
    await publishAll();
    const first = await fetched(emptyStopList);
    expect([first.version, first.entries.size]).toEqual([1, 0]);
    await list('till-1-000001', card('a'));
    await publishAll();
    await list('till-1-000002', card('b'));
    await unlist('till-1-000001', card('a'));
    await publishAll();
    expect([await kindOf(0), await kindOf(1), await kindOf(2), await kindOf(3), await kindOf(99)]).toEqual([
      'snapshot',
      'delta',
      'delta',
      null,
      'snapshot',
    ]);
    expect(await fetched(first)).toEqual(await fetched(emptyStopList));
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
    const slow: Queries = {
      ...database,
      async query<Row extends object>(statement: Parameters<Queries['query']>[0]) {
        const rows = await database.query<Row>(statement);
        if (++looks === 1) {
          await unlist('till-1-000001', card('a'));
          await publishAll();
        }
        return rows;
      },
    };
    while (!(await publish(slow, nowMs, silentLog)));
    expect((await versions()).map(({ card_references }) => card_references.length)).toEqual([1, 0]);
  });
});
