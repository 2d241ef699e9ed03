import { sign } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { genesisHash, hashOf } from '@bivak/journal';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { foldJournal } from '../payments/fold.ts';
import { type Database, type Queries, sql } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { handClock } from '../testing/clock.ts';
import { enrolTestTill, testFold, testKeyStore } from '../testing/host-parts.ts';
import { silentLog } from '../testing/log.ts';
import { type TestTill, testTill } from '../testing/till.ts';
import { acknowledgedPlace, takeBatch } from './intake.ts';
import { verification } from './verification.ts';
import { startVerifier, type Verifier } from './verifier.ts';

const lineOf = (payload: string, signature: string): string => `${JSON.stringify({ payload, signature })}\n`;

describe('the intake, given whatever bytes there are', { timeout: 120_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  let till: TestTill;
  let verifier: Verifier;
  const clock = handClock();
  beforeAll(async () => {
    databases = await startTestDatabases();
    verifier = startVerifier(silentLog);
  }, 60_000);
  afterAll(async () => {
    await verifier.close();
    await databases.stop();
  });
  beforeEach(async () => {
    ({ database } = await databases.emptied());
    till = testTill('till-1', clock.nowMs);
    await enrolTestTill(database, till, clock.nowMs());
  });

  const take = (batch: string | Uint8Array) =>
    takeBatch({ database, keys: testKeyStore() }, till, batch, clock.nowMs(), verifier.verify);
  const signed = (payload: string): string =>
    lineOf(payload, sign(null, Buffer.from(payload), till.privateKey).toString('base64'));
  /** An entry that follows what the host has, with whatever a till may sign. */
  const next = async (change: (entry: Record<string, unknown>) => void): Promise<Record<string, unknown>> => {
    const { seq, hash } = await acknowledgedPlace(database, 'till-1');
    const entry: Record<string, unknown> = {
      tillId: 'till-1',
      at: '2026-11-24T09:00:00.000Z',
      timeZone: 'Europe/Moscow',
      version: 1,
      kind: 'till.started',
      body: { softwareVersion: '1' },
      seq: seq + 1,
      prevHash: hash,
    };
    change(entry);
    return entry;
  };

  it('any text is stored or refused by name, and what was good before it stays', async () => {
    till.sell();
    const good = till.batch();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), fc.boolean(), async (text, isEnded) => {
        const result = await take(`${good}${text}${isEnded ? '\n' : ''}`);
        expect(result.acknowledgedSeq).toBe(2);
        if (isEnded || text.includes('\n')) expect(result.refused?.fault).toBe('unreadable');
      }),
      { numRuns: 100 },
    );
  });

  it('any bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const result = await take(Buffer.concat([bytes, Buffer.from('\n')]));
        expect(result).toMatchObject({ acknowledgedSeq: 0, taken: 0 });
        expect(result.refused?.fault).toBe('unreadable');
      }),
      { numRuns: 50 },
    );
  });

  it('any payload and signature are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: 'binary' }), fc.json()),
        fc.string({ unit: 'binary' }),
        fc.boolean(),
        async (payload, signature, isSigned) => {
          const result = await take(isSigned ? signed(payload) : lineOf(payload, signature));
          expect(result).toMatchObject({ acknowledgedSeq: 0, refused: { fault: 'malformed' } });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('any body that a till signs is', async () => {
    const kind = fc.stringMatching(/^[a-z0-9]+(\.[a-z0-9]+)?$/);
    await fc.assert(
      fc.asyncProperty(
        kind,
        fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'saleId', 'mode')), fc.jsonValue()),
        fc.integer({ min: 1 }),
        async (anyKind, body, version) => {
          const entry = await next((one) => Object.assign(one, { kind: anyKind, body, version }));
          const payload = canonicalize(entry)!;
          const { seq } = await acknowledgedPlace(database, 'till-1');
          const result = await take(signed(payload));
          const isKind = anyKind.length <= 60;
          expect(result).toMatchObject({ acknowledgedSeq: isKind ? seq + 1 : seq });
          expect(result.refused?.fault).toBe(isKind ? undefined : 'malformed');
        },
      ),
      { numRuns: 100 },
    );
    await foldJournal(testFold(database), 'till-1');
  });

  const inBody = (text: string) => (canonical: string) => canonical.replace('"softwareVersion":"1"', text);
  it.each<[string, (canonical: string) => string, string | null]>([
    ['a lone surrogate', inBody('"softwareVersion":"\ud800"'), 'malformed'],
    ['a lone surrogate, escaped', inBody('"softwareVersion":"\\ud800"'), 'malformed'],
    ['a NUL', inBody('"softwareVersion":"\0"'), 'malformed'],
    ['a NUL, escaped', inBody('"softwareVersion":"\\u0000"'), null],
    ['a sale id of thousands of digits', inBody(`"saleId":"till-1-${'9'.repeat(9_000)}"`), null],
    ['a sale id that is a number', inBody('"saleId":1e+300'), null],
    ['a number beyond doubles', inBody('"softwareVersion":1e999'), 'malformed'],
    ['a number of thousands of digits', inBody(`"softwareVersion":${'9'.repeat(9_000)}`), 'malformed'],
    ['__proto__', inBody('"__proto__":{"saleId":"till-1-000001"}'), null],
    ['deep nesting', inBody(`"a":${'['.repeat(100_000)}${']'.repeat(100_000)}`), null],
    ['a long kind', (text) => text.replace('till.started', 'a'.repeat(100_000)), 'malformed'],
    ['a kind of the longest', (text) => text.replace('till.started', 'a'.repeat(60)), null],
    ['a number of no integer', (text) => text.replace('"seq":3', '"seq":3.5'), 'malformed'],
    [
      'a number that no store holds',
      (text) => text.replace('"seq":3', '"seq":9007199254740993'),
      'malformed',
    ],
    ['a version that no store holds', (text) => text.replace('"version":1', '"version":1e+300'), 'malformed'],
    ['another till', (text) => text.replace('"tillId":"till-1"', '"tillId":"till-1\\u0000"'), 'wrong-till'],
    ['the same member twice', (text) => text.replace('{', '{"at":"",'), 'malformed'],
  ])('takes or refuses %s, signed, and keeps the good entries before it', async (_, change, fault) => {
    till.sell();
    const place = { seq: 2, hash: hashOf(till.entries[1]!.payload) };
    const entry = await next((one) => Object.assign(one, { seq: 3, prevHash: place.hash }));
    const payload = change(canonicalize(entry)!);
    const result = await take(till.batch() + signed(payload));
    if (fault === null) expect(result).toEqual({ acknowledgedSeq: 3, taken: 3, refused: null });
    else expect(result).toMatchObject({ acknowledgedSeq: 2, taken: 2, refused: { fault } });
    const stored = await database.query<{ payload: string; signature: string; hash: string }>(
      sql`select payload, signature, hash from intake order by seq`,
    );
    // As it was signed, to the character: who reads the store can verify it.
    expect(stored.map((row) => row.payload).slice(0, 2)).toEqual(till.entries.map((one) => one.payload));
    if (fault === null) expect(stored[2]!.payload).toBe(payload);
    await foldJournal(testFold(database), 'till-1');
    expect((await take(till.batch() + signed(payload))).refused?.fault).toBe(fault ?? undefined);
  });

  it('refuses a signature with anything beside it: readers of base64 skip that, the store cannot hold all of it', async () => {
    till.sell();
    const [first] = till.entries;
    for (const signature of [
      `${first!.signature}\0`,
      ` ${first!.signature}`,
      `${first!.signature}${'='.repeat(9)}`,
    ])
      expect(await take(lineOf(first!.payload, signature))).toMatchObject({
        acknowledgedSeq: 0,
        refused: { fault: 'bad-signature' },
      });
    expect(await take(till.batch())).toMatchObject({ acknowledgedSeq: 2, refused: null });
  });

  it('keeps the entries before one that the store refuses, and then refuses it by name', async () => {
    for (let sales = 0; sales < 4; sales++) till.sell();
    const bad = till.entries[5]!.payload;
    const picky: Database = {
      ...database,
      transaction: (work) =>
        database.transaction((queries) =>
          work({
            ...queries,
            query: async (statement) => {
              const holdsBad = statement.values.includes(bad) && statement.text.includes('into intake (');
              if (holdsBad) throw Object.assign(new Error('invalid byte sequence'), { code: '22021' });
              return queries.query(statement);
            },
          } satisfies Queries),
        ),
    };
    const rounds: number[] = [];
    for (;;) {
      const result = await takeBatch(
        { database: picky, keys: testKeyStore() },
        till,
        till.batch(),
        clock.nowMs(),
      );
      rounds.push(result.acknowledgedSeq);
      if (result.refused === null) continue;
      expect(result.refused).toEqual({ fault: 'not-storable', isNew: true });
      break;
    }
    expect(rounds.at(-1)).toBe(5);
    expect(rounds.length).toBeLessThan(6);
    expect(await take(till.batch())).toMatchObject({ acknowledgedSeq: 8, refused: null });
  });

  it('knows entries again by number and hash, without verifying them again', async () => {
    till.sell();
    till.sell();
    await take(till.batch());
    const unsigned = till.entries.map(({ payload }) => lineOf(payload, '')).join('');
    expect(await take(unsigned)).toEqual({ acknowledgedSeq: 4, taken: 0, refused: null });
    const changed = unsigned.replace('50000', '50001');
    expect(await take(changed)).toMatchObject({ acknowledgedSeq: 4, refused: { fault: 'bad-signature' } });
    till.sell();
    const resigned = signed(till.entries[0]!.payload.replace('50000', '50001'));
    expect(await take(resigned + till.batch(4))).toMatchObject({
      acknowledgedSeq: 4,
      taken: 0,
      refused: { fault: 'changed' },
    });
    expect(await take(unsigned + till.batch(4))).toMatchObject({
      acknowledgedSeq: 6,
      taken: 2,
      refused: null,
    });
  });

  /** The longest stops of the event loop in a few tries, until one of them is short enough. */
  const bestOf = async (enoughMs: number, act: () => Promise<void>): Promise<number[]> => {
    const stopsMs: number[] = [];
    while (stopsMs.length < 6 && !stopsMs.some((stopMs) => stopMs < enoughMs)) {
      ({ database } = await databases.emptied());
      await enrolTestTill(database, till, clock.nowMs());
      stopsMs.push(await longestStopMs(act));
    }
    return stopsMs;
  };

  it('stops the event loop for less than 50 ms while it takes 2.6 MB, new or known', async () => {
    while (till.entries.length < 2_800)
      till.sell({ productName: 'Чай чёрный с бергамотом, чашка 0,3 л '.repeat(4) });
    const batch = Buffer.from(till.batch());
    expect(batch.length).toBeGreaterThan(2_600_000);
    expect(batch.length).toBeLessThan(4_194_304);
    const atOnceMs = await longestStopMs(async () => {
      const run = verification({
        tillId: till.tillId,
        keys: [till.publicKey],
        keyIndex: 0,
        place: { seq: 0, hash: genesisHash },
        batch,
        suspect: null,
      });
      while (run.next().done !== true);
    });
    // The best of some: the machine may be busy with something else.
    const stopsMs = await bestOf(Math.max(50, atOnceMs / 20), async () => {
      expect(await take(batch)).toMatchObject({ acknowledgedSeq: till.entries.length, refused: null });
      expect(await take(batch)).toMatchObject({ taken: 0, refused: null });
    });
    const slicesMs = await bestOf(Math.max(50, atOnceMs / 4), async () => {
      const intake = { database, keys: testKeyStore() };
      expect((await takeBatch(intake, till, batch, clock.nowMs())).refused).toBeNull();
    });
    const measured = JSON.stringify({ atOnceMs, stopsMs, slicesMs });
    expect(Math.min(...stopsMs), measured).toBeLessThan(Math.max(50, atOnceMs / 20));
    expect(Math.min(...slicesMs), measured).toBeLessThan(Math.max(50, atOnceMs / 4));
  });

  it('checks in slices what its thread had when it died, and starts another', async () => {
    till.sell();
    const dying = startVerifier(silentLog);
    const left = takeBatch(
      { database, keys: testKeyStore() },
      till,
      till.batch(),
      clock.nowMs(),
      async (job) => {
        const verified = dying.verify(job);
        await dying.close();
        return verified;
      },
    );
    expect(await left).toMatchObject({ acknowledgedSeq: 2, refused: null });
    till.sell();
    expect(
      await takeBatch({ database, keys: testKeyStore() }, till, till.batch(), clock.nowMs(), dying.verify),
    ).toMatchObject({
      acknowledgedSeq: 4,
    });
    await dying.close();
  });
});

/** The longest stop of the event loop while something is done. */
async function longestStopMs(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await work();
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.disable();
  return delay.max / 1e6;
}
