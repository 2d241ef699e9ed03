import { connect, type Socket } from 'node:net';
import type { Clock, Timer } from '@bivak/clock';
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
import { debitMessage, networkMessage, reversalMessage } from './messages.ts';
import type { BankAnswer, BankLinkState, DebitRequest, ReversalRequest } from './port.ts';

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
  debit(request: DebitRequest, timeoutMs: number): Promise<BankAnswer>;
  reverse(request: ReversalRequest, repeat: boolean, timeoutMs: number): Promise<BankAnswer>;
  state(): BankLinkState;
  close(): Promise<void>;
}

interface Waiting {
  answer: (answer: BankAnswer) => void;
  timer: Timer;
  isRight: (answer: Fields) => boolean;
}

const networkTimeoutMs = 15_000;
const echoEveryMs = 60_000;
const reconnectMs = { first: 1_000, longest: 30_000 };

/**
 * Opens a link to a bank and keeps it open. Every question is answered with one of three things: the bank's answer, the
 * certainty that nothing left, or that nobody knows; a question is never sent again by itself.
 */
export function openBankLink(bank: BankAddress, clock: Clock, log: Logger): BankLink {
  return new BankSession(bank, clock, log.child({ bankId: bank.bankId }));
}

class BankSession implements BankLink {
  readonly #bank: BankAddress;
  readonly #profile: BankProfile;
  readonly #codec: MessageCodec;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #waiting = new Map<string, Waiting>();
  #socket: Socket | undefined;
  #isSignedOn = false;
  #isClosed = false;
  #lastAnswerAtMs: number | null = null;
  #networkStan = 0;
  #failures = 0;
  #timer: Timer | undefined;

  constructor(bank: BankAddress, clock: Clock, log: Logger) {
    this.#bank = bank;
    this.#profile = bankProfile(bank.profile);
    this.#codec = compileSpec(this.#profile.spec);
    this.#clock = clock;
    this.#log = log;
    this.#open();
  }

