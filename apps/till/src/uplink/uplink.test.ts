import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@bivak/clock';
import type { OfflineLimits, PaymentOutcome } from '@bivak/domain';
import { readEnvelope } from '@bivak/journal';
import { buildDelta, buildSnapshot, entriesOf, listHash } from '@bivak/stoplist';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enrolmentStore } from '../enrolment/index.ts';
import { type Journal, openJournal } from '../journal/index.ts';
import { limitsStore, outstandingProjection } from '../limits/index.ts';
import { stopListStore } from '../stoplist/index.ts';
import { poll } from './downlink.ts';
import { type HostClient, HostRefusal, NoResponse } from './host-client.ts';
import { shipping } from './shipping.ts';
import { uplinkStore } from './store.ts';

const keys = generateKeyPairSync('ed25519');
const host = generateKeyPairSync('ed25519');
const limits: OfflineLimits = {
  perSaleMinor: 1,
  perCardMinor: 1,
  perCardCount: 1,
  perTillMinor: 1,
  perTillCount: 1,
  stopListMaxAgeMs: 1,
};
const errors: string[] = [];
const log = { info() {}, warn() {}, error: (_: object, message: string) => void errors.push(message) };

let dataDir: string;
let journal: Journal;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'bivak-uplink-'));
  journal = openJournal({
    dataDir,
    tillId: 'till-1',
    timeZone: 'UTC',
    keys,
    clock: systemClock,
    projections: [outstandingProjection],
  });
  errors.length = 0;
  forgotten = [];
});
afterEach(() => {
  journal.close();
  rmSync(dataDir, { recursive: true });
});

const first = { epoch: 1, epochId: 'first' };
const second = { epoch: 2, epochId: 'second' };

/** Takes entries as the host does; `ship` fails before or after that, or not at all. */
function hostWith(fate: () => 'good' | 'lost' | 'answer-lost') {
  const taken: number[] = [];
  const client = {
    async ship(entries, beforeSending) {
      beforeSending();
      const now = fate();
      if (now === 'lost') throw new NoResponse('lost');
      for (const { payload } of entries) {
        const { seq } = readEnvelope(payload)!;
        if (seq === taken.length + 1) taken.push(seq);
      }
      if (now === 'answer-lost') throw new NoResponse('answer lost');
      return { ...first, acknowledgedSeq: taken.length };
    },
  } as HostClient;
  return { client, taken };
}
/** What was said to be acknowledged, in turn. */
let forgotten: number[];
const forget = (acknowledgedSeq: number): void => void forgotten.push(acknowledgedSeq);
const write = (count: number): void => {
  for (let one = 0; one < count; one++)
    journal.append({ kind: 'till.started', body: { softwareVersion: 'x'.repeat(200) } });
};

