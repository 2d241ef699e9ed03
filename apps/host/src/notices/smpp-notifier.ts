import type { Clock, Timer } from '@bivak/clock';
import { PendingRequests, Retry } from '@bivak/net';
import type { Logger } from '@bivak/process';
import smpp, { type Pdu, type Session } from 'smpp';

/** What came of sending a message: accepted under an id, refused for good, not taken now, or not known. */
export type SendResult =
  | { kind: 'accepted'; messageId: string }
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
  /** A message has arrived at its phone, or never will. Resolves with false if the message is not known (yet). */
  onReceipt: (messageId: string, isDelivered: boolean) => Promise<boolean>;
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
/** Data coding 8: UCS-2, which has Cyrillic. */
const ucs2 = 8;
/** Command statuses of a centre that cannot take a message now and may later (SMPP 3.4, 5.1.3). */
const temporaryStatuses: ReadonlySet<number> = new Set([
  0x08, // ESME_RSYSERR: system error
  0x14, // ESME_RMSGQFUL: its queue is full
  0x45, // ESME_RSUBMITFAIL: submitting failed
  0x58, // ESME_RTHROTTLED: more messages than it allows us
]);

/** ESME_RX_T_APPN: we cannot take a delivery now; the centre tries again. */
const temporaryError = 0x64;
/** Message states (SMPP 3.4, 5.2.28) and their names in a receipt's text (appendix B) after which nothing changes any more. */
const finalStates: Readonly<Record<string, boolean>> = {
  2: true,
  3: false,
  4: false,
  5: false,
  8: false,
  DELIVRD: true,
  EXPIRED: false,
  DELETED: false,
  UNDELIV: false,
  REJECTD: false,
};

/**
 * What a delivery says of a message of ours; undefined if it is no receipt (somebody writes back), or says only how far
 * the message has come. Centres give id and state as fields or in the text.
 */
function receiptOf(pdu: Pdu): { messageId: string; isDelivered: boolean } | undefined {
  const content = pdu.short_message ?? '';
  const message = typeof content === 'string' ? content : (content.message ?? '');
  const text = typeof message === 'string' ? message : message.toString('latin1');
  const messageId = pdu.receipted_message_id ?? /\bid:(\S+)/i.exec(text)?.[1];
  const state = pdu.message_state ?? /\bstat:(\w+)/i.exec(text)?.[1]?.toUpperCase();
  const isDelivered = state === undefined ? undefined : finalStates[state];
  const isReceipt = ((pdu.esm_class ?? 0) & 0x3c) === 0x04 || pdu.receipted_message_id !== undefined;
  if (!isReceipt || messageId === undefined || isDelivered === undefined) return undefined;
  return { messageId, isDelivered };
}

/** Keeps a transceiver session with an SMS centre (SMPP 3.4) and sends over it. */
export class SmppNotifier implements Notifier {
  readonly #settings: SmscSettings;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #events: NotifierEvents;
  #session: Session | undefined;
  #isBound = false;
  #isClosed = false;
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

  send({ phone, text, reference }: { phone: string; text: string; reference: number }): Promise<SendResult> {
    const session = this.#session;
    if (session === undefined || !this.#isBound) return Promise.resolve({ kind: 'not-sent' });
    return this.#request((onResponse) =>
      session.submit_sm(
        {
          source_addr_ton: 5,
          source_addr: this.#settings.from,
          dest_addr_ton: 1,
          dest_addr_npi: 1,
          destination_addr: phone.slice(1),
          registered_delivery: 1,
          data_coding: ucs2,
          // The whole text, of any length: the centre makes its parts (SMPP 3.4, 5.3.2.32).
          message_payload: { message: text },
          user_message_reference: reference,
        },
        onResponse,
      ),
    ).then((pdu) => {
      if (pdu === undefined) return { kind: 'unknown' };
      const { command_status: status } = pdu;
      if (status !== smpp.ESME_ROK)
        return { kind: temporaryStatuses.has(status) ? 'not-now' : 'refused', status };
      return { kind: 'accepted', messageId: pdu.message_id ?? '' };
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#retry.cancel();
    const session = this.#session;
    if (session === undefined) return;
    await new Promise<void>((resolve) => {
      session.on('close', () => resolve());
      session.destroy();
    });
  }

  /** The response to a request; undefined if none comes in time or the connection is lost. */
  async #request(send: (onResponse: (pdu: Pdu) => void) => boolean): Promise<Pdu | undefined> {
    const number = ++this.#lastRequest;
    const ended = this.#pending.wait(number, responseTimeoutMs);
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
    session.on('deliver_sm', (pdu: Pdu) => void this.#receiveDelivery(session, pdu));
    session.on('unbind', (pdu: Pdu) => {
      session.send(pdu.response());
      session.close();
    });
  }

  /** Responded to when what it says is recorded, so that a centre sends it again if it could not be. */
  async #receiveDelivery(session: Session, pdu: Pdu): Promise<void> {
    const receipt = receiptOf(pdu);
    let isRecorded = true;
    if (receipt !== undefined) {
      try {
        isRecorded = await this.#events.onReceipt(receipt.messageId, receipt.isDelivered);
      } catch (error) {
        isRecorded = false;
        this.#log.error({ err: error }, 'a receipt could not be recorded');
      }
    }
    session.send(pdu.response({ command_status: isRecorded ? smpp.ESME_ROK : temporaryError }));
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
