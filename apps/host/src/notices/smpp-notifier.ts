import type { Clock, Timer } from '@bivak/clock';
import { PendingRequests, Retry } from '@bivak/net';
import type { Logger } from '@bivak/process';
import smpp, { type Pdu, type Session } from 'smpp';
import { type Receipt, receiptOf } from './receipt.ts';
import { type CentreTakes, type Submission, submissionOf, takesAll, takesLess } from './submission.ts';

/** What came of sending a message: accepted, each part under its id; refused for good, not taken now, or not known. */
export type SendResult =
  | { kind: 'accepted'; messageIds: readonly string[] }
  | { kind: 'refused'; status: number }
  /** The centre is busy, or throttles us: it has not taken the message, and may take it later. */
  | { kind: 'not-now'; status: number }
  | { kind: 'not-sent' }
  | { kind: 'unknown' };

/** The way to the people: an SMS centre here, an e-mail server or another channel elsewhere. */
export interface Notifier {
  /** False while nothing can be sent. */
  isReady(): boolean;
  /** `reference` (0–65535) is the same in every try of one message, so that the centre knows it again. Never rejects. */
  send(message: { phone: string; text: string; reference: number }): Promise<SendResult>;
  close(): Promise<void>;
}

/** What a notifier reports by itself. */
export interface NotifierEvents {
  /** It can send (again). */
  onReady: () => void;
  /** A message has arrived at its phone, or never will. Resolves when that is recorded, or known to be nobody's. */
  onReceipt: (receipt: Receipt) => Promise<void>;
}

export interface SmscSettings {
  host: string;
  port: number;
  systemId: string;
  password: string;
  from: string;
}

const connectTimeoutMs = 10_000;
const responseTimeoutMs = 15_000;
const enquireEveryMs = 60_000;
const reconnectMs = { firstMs: 1_000, maxMs: 60_000 };
/** How long a centre may take to say goodbye. */
const unbindTimeoutMs = 2_000;
/** The parts of one text belong together: behind the first, a part that is not taken now is tried again at once. */
const partRetriesMs = [1_000, 2_000, 4_000] as const;
/** Command statuses of a centre that cannot take a message now and may later (SMPP 3.4, 5.1.3). */
const temporaryStatuses: ReadonlySet<number> = new Set([
  0x08, // ESME_RSYSERR: system error
  0x14, // ESME_RMSGQFUL: its queue is full
  0x45, // ESME_RSUBMITFAIL: submitting failed
  0x58, // ESME_RTHROTTLED: more messages than it allows us
]);

/** ESME_RX_T_APPN: we cannot take a delivery now; the centre tries again. */
const temporaryError = 0x64;

/** Keeps a transceiver session with an SMS centre (SMPP 3.4) and sends over it. */
export class SmppNotifier implements Notifier {
  readonly #settings: SmscSettings;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #events: NotifierEvents;
  #session: Session | undefined;
  #isBound = false;
  #isClosed = false;
  /** Learned anew in each session: a centre that is brought up to date takes more. */
  #takes: CentreTakes = takesAll;
  readonly #retry: Retry;
  /** Of the phase in which the session is: connecting, or waiting for the next enquiry. */
  #timer: Timer | undefined;
  /** The library matches responses by itself: the numbers here only hold each request apart. */
  readonly #pending: PendingRequests<number, Pdu>;
  #lastRequest = 0;

  /** `random` (from 0 up to, not including, 1) spreads the times of reconnecting. */
  constructor(
    settings: SmscSettings,
    clock: Clock,
    log: Logger,
    events: NotifierEvents,
    random: () => number = Math.random,
  ) {
    this.#settings = settings;
    this.#retry = new Retry(clock, reconnectMs, random);
    this.#pending = new PendingRequests(clock);
    this.#clock = clock;
    this.#log = log;
    this.#events = events;
    this.#open();
  }

  isReady(): boolean {
    return this.#isBound;
  }

