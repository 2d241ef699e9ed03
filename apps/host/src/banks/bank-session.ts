import type { BankProfile, Timeouts } from '@bivak/bank-profiles';
import type { Clock, Timer } from '@bivak/clock';
import type { BankSessionState } from '@bivak/domain';
import type { Fields, networkCodes } from '@bivak/iso8583';
import {
  bufferedFraming,
  type Connection,
  type ConnectionEnd,
  PendingRequests,
  PersistentConnection,
} from '@bivak/net';
import type { Logger } from '@bivak/process';
import { bankRequestAct, bankRequestAnswer, networkCodeOf } from './bank-requests.ts';
import { type BankAddress, openContract } from './contract.ts';
import {
  aliasesOf,
  answerOf,
  answersRequest,
  isAnswer,
  keyOf,
  lateAnswerOf,
  type Matches,
  matchesRequest,
  nameOfRequest,
} from './exchange.ts';
import { cardSecrets, messageFields, networkMessage } from './messages.ts';
import type { BankAnswer, BankMessage, BankSessionStatus, LateAnswer, Leaving } from './port.ts';
import { type Arrived, type Wire, wireOf } from './wire.ts';

/** What a session works with. `random` gives numbers from 0 up to, not including, 1. */
export interface BankSessionContext {
  clock: Clock;
  log: Logger;
  onLateAnswer: (late: LateAnswer) => void;
  random: () => number;
}

/** The session with one bank: connects, signs on, keeps alive, matches responses to requests. */
export interface BankSession {
  send(message: BankMessage, leaving?: Leaving): Promise<BankAnswer>;
  status(): BankSessionStatus;
  close(): Promise<void>;
}

const reconnectMs = { firstMs: 1_000, maxMs: 30_000 };
/** After a sign-off of the bank's own, signing on is tried again so often. */
const signOnAgainMs = 30_000;
/** How long a request waits for the sign-on; it has not left meanwhile. */
const maxSignOnWaitMs = 3_000;

/**
 * Opens a session with a bank and keeps it open. Every request ends with one of three things: the bank's answer, the
 * certainty that nothing left, or that nobody knows; a request is never sent again by itself. Throws an Error if a file of the
 * contract is missing or holds no key.
 */
export function openBankSession(bank: BankAddress, context: BankSessionContext): BankSession {
  return new IsoBankSession(bank, context);
}

/** A message that may leave, but for its card data, and how its answer is known. */
interface Built {
  fields: Fields;
  matches: Matches;
}
/** The same with its bytes, which are overwritten once they have left. */
type Outgoing = Built & { bytes: Buffer };

class IsoBankSession implements BankSession {
  readonly #bank: BankAddress;
  readonly #profile: BankProfile;
  readonly #wire: Wire;
  readonly #timeouts: Timeouts;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #onLateAnswer: (late: LateAnswer) => void;
  readonly #pending: PendingRequests<string, Fields>;
  readonly #connection: PersistentConnection<Buffer>;
  /** Who waits until it is known whether the session is signed on. */
  readonly #signOnWaits = new Set<(isSignedOn: boolean) => void>();
  /** Other names of the pending requests, to their keys. */
  readonly #aliases = new Map<string, string>();
  /** The connection on which the bank has let us sign on. */
  #signedOn: Connection | undefined;
  /** The last connection failed, or could not be established. */
  #isUnreachable = false;
  #lastAnswerAtMs: number | null = null;
  #networkStan = 0;
  /** What was logged since the last sign-on. */
  readonly #logged = new Set<string>();
  #echoTimer: Timer | undefined;
  #signOnTimer: Timer | undefined;
  #unreadableMessages = 0;
  #unauthenticMessages = 0;

