import type { Clock } from '@bivak/clock';
import { peerApi } from '@bivak/contracts';
import type { Logger } from '@bivak/process';
import {
  type BankAddress,
  type BankAnswer,
  type BankMessage,
  type BankSession,
  type BankSessionContext,
  type BankSessionStatus,
  type BankSessions,
  type CardHandle,
  type Leaving,
  openBankSession,
  openContract,
} from '../banks/index.ts';
import type { Peers } from '../peers/peers.ts';
import { type Database, startWorker, type Worker } from '../store/index.ts';
import {
  answerIn,
  handedOver,
  heldBack,
  hostSilent,
  noLine,
  undeliveredAnswer,
  withCard,
} from './hand-over.ts';
import { heldLines, holdLines, type LineLease, lineLeaseMs, releaseLines, renewLines } from './leases.ts';
import { type TakenRequests, takenRequests } from './taken-requests.ts';

/** The banks' connections, of which each is held by one host of the store. */
export interface SharedLines extends BankSessions {
  /** Carries out what another host has handed over; null if a request of this name was taken before. Never throws. */
  exchange(requestId: string, exchange: peerApi.Exchange): Promise<BankAnswer | null>;
  /** The host that had handed it over did not get the answer. */
  undelivered(exchange: peerApi.Exchange, answer: BankAnswer): void;
  /** How the sessions are that this host holds; leases that a jump of the clock has passed are renewed first. */
  ownStates(): Promise<BankSessionStatus[]>;
  /** There may be a connection to take. */
  wake(): void;
}

export interface SharedLinesContext extends BankSessionContext {
  database: Pick<Database, 'query' | 'onCommit'>;
  banks: readonly BankAddress[];
  hostName: string;
  peers: Peers;
  /** The card of a payment, by its track or by number and expiry. Rejects if it cannot be opened. */
  cardOf: (paymentId: string, isByTrack: boolean) => Promise<CardHandle>;
  /** For tests. */
  openSession?: typeof openBankSession;
  /** For tests: real time that no jump of the clock moves. */
  realMs?: () => number;
}

/** A lease as this host has read it. */
interface KnownLease extends LineLease {
  /**
   * It holds so long in real time, also if the clock jumps: whoever finds it passed by the clock asks its holder first. Without
   * a jump it is the same instant.
   */
  untilRealMs: number;
}

/** A round that the store does not answer within so much real time has failed: what is held passes meanwhile. */
const maxRoundMs = (lineLeaseMs * 2) / 3;
/** What a message takes beside the bank's time: the wait for the sign-on, and the way between two hosts. */
const handingOverMs = 5_000;
const stateTimeoutMs = 2_000;
const maxClosingMs = 2_000;
const minRoundGapMs = 1_000;
/** The clock may jump past a lease as soon as it is renewed. */
const maxRoundsAwaited = 3;

/**
 * Keeps the leases of the banks' connections, and a session with each bank whose lease is this host's. Throws an Error if a
 * file of a contract is missing or holds no key.
 */
export function openSharedLines(context: SharedLinesContext): SharedLines {
  return new LeasedLines(context);
}

class LeasedLines implements SharedLines {
  readonly #context: SharedLinesContext;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #realMs: () => number;
  readonly #answerMs: ReadonlyMap<string, number>;
  readonly #worker: Worker;
  readonly #taken: TakenRequests = takenRequests();
  readonly #sessions = new Map<string, BankSession>();
  /** Sessions that are being closed: a bank takes no second one meanwhile. */
  readonly #closing = new Map<string, Promise<void>>();
  /** The states of what other hosts hold, as they last said. */
  readonly #statesElsewhere = new Map<string, BankSessionStatus>();
  /** Who waits for a round that begins after he has come. */
  #waiting: (() => void)[] = [];
  #leases: ReadonlyMap<string, KnownLease> = new Map();
  #isClosed = false;
  #isRoundWanted = true;
  #lastRoundRealMs = Number.NEGATIVE_INFINITY;

