import { connect, type Socket } from 'node:net';
import type { Clock, Timer } from '@bivak/clock';
import { saleId } from '@bivak/contracts';
import {
  type BankProfile,
  bankProfile,
  compileSpec,
  deframe,
  type Fields,
  frame,
  type MessageCodec,
  type networkCodes,
} from '@bivak/iso8583';
import type { Logger } from '@bivak/process';
import { InFlight, keyOf, plain } from './in-flight.ts';
import { currencyNumbers, debitMessage, networkAnswer, networkMessage, reversalMessage } from './messages.ts';
import type {
  BankAnswer,
  BankLinkState,
  DebitRequest,
  LateAnswer,
  Leaving,
  ReversalRequest,
} from './port.ts';
import { reasons } from './reasons.ts';

/** How one bank is reached. */
export interface BankAddress {
  bankId: string;
  profile: string;
  host: string;
  port: number;
  terminalId: string;
  merchantId: string;
}

/** The session with one bank: connects, signs on, keeps alive, matches answers to questions. */
export interface BankLink {
  debit(request: DebitRequest, timeoutMs: number, leaving?: Leaving): Promise<BankAnswer>;
  reverse(request: ReversalRequest, repeat: boolean, timeoutMs: number): Promise<BankAnswer>;
  state(): BankLinkState;
  close(): Promise<void>;
}

const connectTimeoutMs = 10_000;
const networkTimeoutMs = 15_000;
const echoEveryMs = 60_000;
const reconnectMs = { first: 1_000, longest: 30_000 };
/** How long a question waits for a line that is being opened; it has not left meanwhile. */
const longestWaitForLineMs = 3_000;

/**
 * Opens a link to a bank and keeps it open. Every question is answered with one of three things: the bank's answer, the
 * certainty that nothing left, or that nobody knows; a question is never sent again by itself.
 */
export function openBankLink(
  bank: BankAddress,
  clock: Clock,
  log: Logger,
  onLateAnswer: (late: LateAnswer) => void = () => {},
): BankLink {
  return new BankSession(bank, clock, log.child({ bankId: bank.bankId }), onLateAnswer);
}

class BankSession implements BankLink {
  readonly #bank: BankAddress;
  readonly #profile: BankProfile;
  readonly #codec: MessageCodec;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #onLateAnswer: (late: LateAnswer) => void;
  readonly #inFlight: InFlight;
  /** Who waits until it is known whether the line comes up. */
  readonly #waitingForLine = new Set<(isUp: boolean) => void>();
  #socket: Socket | undefined;
  #isSignedOn = false;
  #isClosed = false;
  #lastAnswerAtMs: number | null = null;
  #networkStan = 0;
  #failures = 0;
  /** What was logged since the last sign-on. */
  readonly #told = new Set<string>();
  /** Of the phase in which the link is: connecting, waiting for the next echo, or waiting to connect again. */
  #timer: Timer | undefined;

  constructor(bank: BankAddress, clock: Clock, log: Logger, onLateAnswer: (late: LateAnswer) => void) {
    this.#bank = bank;
    this.#profile = bankProfile(bank.profile);
    this.#codec = compileSpec(this.#profile.spec);
    this.#clock = clock;
    this.#log = log;
    this.#onLateAnswer = onLateAnswer;
    this.#inFlight = new InFlight(clock);
    this.#open();
  }

  debit(request: DebitRequest, timeoutMs: number, leaving?: Leaving): Promise<BankAnswer> {
    return this.#financial(
      () => debitMessage(this.#profile, this.#bank, request),
      request,
      timeoutMs,
      leaving,
    );
  }