describe('shipping', () => {
  it('gives the host every entry once, in order, whatever the link does', async () => {
    write(60);
    const fates = fc.array(fc.constantFrom('good', 'lost', 'answer-lost'), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fates, async (list) => {
        const left = [...list];
        const { client, taken } = hostWith(() => (left.shift() ?? 'good') as 'good');
        const store = uplinkStore(journal);
        store.update({ acknowledgedSeq: 0, epochId: 'first' });
        const { shipAll } = shipping({ journal, client, store, forget, log });
        for (let round = 0; round <= list.length && store.state().acknowledgedSeq < 60; round++)
          await shipAll().catch((error: unknown) => expect(error).toBeInstanceOf(NoResponse));
        expect(taken).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
        expect(store.state().acknowledgedSeq).toBe(60);
        expect(uplinkStore(journal).state().acknowledgedSeq).toBe(60); // kept over a restart
      }),
      { numRuns: 30 },
    );
  });

  it('believes less than was acknowledged only of a store with another epoch, and stops if its own data was rolled back', async () => {
    write(5);
    const store = uplinkStore(journal);
    store.update({ epochId: 'first', acknowledgedSeq: 4, shippedSeq: 4 });
    const answers = [
      { ...first, acknowledgedSeq: 2 },
      { ...second, acknowledgedSeq: 3 },
      { ...second, acknowledgedSeq: 5 },
      { ...second, acknowledgedSeq: 9 },
    ];
    const client = { ship: async () => answers.shift()! } as unknown as HostClient;
    const { shipAll } = shipping({ journal, client, store, forget, log });
    await expect(shipAll()).rejects.toThrow(/nothing-taken/);
    expect(store.state()).toMatchObject({ epochId: 'first', acknowledgedSeq: 4 });
    await shipAll();
    expect(store.state()).toMatchObject({ epochId: 'second', acknowledgedSeq: 5 });
    write(1);
    await expect(shipAll()).rejects.toThrow(/journal-behind-host/);
    expect(store.state().acknowledgedSeq).toBe(5);
    expect(errors).toEqual([
      expect.stringContaining('less of the journal than it has acknowledged'),
      expect.stringContaining('the host has entries that this till lacks'),
    ]);
  });

  it('remembers what it has sent, answered or not, and not what was refused for another epoch', async () => {
    write(6);
    const store = uplinkStore(journal);
    store.update({ epochId: 'first', acknowledgedSeq: 2, shippedSeq: 2 });
    const said: number[] = [];
    const fates = ['answer-lost', 'other-epoch', 'good'];
    const client = {
      async ship(_: unknown, beforeSending: () => void) {
        said.push(store.state().shippedSeq);
        beforeSending();
        const fate = fates.shift();
        if (fate === 'answer-lost') throw new NoResponse('answer lost');
        if (fate === 'other-epoch')
          throw new HostRefusal('store-epoch-changed', '', { ...second, acknowledgedSeq: 1 });
        return { ...second, acknowledgedSeq: journal.lastSeq() };
      },
    } as unknown as HostClient;
    const { shipAll } = shipping({ journal, client, store, forget, log });
    await expect(shipAll()).rejects.toBeInstanceOf(NoResponse);
    expect(store.state().shippedSeq).toBe(6);
    write(2);
    expect(await shipAll()).toBe(7);
    // The two new ones were in the refused request alone: no earlier store can have them.
    expect(said).toEqual([2, 6, 6]);
    expect(store.state()).toMatchObject({ epochId: 'second', acknowledgedSeq: 8, shippedSeq: 8 });
  });

  it('goes on after the good prefix of a batch that was refused', async () => {
    write(5);
    const client = {
      ship: async () => {
        throw new HostRefusal('journal-refused', 'entry 4', { acknowledgedSeq: 3, refusedSeq: 4 });
      },
    } as unknown as HostClient;
    const store = uplinkStore(journal);
    await expect(shipping({ journal, client, store, forget, log }).shipAll()).rejects.toThrow(
      /journal-refused/,
    );
    expect(store.state().acknowledgedSeq).toBe(3);
  });

  it('does not try for ever if the host takes nothing', async () => {
    write(2);
    const client = {
      ship: async () => ({ ...first, acknowledgedSeq: 0 }),
    } as unknown as HostClient;
    await expect(
      shipping({ journal, client, store: uplinkStore(journal), forget, log }).shipAll(),
    ).rejects.toThrow(/nothing-taken/);
  });
});

