import type { Clock, Timer } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import smpp, { type Pdu, type Session } from 'smpp';

/** What came of sending a message: accepted under an id, refused for good, not taken now, or not known. */
export type SendResult =
  | { kind: 'accepted'; messageId: string }
  | { kind: 'refused'; status: number }
  /** The centre is busy, or throttles us: it has not got it, and may be asked again. */
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

/** What a notifier tells of by itself. */
export interface NotifierEvents {
  /** It can send (again). */
  onReady: () => void;
  /** A message has arrived at its phone, or never will. Resolves with false where the message is not known (yet). */
  onReceipt: (messageId: string, isDelivered: boolean) => Promise<boolean>;
}

export interface SmscSettings {
  host: string;
  port: number;
  systemId: string;
  password: string;
  from: string;
}

const answerTimeoutMs = 15_000;
const enquireEveryMs = 60_000;
const reconnectMs = { first: 1_000, longest: 60_000 };
/** Data coding 8: UCS-2, which has Cyrillic. */
const ucs2 = 8;
/** Command statuses of a centre that cannot take a message now and may later (SMPP 3.4, 5.1.3). */
const passing: ReadonlySet<number> = new Set([
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
 * What a delivery says of a message of ours; undefined where it is no receipt (somebody writes back), or says only how far
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
  #failures = 0;
  #timer: Timer | undefined;
  readonly #giveUps = new Set<() => void>();

  constructor(settings: SmscSettings, clock: Clock, log: Logger, events: NotifierEvents) {
    this.#settings = settings;
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
    return this.#asked((answer) =>
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
        answer,
      ),
    ).then((pdu) => {
      if (pdu === undefined) return { kind: 'unknown' };
      const { command_status: status } = pdu;
      if (status !== smpp.ESME_ROK) return { kind: passing.has(status) ? 'not-now' : 'refused', status };
      return { kind: 'accepted', messageId: pdu.message_id ?? '' };
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    const session = this.#session;
    if (session === undefined) return;
    await new Promise<void>((resolve) => {
      session.on('close', () => resolve());
      session.destroy();
    });
  }

  /** The answer to a question; undefined where none comes in time or the connection is lost. */
  #asked(ask: (answer: (pdu: Pdu) => void) => boolean): Promise<Pdu | undefined> {
    return new Promise((resolve) => {
      const done = (pdu: Pdu | undefined): void => {
        timer.cancel();
        this.#giveUps.delete(giveUp);
        resolve(pdu);
      };
      const giveUp = (): void => done(undefined);
      const timer = this.#clock.at(this.#clock.nowMs() + answerTimeoutMs, giveUp);
      this.#giveUps.add(giveUp);
      if (!ask(done)) giveUp();
    });
  }

  #open(): void {
    if (this.#isClosed) return;
    const session = smpp.connect({ host: this.#settings.host, port: this.#settings.port });
    this.#session = session;
    session.on('connect', () => void this.#bind(session));
    session.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#failures === 0)
        this.#log.warn({ code: error.code ?? error.message }, 'the SMS centre cannot be reached');
      session.destroy();
    });
    session.on('close', () => this.#onClose(session));
    session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
    session.on('deliver_sm', (pdu: Pdu) => void this.#takeDelivery(session, pdu));
    session.on('unbind', (pdu: Pdu) => {
      session.send(pdu.response());
      session.close();
    });
  }

  /** Answered when what it says is written down, so that a centre sends it again where it could not be. */
  async #takeDelivery(session: Session, pdu: Pdu): Promise<void> {
    const receipt = receiptOf(pdu);
    let isTaken = true;
    if (receipt !== undefined) {
      try {
        isTaken = await this.#events.onReceipt(receipt.messageId, receipt.isDelivered);
      } catch (error) {
        isTaken = false;
        this.#log.error({ err: error }, 'a receipt could not be noted');
      }
    }
    session.send(pdu.response({ command_status: isTaken ? smpp.ESME_ROK : temporaryError }));
  }

  async #bind(session: Session): Promise<void> {
    const { systemId, password } = this.#settings;
    const fields = { system_id: systemId, password, interface_version: 0x34 };
    const answer = await this.#asked((done) => session.bind_transceiver(fields, done));
    if (this.#session !== session) return;
    if (answer?.command_status !== smpp.ESME_ROK) {
      this.#log.error({ status: answer?.command_status }, 'the SMS centre did not let us in');
      session.destroy();
      return;
    }
    this.#isBound = true;
    this.#failures = 0;
    this.#keepAlive(session);
    this.#events.onReady();
  }

  #keepAlive(session: Session): void {
    this.#timer = this.#clock.at(this.#clock.nowMs() + enquireEveryMs, () => {
      void this.#asked((done) => session.enquire_link(done)).then((answer) => {
        if (this.#session !== session) return;
        if (answer === undefined) session.destroy();
        else this.#keepAlive(session);
      });
    });
  }

  #onClose(session: Session): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#isBound = false;
    this.#timer?.cancel();
    for (const giveUp of [...this.#giveUps]) giveUp();
    if (this.#isClosed) return;
    const waitMs = Math.min(reconnectMs.longest, reconnectMs.first * 2 ** Math.min(this.#failures, 6));
    this.#failures++;
    this.#timer = this.#clock.at(this.#clock.nowMs() + waitMs, () => this.#open());
  }
}