  reverse(request: ReversalRequest, repeat: boolean, timeoutMs: number): Promise<BankAnswer> {
    const build = (): Fields => reversalMessage(this.#profile, this.#bank, request, repeat);
    return this.#financial(build, request, timeoutMs);
  }

  state(): BankLinkState {
    const unsigned = this.#socket === undefined ? 'down' : 'connecting';
    return {
      bankId: this.#bank.bankId,
      link: this.#isSignedOn ? 'signed-on' : unsigned,
      lastAnswerAtMs: this.#lastAnswerAtMs,
    };
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    const open = this.#socket;
    if (open === undefined) return Promise.resolve();
    if (this.#isSignedOn) {
      open.write(this.#bytesOf(networkMessage('signOff', this.#nextNetworkStan(), this.#clock.nowMs())));
    }
    return new Promise((resolve) => {
      open.once('close', () => resolve());
      open.destroySoon();
    });
  }

  /** Builds, waits for the line, sends, waits for the answer. Whatever fails before the sending is `not-sent`. */
  async #financial(
    build: () => Fields,
    request: ReversalOrDebit,
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
      return { kind: 'not-sent', why: reasons.cannotBeBuilt(), isOurs: true };
    }
    if (!(await this.#lineIsUp(Math.min(timeoutMs, longestWaitForLineMs))))
      return { kind: 'not-sent', why: reasons.notSignedOn() };
    if (leaving !== undefined && !(await this.#mayLeave(leaving)))
      return { kind: 'not-sent', why: reasons.heldBack(), isOurs: true };
    // The line may have gone, or a new one not signed on yet, while that was written down.
    if (!this.#isSignedOn) return { kind: 'not-sent', why: reasons.notSignedOn() };
    return this.#ask(fields, bytes, timeoutMs, this.#fits(request));
  }

  async #mayLeave(leaving: Leaving): Promise<boolean> {
    try {
      return await leaving();
    } catch (error) {
      this.#log.error({ err: error }, 'it could not be written down that a message leaves: it stays');
      return false;
    }
  }

  /** True at once where the link is signed on; else it is tried now, back-off or not, and the outcome awaited. */
  #lineIsUp(longestMs: number): Promise<boolean> {
    if (this.#isSignedOn || this.#isClosed) return Promise.resolve(this.#isSignedOn && !this.#isClosed);
    return new Promise((resolve) => {
      const end = (isUp: boolean): void => {
        this.#waitingForLine.delete(end);
        timer.cancel();
        resolve(isUp);
      };
      const timer = this.#clock.at(this.#clock.nowMs() + longestMs, () => end(false));
      this.#waitingForLine.add(end);
      if (this.#socket === undefined) this.#open();
    });
  }

  #open(): void {
    if (this.#isClosed) return;
    this.#timer?.cancel();
    let arrived: Buffer = Buffer.alloc(0);
    const opened = connect({ host: this.#bank.host, port: this.#bank.port });
    this.#socket = opened;
    this.#timer = this.#clock.at(this.#clock.nowMs() + connectTimeoutMs, () => opened.destroy());
    opened.setNoDelay(true);
    opened.on('connect', () => {
      this.#timer?.cancel();
      void this.#signOn(opened);
    });
    opened.on('error', (error: NodeJS.ErrnoException) => {
      if (!this.#isSignedOn) this.#tellOnce({ code: error.code }, 'the bank cannot be reached');
    });
    opened.on('close', () => this.#onClose(opened));
    opened.on('data', (chunk: Buffer) => {
      if (opened.destroyed) return;
      try {
        const { messages, rest } = deframe(this.#profile.header, Buffer.concat([arrived, chunk]));
        arrived = rest;
        for (const message of messages) this.#onMessage(opened, message);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.#log.error({ why }, 'the bank sent no message: connection closed');
        opened.destroy();
      }
    });
  }

  #onClose(closed: Socket): void {
    if (this.#socket !== closed) return;
    this.#socket = undefined;
    if (this.#isSignedOn && !this.#isClosed) this.#log.warn('the line to the bank is lost');
    this.#isSignedOn = false;
    this.#timer?.cancel();
    this.#inFlight.lose(reasons.connectionLost());
    for (const end of [...this.#waitingForLine]) end(false);
    if (this.#isClosed) return;
    const waitMs = Math.min(reconnectMs.longest, reconnectMs.first * 2 ** Math.min(this.#failures, 5));
    this.#failures++;
    this.#timer = this.#clock.at(this.#clock.nowMs() + waitMs, () => this.#open());
  }

  #onMessage(from: Socket, bytes: Buffer): void {
    const unpacked = this.#codec.unpack(bytes);
    if (!unpacked.ok) throw unpacked.error;
    const { fields } = unpacked;
    const type = fields.get(0)!;
    if (type === '0800') {
      from.write(this.#bytesOf(networkAnswer(fields)));
      return;
    }
    if (!['0210', '0430', '0810'].includes(type)) {
      this.#log.warn({ type }, 'the bank asked what this side does not answer');
      return;
    }
    this.#lastAnswerAtMs = this.#clock.nowMs();
    const key = keyOf(fields);
    const { adviceCodeField } = this.#profile;
    const adviceCode = adviceCodeField === undefined ? null : plain(fields.get(adviceCodeField));
    const taken = this.#inFlight.take(key, fields, adviceCode);
    if (taken === 'misfit')
      this.#log.error({ key }, 'the answer does not fit its question: taken for no answer');
    else if (taken === 'nobody') this.#reportLate(type, fields);
  }

  /** An answer to nobody, or after its time: what it says is reported, and its reversal decides what becomes of it. */
  #reportLate(messageType: string, fields: Fields): void {
    const reference = saleId.safeParse(fields.get(this.#profile.referenceField)?.trim());
    const late: LateAnswer = {
      bankId: this.#bank.bankId,
      messageType,
      reference: reference.success ? reference.data : null,
      stan: plain(fields.get(11)),
      rrn: plain(fields.get(37)),
      responseCode: plain(fields.get(39)),
    };
    this.#log.warn(late, 'an answer that nobody waits for');
    try {
      this.#onLateAnswer(late);
    } catch (error) {
      this.#log.error({ err: error }, 'a late answer could not be reported');
    }
  }

  async #ask(
    fields: Fields,
    bytes: Buffer,
    timeoutMs: number,
    fits: (answer: Fields) => boolean,
  ): Promise<BankAnswer> {
    const key = keyOf(fields);
    const socket = this.#socket;
    if (socket === undefined) return { kind: 'not-sent', why: reasons.noConnection() };
    // The first one has left: of the second nobody knows more than of the first.
    if (this.#inFlight.has(key)) return { kind: 'unknown', why: reasons.sameUnderWay() };
    const answer = this.#inFlight.wait(key, timeoutMs, fits);
    socket.write(bytes);
    return answer;
  }

  #bytesOf(fields: Fields): Buffer {
    return frame(this.#profile.header, this.#codec.pack(fields));
  }

  #nextNetworkStan(): string {
    this.#networkStan = (this.#networkStan % 999_999) + 1;
    return String(this.#networkStan).padStart(6, '0');
  }

  #network(code: keyof typeof networkCodes): Promise<BankAnswer> {
    const fields = networkMessage(code, this.#nextNetworkStan(), this.#clock.nowMs());
    return this.#ask(fields, this.#bytesOf(fields), networkTimeoutMs, () => true);
  }

  async #signOn(opened: Socket): Promise<void> {
    const answer = await this.#network('signOn');
    if (this.#socket !== opened || opened.destroyed) return;
    if (answer.kind !== 'answered' || answer.responseCode !== '00') {
      this.#tellOnce({ answer }, 'the bank did not let us sign on');
      opened.destroy();
      return;
    }
    this.#isSignedOn = true;
    this.#failures = 0;
    this.#told.clear();
    this.#log.info('signed on');
    for (const end of [...this.#waitingForLine]) end(true);
    this.#keepAlive(opened);
  }

  /** A bank that is away for a night is one line in the log, not one for each try. */
  #tellOnce(fields: object, what: string): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#log.warn(fields, what);
  }

  /** A line that is dead without a word (half open) is found by an echo that nobody answers. */
  #keepAlive(opened: Socket): void {
    this.#timer = this.#clock.at(this.#clock.nowMs() + echoEveryMs, () => {
      void this.#network('echo').then((answer) => {
        if (this.#socket !== opened || this.#isClosed) return;
        if (answer.kind === 'answered') return this.#keepAlive(opened);
        this.#log.warn('the bank did not answer the echo: connection closed');
        opened.destroy();
      });
    });
  }

  /** An approval for another sum, in another currency or of another sale is no approval of this one. */
  #fits(request: ReversalOrDebit): (answer: Fields) => boolean {
    const currencyNumber = currencyNumbers[request.currency]!;
    return (answer) =>
      Number(answer.get(4)) === request.amountMinor &&
      (answer.get(49) ?? currencyNumber) === currencyNumber &&
      answer.get(this.#profile.referenceField)?.trim() === request.reference;
  }
}

type ReversalOrDebit = Pick<DebitRequest, 'amountMinor' | 'currency' | 'reference'>;