  constructor(context: SharedLinesContext) {
    this.#context = context;
    this.#clock = context.clock;
    this.#log = context.log;
    this.#realMs = context.realMs ?? (() => performance.now());
    this.#answerMs = new Map(
      context.banks.map((bank) => [bank.bankId, openContract(bank).timeouts.answerMs] as const),
    );
    this.#worker = startWorker('lines', this.#clock, this.#log, () => this.#round());
  }

  async send(bankId: string, message: BankMessage, leaving?: Leaving): Promise<BankAnswer> {
    if (!this.#answerMs.has(bankId))
      return { kind: 'not-sent', failure: { kind: 'no-contract' }, isOurs: true };
    const holder = await this.#holderOf(bankId);
    if (holder === undefined) return noLine;
    if (holder !== this.#context.hostName) return this.#handOver(holder, bankId, message, leaving);
    const untilMs = leaving ?? (async () => Number.POSITIVE_INFINITY);
    return this.#sendHere(bankId, message, untilMs);
  }

  async exchange(requestId: string, exchange: peerApi.Exchange): Promise<BankAnswer | null> {
    const { bankId, leavesUntilMs, isByTrack, message } = exchange;
    const nowMs = this.#clock.nowMs();
    if (!this.#taken.take(requestId, leavesUntilMs, nowMs)) return null;
    if (nowMs >= leavesUntilMs) return heldBack;
    if ((await this.#holderOf(bankId)) !== this.#context.hostName) return noLine;
    let card: CardHandle;
    try {
      card = await this.#context.cardOf(message.request.reference, isByTrack);
    } catch (error) {
      const { reference } = message.request;
      this.#log.error({ err: error, reference }, 'the card of a message could not be opened');
      return { kind: 'not-sent', failure: { kind: 'message-not-buildable' }, isOurs: true };
    }
    return this.#sendHere(bankId, withCard(message, card), async () => leavesUntilMs);
  }

  undelivered(exchange: peerApi.Exchange, answer: BankAnswer): void {
    const late = undeliveredAnswer(exchange, answer);
    if (late !== undefined) this.#context.onLateAnswer(late);
  }

  isReady(bankId: string): boolean {
    const { hostName } = this.#context;
    const holder = this.#currentHolder(bankId);
    if (holder === undefined) return false;
    const state =
      holder === hostName ? this.#sessions.get(bankId)?.status() : this.#statesElsewhere.get(bankId);
    return state?.session === 'signed-on';
  }

  states(): BankSessionStatus[] {
    return this.#context.banks.map(({ bankId }) => {
      const here = this.#sessions.get(bankId)?.status();
      const isHeld = this.#currentHolder(bankId) !== undefined;
      return here ?? (isHeld ? this.#statesElsewhere.get(bankId) : undefined) ?? notHeld(bankId);
    });
  }

  async ownStates(): Promise<BankSessionStatus[]> {
    const nowMs = this.#clock.nowMs();
    const passed = [...this.#sessions.keys()].filter((id) => nowMs >= (this.#leases.get(id)?.untilMs ?? 0));
    if (passed.length > 0) {
      // Not by a round, which may be asking the host that asks.
      const { database, hostName } = this.#context;
      await renewLines(database, passed, hostName, nowMs);
      this.wake();
    }
    return [...this.#sessions.values()].map((session) => session.status());
  }

  wake(): void {
    this.#isRoundWanted = true;
    this.#worker.wake();
  }

  /** Closes the sessions, and only then gives them up. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const { database, hostName, peers } = this.#context;
    await Promise.all([
      this.#worker.stop(),
      ...[...this.#sessions.keys()].map((id) => this.#closeSession(id)),
    ]);
    await Promise.all(this.#closing.values());
    for (const done of this.#waiting.splice(0)) done();
    try {
      await releaseLines(database, hostName, this.#clock.nowMs());
      peers.tell({ kind: 'lines-free' });
    } catch (error) {
      this.#log.warn({ err: error }, 'the bank connections are given up only when their leases have passed');
    }
  }

  /** Renews what this host holds, takes what nobody holds, and opens and closes sessions by that. */
  async #round(): Promise<number> {
    const waiting = this.#waiting.splice(0);
    const { database, hostName } = this.#context;
    let nowMs = this.#clock.nowMs();
    // A clock that runs or jumps makes no busy loop: who needs a connection asks for a round.
    const isDue = this.#realMs() >= this.#lastRoundRealMs + minRoundGapMs;
    if (!isDue && waiting.length === 0 && !this.#isRoundWanted) return nowMs + lineLeaseMs / 3;
    this.#isRoundWanted = false;
    try {
      await this.#remindHolders(await withinRealMs(maxRoundMs, heldLines(database)));
      const bankIds = [...this.#answerMs.keys()];
      nowMs = this.#clock.nowMs();
      const realMs = this.#realMs();
      const leases = await withinRealMs(maxRoundMs, holdLines(database, bankIds, hostName, nowMs));
      this.#lastRoundRealMs = realMs;
      this.#leases = new Map(
        leases.map((lease) => [lease.bankId, { ...lease, untilRealMs: realMs + lease.untilMs - nowMs }]),
      );
      // Should the clock have jumped meanwhile, the next round follows at once: nobody else is known to have it.
      this.#openAndClose((bankId) => this.#leases.get(bankId)?.hostName === hostName);
    } catch (error) {
      this.#openAndClose((bankId) => this.#currentHolder(bankId) === hostName);
      // What is still held is let go when its lease passes, unless the store is back before.
      for (const { hostName: holder, untilMs } of this.#leases.values())
        if (holder === hostName && untilMs > this.#clock.nowMs()) this.#worker.wakeAt(untilMs);
      throw error;
    } finally {
      for (const done of waiting) done();
    }
    this.#askForStates();
    return nowMs + lineLeaseMs / 3;
  }

  /** A lease of another host has passed: if that one lives, only the clock has jumped, and it renews what it holds. */
  async #remindHolders(leases: readonly LineLease[]): Promise<void> {
    const { hostName, peers } = this.#context;
    const passed = leases.filter(({ untilMs }) => this.#clock.nowMs() >= untilMs);
    const holders = new Set(passed.map((lease) => lease.hostName));
    holders.delete(hostName);
    await Promise.all([...holders].map((holder) => peers.ask(holder, '/v1/peers/lines', {}, stateTimeoutMs)));
  }

  #openAndClose(isHeldHere: (bankId: string) => boolean): void {
    for (const bank of this.#context.banks) {
      const { bankId } = bank;
      const isOurs = isHeldHere(bankId);
      if (!isOurs && this.#sessions.has(bankId)) {
        this.#log.warn({ bankId }, 'the connection to the bank is not this host’s any more: it is closed');
        void this.#closeSession(bankId);
      }
      if (isOurs && !this.#isClosed && !this.#sessions.has(bankId) && !this.#closing.has(bankId)) {
        this.#log.info({ bankId }, 'this host holds the connection to the bank');
        const open = this.#context.openSession ?? openBankSession;
        this.#sessions.set(bankId, open(bank, this.#context));
        this.#statesElsewhere.delete(bankId);
      }
    }
  }

  #closeSession(bankId: string): Promise<void> {
    const session = this.#sessions.get(bankId);
    if (session === undefined) return this.#closing.get(bankId) ?? Promise.resolve();
    this.#sessions.delete(bankId);
    // A bank that takes no byte any more does not keep its connection from being opened again.
    const closed = withinRealMs(maxClosingMs, session.close())
      .catch((error: unknown) =>
        this.#log.warn({ err: error, bankId }, 'a bank session was not closed in time'),
      )
      .finally(() => {
        this.#closing.delete(bankId);
        this.wake();
      });
    this.#closing.set(bankId, closed);
    return closed;
  }

  /** Who holds a bank's connection by the clock; undefined: nobody. */
  #currentHolder(bankId: string): string | undefined {
    const lease = this.#leases.get(bankId);
    if (lease === undefined) return undefined;
    const hasPassed = this.#clock.nowMs() >= lease.untilMs && this.#realMs() >= lease.untilRealMs;
    return hasPassed ? undefined : lease.hostName;
  }

  /** The same; if it is nobody, it is tried to become this host. */
  async #holderOf(bankId: string): Promise<string | undefined> {
    for (let rounds = 0; rounds < maxRoundsAwaited; rounds++) {
      const holder = this.#currentHolder(bankId);
      if (holder !== undefined || this.#isClosed) return holder;
      await this.#roundFromNow();
    }
    return this.#currentHolder(bankId);
  }

  /** Resolves when a round that begins now is over. */
  #roundFromNow(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((done) => {
      this.#waiting.push(done);
      this.#worker.wake();
    });
  }

  /** Sends on this host's own session; looked at immediately before the bytes: the caller's instant, and the lease. */
  async #sendHere(bankId: string, message: BankMessage, leaving: Leaving): Promise<BankAnswer> {
    const session = this.#sessions.get(bankId);
    if (session === undefined) return noLine;
    return session.send(message, async () => {
      const untilMs = await leaving();
      if (untilMs === null) return null;
      // Lost while that was written down? From here to the bytes nothing is waited for.
      if (this.#currentHolder(bankId) !== this.#context.hostName) return null;
      return untilMs;
    });
  }

  async #handOver(
    holder: string,
    bankId: string,
    message: BankMessage,
    leaving: Leaving | undefined,
  ): Promise<BankAnswer> {
    const timeoutMs = this.#answerMs.get(bankId)! + handingOverMs;
    const untilMs =
      leaving === undefined ? this.#clock.nowMs() + timeoutMs : await this.#mayLeaveUntilMs(leaving);
    if (untilMs === null || this.#clock.nowMs() >= untilMs) return heldBack;
    const exchange = handedOver(bankId, message, untilMs);
    const asked = await this.#context.peers.ask(holder, '/v1/peers/exchange', exchange, timeoutMs);
    if (asked.kind !== 'answered') this.#forgetStates(holder);
    if (asked.kind === 'unknown') return hostSilent;
    const answer = asked.kind === 'answered' ? answerIn(asked.body) : noLine;
    if (answer.kind !== 'not-sent' || answer.failure.kind !== 'no-line') return answer;
    // It may have given the connection up meanwhile. Nothing has left yet.
    await this.#roundFromNow();
    if (this.#currentHolder(bankId) !== this.#context.hostName) return noLine;
    return this.#sendHere(bankId, message, async () => untilMs);
  }

  async #mayLeaveUntilMs(leaving: Leaving): Promise<number | null> {
    try {
      return await leaving();
    } catch (error) {
      this.#log.error({ err: error }, 'it could not be recorded that a message leaves: it is held back');
      return null;
    }
  }

  /** Asks the other holders how their sessions are. Nobody waits for it. */
  #askForStates(): void {
    const { hostName, peers } = this.#context;
    const holders = new Set([...this.#leases.values()].map((lease) => lease.hostName));
    holders.delete(hostName);
    for (const holder of holders)
      void peers.ask(holder, '/v1/peers/lines', {}, stateTimeoutMs).then((asked) => {
        const states = asked.kind === 'answered' ? peerApi.lines.safeParse(asked.body) : undefined;
        this.#forgetStates(holder);
        for (const state of states?.data?.states ?? []) this.#statesElsewhere.set(state.bankId, state);
      });
  }

  #forgetStates(holder: string): void {
    for (const [bankId, { hostName }] of this.#leases)
      if (hostName === holder) this.#statesElsewhere.delete(bankId);
  }
}

const notHeld = (bankId: string): BankSessionStatus => ({
  bankId,
  session: 'down',
  lastAnswerAtMs: null,
  unreadableMessages: 0,
  unauthenticMessages: 0,
});

/** Rejects if it does not end within so much real time; what it does goes on. */
function withinRealMs<Result>(maxMs: number, promise: Promise<Result>): Promise<Result> {
  const signal = AbortSignal.timeout(maxMs);
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    promise.then(resolve, reject);
  });
}
