import { type BankProfile, bankProfile } from '@bivak/bank-profiles';
import type { Clock, Timer } from '@bivak/clock';
import type { BankSessionState } from '@bivak/domain';
import {
  compileSpec,
  deframe,
  type Fields,
  frame,
  type MessageCodec,
  type networkCodes,
} from '@bivak/iso8583';
import {
  bufferedFraming,
  type Connection,
  type ConnectionEnd,
  PendingRequests,
  PersistentConnection,
} from '@bivak/net';
import type { Logger } from '@bivak/process';
import { bankRequestAct, bankRequestAnswer } from './bank-requests.ts';
import {
  aliasesOf,
  answeredClass,
  answerOf,
  isAnswer,
  keyOf,
  lateAnswerOf,
  type Matches,
  matchesRequest,
} from './exchange.ts';
import { debitMessage, networkMessage, refundMessage, reversalMessage } from './messages.ts';
import type {
  BankAnswer,
  BankSessionStatus,
  DebitRequest,
  LateAnswer,
  Leaving,
  RefundRequest,
  ReversalRequest,
} from './port.ts';

/** How one bank is reached. */
export interface BankAddress {
  bankId: string;
  profile: string;
  host: string;
  port: number;
  terminalId: string;
  merchantId: string;
}

/** What a session works with. `random` gives numbers from 0 up to, not including, 1. */
export interface BankSessionContext {
  clock: Clock;
  log: Logger;
  onLateAnswer: (late: LateAnswer) => void;
  random: () => number;
}

/** The session with one bank: connects, signs on, keeps alive, matches responses to requests. */
export interface BankSession {
  debit(request: DebitRequest, timeoutMs: number, leaving?: Leaving): Promise<BankAnswer>;
  reverse(request: ReversalRequest, repeat: boolean, timeoutMs: number): Promise<BankAnswer>;
  refund(request: RefundRequest, timeoutMs: number, leaving: Leaving): Promise<BankAnswer>;
  status(): BankSessionStatus;
  close(): Promise<void>;
}

const connectTimeoutMs = 10_000;
const networkTimeoutMs = 15_000;
const echoEveryMs = 60_000;
const reconnectMs = { firstMs: 1_000, maxMs: 30_000 };
/** After a sign-off of the bank's own, signing on is tried again so often. */
const signOnAgainMs = 30_000;
/** How long a request waits for the sign-on; it has not left meanwhile. */
const maxSignOnWaitMs = 3_000;

/**
 * Opens a session with a bank and keeps it open. Every request ends with one of three things: the bank's answer, the
 * certainty that nothing left, or that nobody knows; a request is never sent again by itself.
 */
export function openBankSession(bank: BankAddress, context: BankSessionContext): BankSession {
  return new IsoBankSession(bank, context);
}

class IsoBankSession implements BankSession {
  readonly #bank: BankAddress;
  readonly #profile: BankProfile;
  readonly #codec: MessageCodec;
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

  constructor(bank: BankAddress, { clock, log, onLateAnswer, random }: BankSessionContext) {
    this.#bank = bank;
    this.#profile = bankProfile(bank.profile);
    this.#codec = compileSpec(this.#profile.spec);
    this.#clock = clock;
    this.#log = log.child({ bankId: bank.bankId });
    this.#onLateAnswer = onLateAnswer;
    this.#pending = new PendingRequests(clock);
    this.#connection = new PersistentConnection<Buffer>({
      address: bank,
      framing: bufferedFraming((arrived) => deframe(this.#profile.header, arrived)),
      timers: clock,
      connectTimeoutMs,
      backoff: reconnectMs,
      random,
      onOpen: (connection) => {
        this.#isUnreachable = false;
        void this.#signOn(connection);
      },
      onMessage: (message, connection) => this.#onMessage(message, connection),
      onLost: (end) => this.#onLost(end),
    });
  }

