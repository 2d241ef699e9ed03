import type { peerApi } from '@bivak/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type {
  BankAddress,
  BankAnswer,
  BankMessage,
  BankSession,
  LateAnswer,
  Leaving,
} from '../banks/index.ts';
import type { PeerAnswer, Peers } from '../peers/peers.ts';
import type { Database, Statement } from '../store/index.ts';
import { startTestDatabases, type TestDatabases } from '../store/testing/databases.ts';
import { cardHandle } from '../testing/card-handle.ts';
import { type HandClock, handClock, until } from '../testing/clock.ts';
import { silentLog } from '../testing/log.ts';
import { lineLeaseMs } from './leases.ts';
import { openSharedLines, type SharedLines, type SharedLinesContext } from './shared-lines.ts';
import { takenRequests } from './taken-requests.ts';

const bank: BankAddress = {
  bankId: 'north',
  profile: 'north',
  host: '127.0.0.1',
  port: 1,
  terminalId: 'T1',
  merchantId: 'M1',
  merchantCategoryCode: '5812',
};
const pan = '4761739001010119';
const debit: BankMessage = {
  kind: 'debit',
  flow: 'request',
  request: {
    reference: 'till-1-000012',
    card: cardHandle(pan),
    amountMinor: 40_000,
    currency: 'RUB',
    stan: '000012',
    rrn: '632812000012',
    transmittedAtMs: 1,
    soldAtMs: 2,
    timeZone: 'Europe/Moscow',
    deferred: true,
    resubmission: false,
  },
};
const approved: BankAnswer = {
  kind: 'answered',
  responseCode: '00',
  authorisationCode: 'A1',
  amountMinor: 40_000,
  bankRrn: null,
  adviceCode: null,
};

describe('a request of another host', () => {
  it('is taken once, as long as it might leave', () => {
    const taken = takenRequests();
    expect(taken.take('one', 100, 0)).toBe(true);
    expect(taken.take('one', 100, 0)).toBe(false);
    expect(taken.take('two', 100, 100)).toBe(true);
    expect(taken.take('one', 100, 100)).toBe(false);
  });
});