  async send(message: { phone: string; text: string; reference: number }): Promise<SendResult> {
    for (;;) {
      const session = this.#session;
      if (session === undefined || !this.#isBound) return { kind: 'not-sent' };
      const submission = submissionOf(message, this.#takes);
      const result = await this.#submit(session, message.phone, submission);
      if (result.kind !== 'refused' || this.#session !== session) return result;
      const less = takesLess(this.#takes, submission.uses, result.status);
      if (less === undefined) return result;
      this.#log.info({ status: result.status, takes: less }, 'the SMS centre does not take this form');
      this.#takes = less;
    }
  }

  /** Hands the parts over in turn. If only some were taken, nobody knows what the phone shows: `unknown`. */
  async #submit(session: Session, phone: string, { pdus }: Submission): Promise<SendResult> {
    const messageIds: string[] = [];
    for (const pdu of pdus) {
      const isFirst = messageIds.length === 0;
      const response = await this.#submitPart(session, phone, pdu, isFirst ? [] : partRetriesMs);
      if (response === undefined) return { kind: 'unknown' };
      const { command_status: status } = response;
      if (temporaryStatuses.has(status)) return isFirst ? { kind: 'not-now', status } : { kind: 'unknown' };
      if (status !== smpp.ESME_ROK) return { kind: 'refused', status };
      messageIds.push(response.message_id ?? '');
    }
    return { kind: 'accepted', messageIds };
  }

  async #submitPart(
    session: Session,
    phone: string,
    pdu: Record<string, unknown>,
    retriesMs: readonly number[],
  ): Promise<Pdu | undefined> {
    const fields = {
      source_addr_ton: 5,
      source_addr: this.#settings.from,
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      destination_addr: phone.slice(1),
      registered_delivery: 1,
      ...pdu,
    };
    for (const retryMs of [...retriesMs, undefined]) {
      const response = await this.#request((onResponse) => session.submit_sm({ ...fields }, onResponse));
      if (response === undefined || retryMs === undefined) return response;
      if (!temporaryStatuses.has(response.command_status)) return response;
      await new Promise<void>((resolve) => {
        this.#clock.at(this.#clock.nowMs() + retryMs, resolve);
      });
    }
    return undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#retry.cancel();
    const session = this.#session;
    if (session === undefined) return;
    const closed = new Promise<void>((resolve) => session.on('close', () => resolve()));
    if (this.#isBound) {
      this.#isBound = false;
      await this.#request((onResponse) => session.unbind(onResponse), unbindTimeoutMs);
    }
    session.destroy();
    await closed;
  }

  /** The response to a request; undefined if none comes in time or the connection is lost. */
  async #request(
    send: (onResponse: (pdu: Pdu) => void) => boolean,
    timeoutMs = responseTimeoutMs,
  ): Promise<Pdu | undefined> {
    const number = ++this.#lastRequest;
    const ended = this.#pending.wait(number, timeoutMs);
    if (!send((pdu) => void this.#pending.respond(number, pdu))) this.#pending.lose(number);
    const end = await ended;
    return end.kind === 'response' ? end.response : undefined;
  }

  #open(): void {
    if (this.#isClosed) return;
    const session = smpp.connect({ host: this.#settings.host, port: this.#settings.port });
    this.#session = session;
    this.#timer = this.#clock.at(this.#clock.nowMs() + connectTimeoutMs, () => session.destroy());
    session.on('connect', () => {
      this.#timer?.cancel();
      void this.#bind(session);
    });
    session.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#retry.failures === 0)
        this.#log.warn({ code: error.code ?? error.message }, 'the SMS centre cannot be reached');
      session.destroy();
    });
    session.on('close', () => this.#onClose(session));
    session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
    for (const delivery of ['deliver_sm', 'data_sm'] as const)
      session.on(delivery, (pdu: Pdu) => void this.#receiveDelivery(session, pdu));
    session.on('unknown', (pdu: Pdu) => pdu.isResponse() || session.send(pdu.response()));
    session.on('unbind', (pdu: Pdu) => {
      session.send(pdu.response());
      session.close();
    });
  }

  /** Responded to when what it says is recorded, so that a centre sends it again if it could not be. */
  async #receiveDelivery(session: Session, pdu: Pdu): Promise<void> {
    const receipt = receiptOf(pdu);
    let status = smpp.ESME_ROK;
    try {
      if (receipt !== undefined) await this.#events.onReceipt(receipt);
    } catch (error) {
      status = temporaryError;
      this.#log.error({ err: error }, 'a receipt could not be recorded');
    }
    session.send(pdu.response({ command_status: status }));
  }

  async #bind(session: Session): Promise<void> {
    const { systemId, password } = this.#settings;
    const fields = { system_id: systemId, password, interface_version: 0x34 };
    const response = await this.#request((onResponse) => session.bind_transceiver(fields, onResponse));
    if (this.#session !== session) return;
    if (response?.command_status !== smpp.ESME_ROK) {
      this.#log.error({ status: response?.command_status }, 'the SMS centre refused the session');
      session.destroy();
      return;
    }
    this.#isBound = true;
    this.#takes = takesAll;
    this.#retry.reset();
    this.#keepAlive(session);
    this.#events.onReady();
  }

  #keepAlive(session: Session): void {
    this.#timer = this.#clock.at(this.#clock.nowMs() + enquireEveryMs, () => {
      void this.#request((onResponse) => session.enquire_link(onResponse)).then((response) => {
        if (this.#session !== session) return;
        if (response === undefined) session.destroy();
        else this.#keepAlive(session);
      });
    });
  }

  #onClose(session: Session): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#isBound = false;
    this.#timer?.cancel();
    this.#pending.loseAll();
    if (!this.#isClosed) this.#retry.schedule(() => this.#open());
  }
}
