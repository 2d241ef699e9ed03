import { type BankProfile, bankProfile } from '@bivak/bank-profiles';
import type { Clock, Timer } from '@bivak/clock';
import { type BankSessionState, saleId } from '@bivak/domain';
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
import { answerOf, keyOf, type Matches, matchesRequest, sanitizedCode } from './exchange.ts';
import { debitMessage, networkMessage, networkResponse, reversalMessage } from './messages.ts';
import type {
  BankAnswer,
  BankSessionStatus,
  DebitRequest,
  LateAnswer,
  Leaving,
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
  status(): BankSessionStatus;
  close(): Promise<void>;
}

const connectTimeoutMs = 10_000;
const networkTimeoutMs = 15_000;
const echoEveryMs = 60_000;
const reconnectMs = { firstMs: 1_000, maxMs: 30_000 };
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
  /** The connection on which the bank has let us sign on. */
  #signedOn: Connection | undefined;
  /** The last connection failed, or could not be established. */
  #isUnreachable = false;
  #lastAnswerAtMs: number | null = null;
  #networkStan = 0;
  /** What was logged since the last sign-on. */
  readonly #logged = new Set<string>();
  #echoTimer: Timer | undefined;

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

  status(): BankSessionStatus {
    return { bankId: this.#bank.bankId, session: this.#state(), lastAnswerAtMs: this.#lastAnswerAtMs };
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
    request: Pick<DebitRequest, 'amountMinor' | 'currency' | 'reference'>,
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
    if (leaving !== undefined && !(await this.#mayLeave(leaving)))
      return { kind: 'not-sent', failure: { kind: 'held-back' }, isOurs: true };
    // The connection may have gone, or a new one not be signed on yet, while that was recorded.
    if (this.#signedOn === undefined) return this.#notSignedOn();
    const matches = matchesRequest(this.#profile, request);
    return this.#exchange(this.#signedOn, fields, bytes, timeoutMs, matches);
  }

  #notSignedOn(): BankAnswer {
    return { kind: 'not-sent', failure: { kind: this.#isUnreachable ? 'no-connection' : 'not-signed-on' } };
  }

  async #mayLeave(leaving: Leaving): Promise<boolean> {
    try {
      return await leaving();
    } catch (error) {
      this.#log.error({ err: error }, 'it could not be recorded that a message leaves: it is held back');
      return false;
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
    this.#pending.loseAll();
    for (const end of [...this.#signOnWaits]) end(false);
  }

  #onMessage(bytes: Buffer, connection: Connection): void {
    const unpacked = this.#codec.unpack(bytes);
    if (!unpacked.ok) throw unpacked.error;
    const { fields } = unpacked;
    const type = fields.get(0)!;
    if (type === '0800') {
      connection.send(this.#bytesOf(networkResponse(fields)));
      return;
    }
    if (!['0210', '0430', '0810'].includes(type)) {
      this.#log.warn({ type }, 'the bank sent a request that this side does not respond to');
      return;
    }
    this.#lastAnswerAtMs = this.#clock.nowMs();
    if (!this.#pending.respond(keyOf(fields), fields)) this.#reportLate(type, fields);
  }

  /** A response to nobody, or after its time: what it says is reported, and its reversal decides what becomes of it. */
  #reportLate(messageType: string, fields: Fields): void {
    const reference = saleId.safeParse(fields.get(this.#profile.referenceField)?.trim());
    const late: LateAnswer = {
      bankId: this.#bank.bankId,
      messageType,
      reference: reference.success ? reference.data : null,
      stan: sanitizedCode(fields.get(11)),
      rrn: sanitizedCode(fields.get(37)),
      responseCode: sanitizedCode(fields.get(39)),
    };
    this.#log.warn(late, 'a response that no request waits for');
    try {
      this.#onLateAnswer(late);
    } catch (error) {
      this.#log.error({ err: error }, 'a late response could not be reported');
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
    connection.send(bytes);
    const answer = answerOf(this.#profile, await ended, timeoutMs, matches);
    if (answer.kind === 'unknown' && answer.failure.kind === 'answer-mismatch')
      this.#log.error({ key }, 'the response does not match its request: taken for no answer');
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
    this.#echoTimer = this.#clock.at(this.#clock.nowMs() + echoEveryMs, async () => {
      const answer = await this.#network('echo', connection);
      if (!connection.isOpen()) return;
      if (answer.kind === 'answered') return this.#keepAlive(connection);
      this.#log.warn('the bank did not respond to the echo: connection closed');
      connection.drop('no echo');
    });
  }
}