  constructor(bank: BankAddress, { clock, log, onLateAnswer, random }: BankSessionContext) {
    this.#bank = bank;
    const { profile, addresses, authenticator, timeouts } = openContract(bank);
    this.#profile = profile;
    this.#timeouts = timeouts;
    this.#wire = wireOf(profile, authenticator);
    this.#clock = clock;
    this.#log = log.child({ bankId: bank.bankId });
    this.#onLateAnswer = onLateAnswer;
    this.#pending = new PendingRequests(clock);
    this.#connection = new PersistentConnection<Buffer>({
      addresses,
      framing: bufferedFraming(this.#wire.split),
      timers: clock,
      connectTimeoutMs: timeouts.connectMs,
      backoff: reconnectMs,
      random,
      onOpen: (connection) => {
        this.#isUnreachable = false;
        void this.#signOn(connection);
      },
      onMessage: (message, connection) => this.#onMessage(message, connection),
      onNextAddress: (end, { host, port }) =>
        this.#log.warn({ end, host, port }, 'the bank is tried at its next address'),
      onLost: (end) => this.#onLost(end),
    });
  }

  /** Builds, waits for the sign-on, sends, waits for the response. Whatever fails before the sending is `not-sent`. */
  async send(message: BankMessage, leaving?: Leaving): Promise<BankAnswer> {
    const { answerMs } = this.#timeouts;
    const built = this.#build(message);
    if (built === undefined)
      return { kind: 'not-sent', failure: { kind: 'message-not-buildable' }, isOurs: true };
    if (!(await this.#isSignedOnWithin(Math.min(answerMs, maxSignOnWaitMs)))) return this.#notSignedOn();
    const untilMs = leaving === undefined ? Number.POSITIVE_INFINITY : await this.#mayLeaveUntilMs(leaving);
    // The connection may have gone, or a new one not be signed on yet, while that was recorded.
    if (this.#signedOn === undefined) return this.#notSignedOn();
    // From here to the socket nothing is waited for.
    if (untilMs === null || this.#clock.nowMs() >= untilMs)
      return { kind: 'not-sent', failure: { kind: 'held-back' }, isOurs: true };
    const bytes = this.#bytesOf(message, built);
    if (bytes === undefined)
      return { kind: 'not-sent', failure: { kind: 'message-not-buildable' }, isOurs: true };
    return this.#exchange(this.#signedOn, { ...built, bytes }, answerMs);
  }

  #build(message: BankMessage): Built | undefined {
    try {
      const fields = messageFields(this.#profile, this.#bank, message, this.#clock.nowMs());
      const matches = matchesRequest(this.#profile, nameOfRequest(message));
      this.#wire.bytesOf(fields); // what does not fit its field is found before anything is recorded
      return { fields, matches };
    } catch (error) {
      const { reference } = message.request;
      this.#log.error({ err: error, reference }, 'a message could not be built');
      return undefined;
    }
  }

  /** Puts the message together: its card is open no longer than that. */
  #bytesOf({ request: { card, reference } }: BankMessage, { fields }: Built): Buffer | undefined {
    try {
      return card.use((opened) => this.#wire.bytesOf(fields, cardSecrets(opened, fields)));
    } catch (error) {
      this.#log.error({ err: error, reference }, 'the card of a message could not be opened');
      return undefined;
    }
  }

  status(): BankSessionStatus {
    return {
      bankId: this.#bank.bankId,
      session: this.#state(),
      lastAnswerAtMs: this.#lastAnswerAtMs,
      unreadableMessages: this.#unreadableMessages,
      unauthenticMessages: this.#unauthenticMessages,
    };
  }

  #state(): BankSessionState {
    if (this.#signedOn !== undefined) return 'signed-on';
    return this.#connection.current === undefined ? 'down' : 'connecting';
  }

  async close(): Promise<void> {
    this.#signedOn?.send(this.#wire.bytesOf(this.#networkFields('signOff')));
    const isClosed = this.#connection.close();
    this.#end();
    await isClosed;
  }

  #notSignedOn(): BankAnswer {
    return { kind: 'not-sent', failure: { kind: this.#isUnreachable ? 'no-connection' : 'not-signed-on' } };
  }

  async #mayLeaveUntilMs(leaving: Leaving): Promise<number | null> {
    try {
      return await leaving();
    } catch (error) {
      this.#log.error({ err: error }, 'it could not be recorded that a message leaves: it is held back');
      return null;
    }
  }

  /** True at once if the session is signed on; else it is tried now, back-off or not, and the outcome awaited. */
  #isSignedOnWithin(maxWaitMs: number): Promise<boolean> {
    if (this.#signedOn !== undefined) return Promise.resolve(true);
    this.#connection.connectNow();
    if (this.#connection.current === undefined) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (isSignedOn: boolean): void => {
        this.#signOnWaits.delete(end);
        timer.cancel();
        resolve(isSignedOn);
      };
      const timer = this.#clock.at(this.#clock.nowMs() + maxWaitMs, () => end(false));
      this.#signOnWaits.add(end);
    });
  }

  #onLost(end: ConnectionEnd): void {
    this.#isUnreachable = end.kind === 'failed' || end.kind === 'connect-timeout';
    if (this.#signedOn !== undefined) this.#log.warn({ end }, 'the connection to the bank is lost');
    else if (this.#isUnreachable) this.#logOnce({ end }, 'the bank cannot be reached');
    if (end.kind === 'unreadable')
      this.#log.error({ end }, 'what the bank sent is no message: connection closed');
    this.#end();
  }

  /** There is no connection any more: nobody will get a response, or a sign-on, on it. */
  #end(): void {
    this.#signedOn = undefined;
    this.#echoTimer?.cancel();
    this.#signOnTimer?.cancel();
    this.#pending.loseAll();
    for (const end of [...this.#signOnWaits]) end(false);
  }

  #onMessage(bytes: Buffer, connection: Connection): void {
    const arrived = this.#wire.read(bytes);
    if (arrived.kind === 'keep-alive') return;
    if (arrived.kind !== 'message') {
      // Well framed: what follows it can be read, and what is under way is not lost for it.
      this.#setAside(arrived);
      return;
    }
    try {
      this.#onFields(arrived.fields, connection);
    } catch (error) {
      this.#log.error({ err: error }, 'a message of the bank could not be worked on: it is set aside');
    }
  }

  #setAside({ kind, ...what }: Exclude<Arrived, { kind: 'message' | 'keep-alive' }>): void {
    if (kind === 'unreadable') {
      this.#unreadableMessages++;
      this.#log.error(what, 'a message of the bank cannot be read: it is set aside');
    } else {
      this.#unauthenticMessages++;
      this.#log.error(what, 'a message of the bank is not authentic: it is set aside');
    }
  }

  #onFields(fields: Fields, connection: Connection): void {
    const type = fields.get(0)!;
    if (!isAnswer(type)) {
      this.#onRequest(type, fields, connection);
      return;
    }
    this.#lastAnswerAtMs = this.#clock.nowMs();
    const key = answersRequest(this.#profile, type) ? this.#pendingKey(fields) : undefined;
    if (key === undefined || !this.#pending.respond(key, fields)) this.#reportLate(fields);
  }

  /** The request that a response belongs to: by two of its names, else by its STAN. */
  #pendingKey(response: Fields): string | undefined {
    const [first, second] = aliasesOf(this.#profile, response).flatMap(
      (alias) => this.#aliases.get(alias) ?? [],
    );
    return first !== undefined && first === second ? first : keyOf(response);
  }

  /** A request of the bank's own: it is answered by what was done, never passed over in silence. */
  #onRequest(messageType: string, fields: Fields, connection: Connection): void {
    const act = bankRequestAct(this.#profile, fields);
    const code = networkCodeOf(this.#profile, fields);
    const { notSupportedCode, networkDoneCode } = this.#profile;
    const responseCode = act === 'refuse' ? notSupportedCode : networkDoneCode;
    if (act === 'sign-off') this.#onSignOff(connection);
    if (act !== 'answer') this.#log.warn({ messageType, code, act, responseCode }, 'a request of the bank');
    connection.send(this.#wire.bytesOf(bankRequestAnswer(this.#profile, fields, responseCode)));
    if (act === 'sign-on' && this.#signedOn === undefined) void this.#signOn(connection);
  }

  /** The connection stays: what is pending may be answered. No debit leaves until the bank lets us sign on again. */
  #onSignOff(connection: Connection): void {
    this.#signedOn = undefined;
    this.#echoTimer?.cancel();
    this.#signOnLater(connection);
  }

  #signOnLater(connection: Connection): void {
    this.#signOnTimer?.cancel();
    this.#signOnTimer = this.#clock.at(this.#clock.nowMs() + signOnAgainMs, () => {
      if (connection.isOpen() && this.#signedOn === undefined) void this.#signOn(connection);
    });
  }

  /** An answer that no request waits for, or not this one: who keeps the payments finds out whose it is. */
  #reportLate(fields: Fields): void {
    // What is said about a session, or about an inquiry, moves nothing.
    if (['6', '8'].includes(fields.get(0)![1]!)) return;
    const late = lateAnswerOf(this.#profile, this.#bank.bankId, fields);
    this.#log.warn(late, 'an answer that no request waits for');
    try {
      this.#onLateAnswer(late);
    } catch (error) {
      this.#log.error({ err: error }, 'a late answer could not be reported');
    }
  }

  async #exchange(
    connection: Connection,
    { fields, bytes, matches }: Outgoing,
    timeoutMs: number,
  ): Promise<BankAnswer> {
    const key = keyOf(fields);
    // The first one has left: of the second nobody knows more than of the first.
    if (this.#pending.has(key)) return { kind: 'unknown', failure: { kind: 'same-request-pending' } };
    const ended = this.#pending.wait(key, timeoutMs);
    const aliases = aliasesOf(this.#profile, fields).filter((alias) => !this.#aliases.has(alias));
    for (const alias of aliases) this.#aliases.set(alias, key);
    connection.send(bytes, () => bytes.fill(0));
    const end = await ended;
    for (const alias of aliases) this.#aliases.delete(alias);
    const answer = answerOf(this.#profile, end, timeoutMs, matches);
    if (end.kind === 'response' && answer.kind === 'unknown') {
      this.#log.error({ key }, 'the response does not match its request: taken for no answer');
      this.#reportLate(end.response);
    }
    return answer;
  }

  #nextNetworkStan(): string {
    this.#networkStan = (this.#networkStan % 999_999) + 1;
    return String(this.#networkStan).padStart(6, '0');
  }

  #networkFields(code: keyof typeof networkCodes): Fields {
    return networkMessage(this.#profile, code, this.#nextNetworkStan(), this.#clock.nowMs());
  }

  #network(code: keyof typeof networkCodes, connection: Connection): Promise<BankAnswer> {
    const fields = this.#networkFields(code);
    const outgoing = { fields, bytes: this.#wire.bytesOf(fields), matches: () => true };
    return this.#exchange(connection, outgoing, this.#timeouts.networkMs);
  }

  async #signOn(connection: Connection): Promise<void> {
    const answer = await this.#network('signOn', connection);
    if (!connection.isOpen()) return;
    if (answer.kind !== 'answered' || answer.responseCode !== this.#profile.networkDoneCode) {
      this.#logOnce({ answer }, 'the bank did not let us sign on');
      connection.drop('not signed on');
      return;
    }
    this.#signOnTimer?.cancel();
    this.#signedOn = connection;
    this.#connection.resetBackoff();
    this.#logged.clear();
    this.#log.info('signed on');
    for (const end of [...this.#signOnWaits]) end(true);
    this.#keepAlive(connection);
  }

  /** A bank that is away for a night is one entry in the log, not one for each try. */
  #logOnce(fields: object, message: string): void {
    if (this.#logged.has(message)) return;
    this.#logged.add(message);
    this.#log.warn(fields, message);
  }

  /** A connection that is dead without a word (half open) is found by an echo that is not responded to. */
  #keepAlive(connection: Connection): void {
    this.#echoTimer?.cancel();
    this.#echoTimer = this.#clock.at(this.#clock.nowMs() + this.#timeouts.echoEveryMs, async () => {
      const answer = await this.#network('echo', connection);
      if (!connection.isOpen()) return;
      if (answer.kind === 'answered') {
        if (this.#signedOn === connection) this.#keepAlive(connection);
        return;
      }
      this.#log.warn('the bank did not respond to the echo: connection closed');
      connection.drop('no echo');
    });
  }
}
