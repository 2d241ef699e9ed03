import type { Clock, Timer } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import smpp, { type Pdu, type Session } from 'smpp';

/** What came of sending a message: accepted under an id, refused for good, or not known. */
export type SendResult =
  | { kind: 'accepted'; messageId: string }
  | { kind: 'refused'; status: number }
  | { kind: 'not-sent' }
  | { kind: 'unknown' };

/** The way to the people: an SMS centre here, an e-mail server or another channel elsewhere. */
export interface Notifier {
  /** `reference` (0–65535) is the same in every try of one message, so that the centre knows it again. Never rejects. */
  send(message: { phone: string; text: string; reference: number }): Promise<SendResult>;
  close(): Promise<void>;
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

/** Keeps a transceiver session with an SMS centre (SMPP 3.4) and sends over it. */
export class SmppNotifier implements Notifier {
  readonly #settings: SmscSettings;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #onReceipt: (messageId: string, isDelivered: boolean) => void;
  #session: Session | undefined;
  #isBound = false;
  #isClosed = false;
  #failures = 0;
  #timer: Timer | undefined;
  readonly #giveUps = new Set<() => void>();

  constructor(
    settings: SmscSettings,
    clock: Clock,
    log: Logger,
    onReceipt: (messageId: string, isDelivered: boolean) => void,
  ) {
    this.#settings = settings;
    this.#clock = clock;
    this.#log = log;
    this.#onReceipt = onReceipt;
    this.#open();
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
          message_payload: { message: text },
          user_message_reference: reference,
        },
        answer,
      ),
    ).then((pdu) => {
      if (pdu === undefined) return { kind: 'unknown' };
      if (pdu.command_status !== smpp.ESME_ROK) return { kind: 'refused', status: pdu.command_status };
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
    session.on('deliver_sm', (pdu: Pdu) => {
      session.send(pdu.response());
      // Message state 2 is "delivered" (SMPP 3.4, 5.2.28).
      if (pdu.receipted_message_id !== undefined)
        this.#onReceipt(pdu.receipted_message_id, pdu.message_state === 2);
    });
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