  debit(request: DebitRequest, timeoutMs: number, leaving?: Leaving): Promise<BankAnswer> {
    const build = (): Fields => debitMessage(this.#profile, this.#bank, request);
    return this.#financial(build, request, timeoutMs, leaving);
  }

  reverse(request: ReversalRequest, repeat: boolean, timeoutMs: number): Promise<BankAnswer> {
    const build = (): Fields => reversalMessage(this.#profile, this.#bank, request, repeat);
    return this.#financial(build, request, timeoutMs);
  }

  refund(request: RefundRequest, timeoutMs: number, leaving: Leaving): Promise<BankAnswer> {
    const build = (): Fields => refundMessage(this.#profile, this.#bank, request);
    return this.#financial(build, request, timeoutMs, leaving);
  }

  status(): BankSessionStatus {
    return {
      bankId: this.#bank.bankId,
      session: this.#state(),
      lastAnswerAtMs: this.#lastAnswerAtMs,
      unreadableMessages: this.#unreadableMessages,
    };
  }

  #state(): BankSessionState {
    if (this.#signedOn !== undefined) return 'signed-on';
    return this.#connection.current === undefined ? 'down' : 'connecting';
  }

  async close(): Promise<void> {
    this.#signedOn?.send(
      this.#bytesOf(networkMessage('signOff', this.#nextNetworkStan(), this.#clock.nowMs())),
    );
    const isClosed = this.#connection.close();
    this.#end();
    await isClosed;
  }

  /** Builds, waits for the sign-on, sends, waits for the response. Whatever fails before the sending is `not-sent`. */
  async #financial(
    build: () => Fields,
    request: Pick<DebitRequest, 'currency' | 'reference' | 'rrn' | 'stan'>,
    timeoutMs: number,
    leaving?: Leaving,
  ): Promise<BankAnswer> {
    let fields: Fields;
    let bytes: Buffer;
    try {
      fields = build();
      bytes = this.#bytesOf(fields);
    } catch (error) {
      this.#log.error({ err: error, reference: request.reference }, 'a message could not be built');
      return { kind: 'not-sent', failure: { kind: 'message-not-buildable' }, isOurs: true };
    }
    if (!(await this.#isSignedOnWithin(Math.min(timeoutMs, maxSignOnWaitMs)))) return this.#notSignedOn();
    const untilMs = leaving === undefined ? Number.POSITIVE_INFINITY : await this.#mayLeaveUntilMs(leaving);
    // The connection may have gone, or a new one not be signed on yet, while that was recorded.
    if (this.#signedOn === undefined) return this.#notSignedOn();
    // From here to the socket nothing is waited for.
    if (untilMs === null || this.#clock.nowMs() >= untilMs)
      return { kind: 'not-sent', failure: { kind: 'held-back' }, isOurs: true };
    const matches = matchesRequest(this.#profile, request);
    return this.#exchange(this.#signedOn, fields, bytes, timeoutMs, matches);
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
    const unpacked = this.#codec.unpack(bytes);
    if (!unpacked.ok) {
      // Well framed: what follows it can be read, and what is under way is not lost for it.
      this.#unreadableMessages++;
      const { field, offset, code } = unpacked.error.fault;
      this.#log.error(
        { field, offset, fault: code },
        'a message of the bank cannot be read: it is set aside',
      );
      return;
    }
    try {
      this.#onFields(unpacked.fields, connection);
    } catch (error) {
      this.#log.error({ err: error }, 'a message of the bank could not be worked on: it is set aside');
    }
  }

  #onFields(fields: Fields, connection: Connection): void {
    const type = fields.get(0)!;
    if (!isAnswer(type)) {
      this.#onRequest(type, fields, connection);
      return;
    }
    this.#lastAnswerAtMs = this.#clock.nowMs();
    const messageClass = answeredClass(type);
    const key = messageClass === undefined ? undefined : this.#pendingKey(fields);
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
    const act = bankRequestAct(fields);
    const code = fields.get(70);
    const responseCode = act === 'refuse' ? this.#profile.notSupportedCode : '00';
    if (act === 'sign-off') this.#onSignOff(connection);
    if (act !== 'answer') this.#log.warn({ messageType, code, act, responseCode }, 'a request of the bank');
    connection.send(this.#bytesOf(bankRequestAnswer(fields, responseCode)));
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
    if (fields.get(0)!.startsWith('08')) return;
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
    fields: Fields,
    bytes: Buffer,
    timeoutMs: number,
    matches: Matches,
  ): Promise<BankAnswer> {
    const key = keyOf(fields);
    // The first one has left: of the second nobody knows more than of the first.
    if (this.#pending.has(key)) return { kind: 'unknown', failure: { kind: 'same-request-pending' } };
    const ended = this.#pending.wait(key, timeoutMs);
    const aliases = aliasesOf(this.#profile, fields).filter((alias) => !this.#aliases.has(alias));
    for (const alias of aliases) this.#aliases.set(alias, key);
    connection.send(bytes);
    const end = await ended;
    for (const alias of aliases) this.#aliases.delete(alias);
    const answer = answerOf(this.#profile, end, timeoutMs, matches);
    if (end.kind === 'response' && answer.kind === 'unknown') {
      this.#log.error({ key }, 'the response does not match its request: taken for no answer');
      this.#reportLate(end.response);
    }
    return answer;
  }

  #bytesOf(fields: Fields): Buffer {
    return frame(this.#profile.header, this.#codec.pack(fields));
  }

  #nextNetworkStan(): string {
    this.#networkStan = (this.#networkStan % 999_999) + 1;
    return String(this.#networkStan).padStart(6, '0');
  }

  #network(code: keyof typeof networkCodes, connection: Connection): Promise<BankAnswer> {
    const fields = networkMessage(code, this.#nextNetworkStan(), this.#clock.nowMs());
    return this.#exchange(connection, fields, this.#bytesOf(fields), networkTimeoutMs, () => true);
  }

  async #signOn(connection: Connection): Promise<void> {
    const answer = await this.#network('signOn', connection);
    if (!connection.isOpen()) return;
    if (answer.kind !== 'answered' || answer.responseCode !== '00') {
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
    this.#echoTimer = this.#clock.at(this.#clock.nowMs() + echoEveryMs, async () => {
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