describe('the connection with a bank', { timeout: 60_000 }, () => {
  let databases: TestDatabases;
  let database: Database;
  let clock: HandClock;
  /** What was written to the bank, by which host. */
  let sent: { by: string; message: BankMessage }[];
  /** Sessions that are open, over all hosts. */
  let open: string[];
  let hosts: Map<string, SharedLines>;
  let late: LateAnswer[];
  /** How the link between the hosts is. */
  let link: 'works' | 'refuses' | 'loses-answer' | 'repeats';
  let asked: peerApi.Exchange[];

  beforeAll(async () => {
    databases = await startTestDatabases();
  }, 60_000);
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ database } = await databases.emptied());
    clock = handClock();
    [sent, open, hosts, late, asked, link] = [[], [], new Map(), [], [], 'works'];
  });
  afterEach(() => Promise.all([...hosts.values()].map((lines) => lines.close())));

  const session = (by: string): BankSession => {
    open.push(by);
    let isOpen = true;
    return {
      async send(message, leaving): Promise<BankAnswer> {
        const untilMs = leaving === undefined ? Number.POSITIVE_INFINITY : await leaving();
        if (!isOpen || untilMs === null || clock.nowMs() >= untilMs)
          return { kind: 'not-sent', failure: { kind: 'held-back' }, isOurs: true };
        sent.push({ by, message });
        return approved;
      },
      status: () => ({
        bankId: 'north',
        session: 'signed-on',
        lastAnswerAtMs: null,
        unreadableMessages: 0,
        unauthenticMessages: 0,
      }),
      async close() {
        isOpen = false;
        open.splice(open.indexOf(by), 1);
      },
    };
  };
  /** The link between the hosts of the test, in which card data would be seen. */
  const peers: Peers = {
    tell: () => {
      for (const lines of hosts.values()) lines.wake();
    },
    heardOf: () => {},
    async ask(hostName, path, body): Promise<PeerAnswer> {
      const holder = hosts.get(hostName);
      if (holder === undefined || link === 'refuses') return { kind: 'not-sent' };
      if (path === '/v1/peers/lines') return { kind: 'answered', body: { states: await holder.ownStates() } };
      const exchange = JSON.parse(JSON.stringify(body)) as peerApi.Exchange;
      asked.push(exchange);
      const answer = await holder.exchange('request-1', exchange);
      if (link === 'repeats') expect(await holder.exchange('request-1', exchange)).toBeNull();
      if (link !== 'loses-answer') return { kind: 'answered', body: JSON.parse(JSON.stringify(answer)) };
      holder.undelivered(exchange, answer!);
      return { kind: 'unknown' };
    },
  };
  const start = (hostName: string, more: Partial<SharedLinesContext> = {}): SharedLines => {
    const lines = openSharedLines({
      ...{ database, clock, log: silentLog, hostName, peers, banks: [bank] },
      onLateAnswer: (answer) => late.push(answer),
      random: () => 0,
      cardOf: async () => cardHandle(pan),
      openSession: () => session(hostName),
      realMs: clock.nowMs,
      ...more,
    });
    hosts.set(hostName, lines);
    return lines;
  };
  /** A connection to the store that can be cut. */
  const losable = () => {
    const cut = {
      isAway: false,
      database: {
        onCommit: database.onCommit,
        query: async <Found extends object>(statement: Statement): Promise<Found[]> => {
          if (cut.isAway) throw new Error('away');
          return database.query<Found>(statement);
        },
      },
    };
    return cut;
  };
  const soon: Leaving = async () => clock.nowMs() + 5_000;

  it('is taken before the first message leaves, by one of two hosts', async () => {
    const [one, two] = [start('one'), start('two')];
    expect(await Promise.all([one.send('north', debit, soon), two.send('north', debit, soon)])).toEqual([
      approved,
      approved,
    ]);
    expect(open).toHaveLength(1);
    expect(new Set(sent.map(({ by }) => by))).toEqual(new Set(open));
  });

  it('takes a message of another host over without its card, and knows the card by the payment', async () => {
    const cards: unknown[] = [];
    const cardOf: SharedLinesContext['cardOf'] = async (...of) => {
      cards.push(of);
      return cardHandle(pan);
    };
    const one = start('one', { cardOf });
    await until(() => one.isReady('north'));
    const two = start('two');
    expect(await two.send('north', debit, soon)).toEqual(approved);
    expect(cards).toEqual([['till-1-000012', true]]);
    expect(JSON.stringify(asked)).not.toMatch(/4761|4912|card/i);
    expect(sent).toMatchObject([{ by: 'one', message: { kind: 'debit', request: { stan: '000012' } } }]);
    await until(() => two.isReady('north'));
    expect(two.states()).toMatchObject([{ bankId: 'north', session: 'signed-on' }]);
    expect(await two.ownStates()).toEqual([]);
  });

  it('carries a message that was handed over out once, and not after its instant', async () => {
    const one = start('one');
    await until(() => one.isReady('north'));
    link = 'repeats';
    expect(await start('two').send('north', debit, soon)).toEqual(approved);
    expect(sent).toHaveLength(1);
    clock.advance(5_000);
    expect(await one.exchange('request-2', asked[0]!)).toMatchObject({ kind: 'not-sent', isOurs: true });
    expect(sent).toHaveLength(1);
  });

  it('leaves it open what came of a message whose answer was lost, and takes the answer for a late one', async () => {
    const one = start('one');
    await until(() => one.isReady('north'));
    link = 'loses-answer';
    expect(await start('two').send('north', debit, soon)).toEqual({
      kind: 'unknown',
      failure: { kind: 'host-silent' },
      isOurs: true,
    });
    expect(sent).toHaveLength(1);
    expect(late).toMatchObject([
      { bankId: 'north', answers: 'debit', reference: 'till-1-000012', stan: '000012', responseCode: '00' },
    ]);
  });

  it('is certain that nothing left if nobody holds it or the holder cannot be reached', async () => {
    const one = start('one');
    await until(() => one.isReady('north'));
    link = 'refuses';
    const two = start('two');
    const notSent = { kind: 'not-sent', failure: { kind: 'no-line' }, isOurs: true };
    expect(await two.send('north', debit, soon)).toEqual(notSent);
    expect(await two.send('north', debit, async () => null)).toMatchObject({
      failure: { kind: 'held-back' },
    });
    expect(await two.send('none', debit)).toMatchObject({ failure: { kind: 'no-contract' } });
    expect(sent).toEqual([]);
  });

  it('is given up at an orderly end, and taken by the other host at once', async () => {
    const one = start('one');
    await until(() => one.isReady('north'));
    const two = start('two');
    await until(() => two.isReady('north'));
    hosts.delete('one');
    await one.close();
    expect(await two.send('north', debit, soon)).toEqual(approved);
    expect(open).toEqual(['two']);
  });

  it('is taken back at once by the same host after a kill', async () => {
    const store = losable();
    const one = start('one', { database: store.database });
    await until(() => one.isReady('north'));
    // Killed: what it held stands in the store.
    store.isAway = true;
    link = 'refuses';
    const two = start('two');
    expect(await two.send('north', debit, soon)).toMatchObject({ kind: 'not-sent' });
    const again = start('one');
    await until(() => again.isReady('north'));
    await again.close();
    await one.close();
    hosts.delete('one');
    await until(
      () => open.includes('two'),
      () => clock.advance(1_000),
    );
    expect(await two.send('north', debit, soon)).toEqual(approved);
    expect(sent).toMatchObject([{ by: 'two' }]);
  });

  it('is taken by another host when the lease of one that is killed has passed, not before', async () => {
    const store = losable();
    const one = start('one', { database: store.database });
    await until(() => one.isReady('north'));
    store.isAway = true;
    link = 'refuses';
    const beganAtMs = clock.nowMs();
    start('two');
    await until(
      () => open.includes('two'),
      () => clock.advance(500),
    );
    expect(clock.nowMs() - beganAtMs).toBeGreaterThanOrEqual(lineLeaseMs);
  });

  it('goes on at once after a jump of the clock, during which no time has passed', async () => {
    const one = start('one', { realMs: () => 0 });
    await until(() => one.isReady('north'));
    clock.advance(86_400_000);
    expect(one.isReady('north')).toBe(true);
    expect(await one.send('north', debit, soon)).toEqual(approved);
    expect(open).toEqual(['one']);
  });

  it('is kept over a time in which nothing was renewed, and nothing leaves before that is known', async () => {
    const one = start('one');
    await until(() => one.isReady('north'));
    clock.advance(86_400_000);
    expect(one.isReady('north')).toBe(false);
    expect(await one.send('north', debit, soon)).toEqual(approved);
    expect(open).toEqual(['one']);
  });

  it('stays with its host if the clock jumps, whoever looks first', async () => {
    const one = start('one');
    await until(() => one.isReady('north'));
    const two = start('two');
    await until(() => two.isReady('north'));
    for (let jumps = 0; jumps < 10; jumps++) {
      clock.advance(86_400_000);
      two.wake();
      expect(await two.send('north', debit, soon)).toEqual(approved);
      expect(open).toEqual(['one']);
    }
  });

  it('is closed at once if another host has it, or if the store does not say before the lease passes', async () => {
    const store = losable();
    const one = start('one', { database: store.database });
    await until(() => one.isReady('north'));
    store.isAway = true;
    await until(
      () => open.length === 0,
      () => clock.advance(1_000),
    );
    const two = start('two');
    await until(() => two.isReady('north'));
    store.isAway = false;
    expect(await one.send('north', debit, soon)).toEqual(approved);
    expect(open).toEqual(['two']);
  });

  it('does not take a message whose lease passes while it is written down that it leaves', async () => {
    const one = start('one');
    await until(() => one.isReady('north'));
    const leaving = async (): Promise<number> => {
      await database.query({
        text: `update bank_lines set host_name = 'two', held_until = $1`,
        values: [new Date(clock.nowMs() + 10 * lineLeaseMs)],
      });
      clock.advance(lineLeaseMs);
      return clock.nowMs() + 60_000;
    };
    expect(await one.send('north', debit, leaving)).toMatchObject({ kind: 'not-sent', isOurs: true });
    expect(sent).toEqual([]);
  });
});