  debit(request: DebitRequest, timeoutMs: number): Promise<BankAnswer> {
    if (!this.#isSignedOn) return Promise.resolve({ kind: 'not-sent', why: 'not signed on with the bank' });
    return this.#ask(debitMessage(this.#profile, this.#bank, request), timeoutMs, this.#fits(request));
  }

  reverse(request: ReversalRequest, repeat: boolean, timeoutMs: number): Promise<BankAnswer> {
    if (!this.#isSignedOn) return Promise.resolve({ kind: 'not-sent', why: 'not signed on with the bank' });
    return this.#ask(
      reversalMessage(this.#profile, this.#bank, request, repeat),
      timeoutMs,
      this.#fits(request),
    );
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
    return new Promise((resolve) => open.once('close', () => resolve()).destroy());
  }

  #open(): void {
    if (this.#isClosed) return;
    let arrived: Buffer = Buffer.alloc(0);
    const opened = connect({ host: this.#bank.host, port: this.#bank.port });
    this.#socket = opened;
    opened.setNoDelay(true);
    opened.on('connect', () => void this.#signOn(opened));
    opened.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#failures === 0) this.#log.warn({ code: error.code }, 'the bank cannot be reached');
    });
    opened.on('close', () => this.#onClose(opened));
    opened.on('data', (chunk: Buffer) => {
      try {
        const { messages, rest } = deframe(this.#profile.header, Buffer.concat([arrived, chunk]));
        arrived = rest;
        for (const message of messages) this.#onMessage(message);
      } catch (error) {
        this.#log.error({ err: error }, 'the bank sent no message: connection closed');
        opened.destroy();
      }
    });
  }

  #onClose(closed: Socket): void {
    if (this.#socket !== closed) return;
    this.#socket = undefined;
    this.#isSignedOn = false;
    this.#timer?.cancel();
    for (const key of [...this.#waiting.keys()]) {
      this.#settle(key, { kind: 'unknown', why: 'the connection was lost before the answer' });
    }
    if (this.#isClosed) return;
    const waitMs = Math.min(reconnectMs.longest, reconnectMs.first * 2 ** Math.min(this.#failures, 5));
    this.#failures++;
    this.#timer = this.#clock.at(this.#clock.nowMs() + waitMs, () => this.#open());
  }

  #onMessage(bytes: Buffer): void {
    const unpacked = this.#codec.unpack(bytes);
    if (!unpacked.ok) throw unpacked.error;
    this.#lastAnswerAtMs = this.#clock.nowMs();
    const { fields } = unpacked;
    const key = keyOf(fields);
    const question = this.#waiting.get(key);
    if (question === undefined) {
      this.#log.warn({ key }, 'an answer to nobody, or too late: its reversal decides what became of it');
      return;
    }
    const responseCode = fields.get(39);
    if (responseCode === undefined || !question.isRight(fields)) {
      this.#log.error({ key }, 'the answer does not fit its question: taken for no answer');
      this.#settle(key, { kind: 'unknown', why: 'the answer did not fit the question' });
      return;
    }
    const authorisationCode = fields.get(38)?.trim() || null;
    this.#settle(key, { kind: 'answered', responseCode, authorisationCode, adviceCode: null });
  }

  #settle(key: string, answer: BankAnswer): void {
    const question = this.#waiting.get(key);
    this.#waiting.delete(key);
    question?.timer.cancel();
    question?.answer(answer);
  }

  #ask(fields: Fields, timeoutMs: number, isRight: Waiting['isRight']): Promise<BankAnswer> {
    const key = keyOf(fields);
    const socket = this.#socket;
    if (socket === undefined) return Promise.resolve({ kind: 'not-sent', why: 'no connection to the bank' });
    if (this.#waiting.has(key))
      return Promise.resolve({ kind: 'not-sent', why: 'the same question is under way' });
    const bytes = frame(this.#profile.header, this.#codec.pack(fields));
    return new Promise((resolve) => {
      const giveUp = (): void =>
        this.#settle(key, { kind: 'unknown', why: `no answer in ${timeoutMs / 1000} s` });
      this.#waiting.set(key, {
        answer: resolve,
        isRight,
        timer: this.#clock.at(this.#clock.nowMs() + timeoutMs, giveUp),
      });
      socket.write(bytes);
    });
  }

  #network(code: keyof typeof networkCodes): Promise<BankAnswer> {
    this.#networkStan = (this.#networkStan % 999_999) + 1;
    const stan = String(this.#networkStan).padStart(6, '0');
    return this.#ask(networkMessage(code, stan, this.#clock.nowMs()), networkTimeoutMs, () => true);
  }

  async #signOn(opened: Socket): Promise<void> {
    const answer = await this.#network('signOn');
    if (this.#socket !== opened) return;
    if (answer.kind !== 'answered' || answer.responseCode !== '00') {
      this.#log.warn({ answer: answer.kind }, 'the bank did not let us sign on');
      opened.destroy();
      return;
    }
    this.#isSignedOn = true;
    this.#failures = 0;
    this.#log.info('signed on');
    this.#keepAlive(opened);
  }

  #keepAlive(opened: Socket): void {
    this.#timer = this.#clock.at(this.#clock.nowMs() + echoEveryMs, () => {
      void this.#network('echo').then((answer) => {
        if (this.#socket !== opened) return;
        if (answer.kind === 'answered') this.#keepAlive(opened);
        else opened.destroy(); // half open: the bank is not there any more
      });
    });
  }

  /** An approval for another sum or another sale is no approval of this one. */
  #fits(request: Pick<DebitRequest, 'amountMinor' | 'reference'>): Waiting['isRight'] {
    return (answer) =>
      Number(answer.get(4)) === request.amountMinor &&
      answer.get(this.#profile.referenceField)?.trim() === request.reference;
  }
}

/** What an answer repeats of its question: message class, STAN, RRN. */
const keyOf = (message: Fields): string =>
  `${message.get(0)?.slice(0, 2)} ${message.get(11)} ${message.get(37)?.trim() ?? ''}`;