describe('the downlink', () => {
  const cards = ['a', 'b', 'c'].map((letter) => letter.repeat(64));
  const issuedAtMs = Date.UTC(2026, 10, 24);
  const published = (version: number) => ({ epochId: 'first', version, issuedAtMs });
  const entries = (version: number) => entriesOf(cards.slice(0, version));
  const hashOf = (version: number) => listHash(version, entries(version));
  const snapshot = (version: number, key = host.privateKey) =>
    buildSnapshot({ ...published(version), entries: entries(version) }, key);
  const delta = (from: number, to: number) =>
    buildDelta(
      { version: from, hash: hashOf(from) },
      { ...published(to), hash: hashOf(to), added: entries(to).slice(from), removed: [] },
      host.privateKey,
    );

  let hostNow = '2026-11-24T09:00:00.000Z';
  let unreadableReaderKeys: string[] = [];
  function till(
    answers: { stopList: string | null; stopListVersion: number; outcomes?: PaymentOutcome[] }[],
  ) {
    const enrolment = enrolmentStore(journal);
    enrolment.save(host.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'), 1);
    const stopList = stopListStore(journal);
    const requested: [number, number][] = [];
    const client = {
      async downlink(version: number, after: number) {
        requested.push([version, after]);
        const answer = { outcomes: [], ...answers.shift()! };
        return {
          ...answer,
          ...first,
          acknowledgedSeq: 0,
          acknowledgedHash: null,
          stopListHash: hashOf(answer.stopListVersion),
          hostNow,
          limits,
          bankWindowMs: 7,
          recoveryWindowMs: 8,
          unreadableReaderKeys,
        };
      },
    } as unknown as HostClient;
    const store = uplinkStore(journal);
    const outcomes = limitsStore(journal);
    const options = {
      journal,
      client,
      store,
      forget,
      enrolment,
      stopList,
      limits: outcomes,
      clock: systemClock,
      log,
    };
    return { stopList, store, outcomes, requested, fetch: () => poll(options) };
  }

  it('has the journal trust the clock if the host’s agrees, and only then', async () => {
    const same = { stopList: null, stopListVersion: 0 };
    const { fetch } = till([same, same]);
    let agreed = 0;
    journal.agreeClock = () => {
      agreed++;
      return true;
    };
    hostNow = new Date(systemClock.nowMs() - 3_600_000).toISOString();
    await fetch();
    expect(agreed).toBe(0);
    hostNow = new Date(systemClock.nowMs()).toISOString();
    await fetch();
    expect(agreed).toBe(1);
  });

  it('knows over a restart the readers whose card data the host does not open, until it does', async () => {
    const same = { stopList: null, stopListVersion: 0 };
    const { store, fetch } = till([same, same]);
    unreadableReaderKeys = ['b17a0000000000ff'];
    await fetch();
    expect(uplinkStore(journal).state().unreadableReaderKeys).toEqual(['b17a0000000000ff']);
    unreadableReaderKeys = [];
    await fetch();
    expect(store.state().unreadableReaderKeys).toEqual([]);
  });

  it('puts a list in force, in the journal, and over a restart', async () => {
    const { stopList, store, fetch } = till([
      { stopList: snapshot(1), stopListVersion: 1 },
      { stopList: delta(1, 3), stopListVersion: 3 },
    ]);
    expect(stopList.ageMs(0)).toBeNull();
    await fetch();
    await fetch();
    expect(stopList.current()).toMatchObject({ version: 3, issuedAtMs });
    expect(stopList.current().entries.size).toBe(3);
    expect(stopList.ageMs(systemClock.nowMs())).toBeLessThan(60_000);
    expect(journal.entry(journal.lastSeq())).toMatchObject({
      kind: 'stop-list.applied',
      body: { version: 3 },
    });
    expect(store.state()).toMatchObject({ limits, bankWindowMs: 7, recoveryWindowMs: 8 });
    expect(stopListStore(journal).current()).toEqual(stopList.current());
  });

  it('requests the whole list if a change does not match', async () => {
    const { stopList, requested, fetch } = till([
      { stopList: snapshot(1), stopListVersion: 1 },
      { stopList: delta(2, 3), stopListVersion: 3 },
      { stopList: snapshot(3), stopListVersion: 3 },
    ]);
    await fetch();
    await fetch();
    expect(requested.map(([version]) => version)).toEqual([0, 1, 0]);
    expect(stopList.current().version).toBe(3);
  });

  it('never goes back, and takes nothing that the host has not signed', async () => {
    const stranger = generateKeyPairSync('ed25519');
    const { stopList, fetch } = till([
      { stopList: snapshot(2), stopListVersion: 2 },
      { stopList: snapshot(1), stopListVersion: 1 },
      { stopList: snapshot(3, stranger.privateKey), stopListVersion: 3 },
      { stopList: 'rubbish', stopListVersion: 3 },
    ]);
    for (let round = 0; round < 4; round++) await fetch();
    expect(stopList.current().version).toBe(2);
    expect(errors).toEqual(
      Array.from({ length: 3 }, () => 'the stop-list was rejected; the old one stays in force'),
    );
    expect(() => journal.database.exec('UPDATE stop_list SET version = 1')).toThrow('never goes back');
  });

  it('fetches outcomes until there are no more, and keeps the newest of each sale', async () => {
    const outcome = (cursor: number, state: 'declined' | 'recovered') => ({
      cursor,
      saleId: 'till-1-000001',
      state,
      at: '2026-11-24T09:00:00.000Z',
    });
    const same = { stopList: null, stopListVersion: 0 };
    const { outcomes, requested, fetch } = till([
      { ...same, outcomes: [outcome(1, 'declined')] },
      { ...same, outcomes: [outcome(2, 'recovered')] },
      { ...same, outcomes: [] },
    ]);
    await fetch();
    expect(requested).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
    ]);
    expect(outcomes.outcome('till-1-000001')).toBe('recovered');
    outcomes.recordOutcomes([outcome(1, 'declined')]); // late, out of order
    expect(outcomes.outcome('till-1-000001')).toBe('recovered');
  });
});
