import type { Clock, Timer } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import smpp, { type Pdu, type Session } from 'smpp';
import type { KeptMessage } from './message-log.ts';
import { type CentreMind, habitualRefusal, isDropped, receiptFields } from './mind.ts';
import { type MessagePart, placeOf } from './parts.ts';
import type { Receipts } from './receipts.ts';

export type CentreMode = 'up' | 'down' | 'silent';

interface Submitted {
  at: string;
  from: string;
  to: string;
  text: string;
  reference: number | null;
}

export interface Centre {
  systemId: string;
  password: string;
  log: Logger;
  clock: Clock;
  mode: () => CentreMode;
  mind: () => CentreMind;
  /** Counts the messages that were sent to it. */
  nextCount: () => number;
  receipts: Receipts;
  keep(message: Submitted): { kept: KeptMessage; isNew: boolean };
  /** Keeps a piece of a long message under an id of its own; gives its whole text with the last piece that was missing. */
  keepPart(part: MessagePart): { messageId: string; whole: string | undefined };
}

/** SMPP 3.4, 7.2: who has not bound after so long is nobody that the centre serves. */
const sessionInitMs = 30_000;
const maxTextLength = 1_000;

/** Statuses of SMPP 3.4 (5.1.3) that say what is wrong. */
const invalidSystemId = 0x0f;

/** What a session may do, by how it was bound (SMPP 3.4, 2.2 and table 2-1). */
const bindings: Readonly<Record<string, { maySubmit: boolean; isNotified: boolean }>> = {
  bind_transmitter: { maySubmit: true, isNotified: false },
  bind_receiver: { maySubmit: false, isNotified: true },
  bind_transceiver: { maySubmit: true, isNotified: true },
};

/** Serves one connection of a sender (SMPP 3.4): it must bind before it may submit; what is no PDU closes it. */
export function serveSession(session: Session, centre: Centre): void {
  const served = new ServedSession(session, centre);
  const refuse = (error: Error): void => {
    if (!session.socket.destroyed) centre.log.warn({ err: error }, 'no SMPP: connection closed');
    session.destroy();
  };
  session.on('error', refuse);
  session.on('close', () => served.close());
  session.on('pdu', (pdu: Pdu) => {
    try {
      served.take(pdu);
    } catch (error) {
      refuse(error as Error);
    }
  });
}

interface Reply {
  status: number;
  fields?: Record<string, unknown>;
  /** Done once it is answered. */
  after?: () => void;
  /** It is taken, and the connection cut. */
  isDropped?: boolean;
  waitMs?: number;
}

class ServedSession {
  readonly #session: Session;
  readonly #centre: Centre;
  readonly #impatience: Timer;
  #binding: (typeof bindings)[string] | undefined;

  constructor(session: Session, centre: Centre) {
    this.#session = session;
    this.#centre = centre;
    const { clock } = centre;
    this.#impatience = clock.at(clock.nowMs() + sessionInitMs, () => session.destroy());
  }

  close(): void {
    this.#impatience.cancel();
    this.#centre.receipts.close(this.#session);
  }

  take(pdu: Pdu): void {
    if (pdu.isResponse()) return;
    const reply = this.#replyTo(pdu);
    if (this.#centre.mode() === 'silent' && pdu.command === 'submit_sm') return;
    if (reply === undefined) {
      const fields = { command_status: smpp.ESME_RINVCMDID, sequence_number: pdu.sequence_number };
      this.#session.generic_nack(fields);
      return;
    }
    if (reply.isDropped === true) this.#session.destroy();
    const { clock } = this.#centre;
    if ((reply.waitMs ?? 0) > 0) clock.at(clock.nowMs() + reply.waitMs!, () => this.#answer(pdu, reply));
    else this.#answer(pdu, reply);
  }

  #answer(pdu: Pdu, reply: Reply): void {
    this.#session.send(pdu.response({ command_status: reply.status, ...reply.fields }));
    reply.after?.();
  }

  #replyTo(pdu: Pdu): Reply | undefined {
    if (pdu.command in bindings)
      return { status: this.#bind(pdu), fields: { system_id: 'BIVAKSMSC' }, after: () => this.#whenBound() };
    const unbound = { status: smpp.ESME_RINVBNDSTS };
    switch (pdu.command) {
      case 'enquire_link':
        return { status: smpp.ESME_ROK };
      case 'submit_sm':
        return this.#binding?.maySubmit ? this.#submit(pdu) : unbound;
      case 'unbind':
        if (this.#binding === undefined) return unbound;
        return { status: smpp.ESME_ROK, after: () => this.#session.close() };
      default:
        return undefined;
    }
  }

  #bind(pdu: Pdu): number {
    const { systemId, password } = this.#centre;
    if (this.#binding !== undefined) return smpp.ESME_RALYBND;
    if (pdu.system_id !== systemId) return invalidSystemId;
    if (pdu.password !== password) return smpp.ESME_RINVPASWD;
    this.#binding = bindings[pdu.command];
    this.#impatience.cancel();
    return smpp.ESME_ROK;
  }

  #whenBound(): void {
    if (this.#binding?.isNotified === true) this.#centre.receipts.open(this.#session);
  }

  #submit(pdu: Pdu): Reply {
    const count = this.#centre.nextCount();
    const mind = this.#centre.mind();
    const refusal = habitualRefusal(mind, pdu, count);
    if (refusal !== undefined) return { status: refusal, waitMs: mind.answerMs };
    const to = pdu.destination_addr ?? '';
    const { text, header } = contentOf(pdu);
    if (!/^\d{7,15}$/.test(to)) return { status: smpp.ESME_RINVDSTADR };
    if (text.length === 0 || text.length > maxTextLength) return { status: smpp.ESME_RINVMSGLEN };
    const { messageId, isNew } = this.#keep(pdu, { from: pdu.source_addr ?? '', to: `+${to}`, text }, header);
    return {
      status: smpp.ESME_ROK,
      fields: { message_id: messageId },
      isDropped: isDropped(mind, count),
      waitMs: mind.answerMs,
      after: () => {
        const isWanted = isNew && pdu.registered_delivery === 1 && this.#centre.mode() === 'up';
        if (isWanted) this.#centre.receipts.add(receiptFields(mind, pdu, messageId), mind.receiptRepeats);
      },
    };
  }

  /** A text that is sent in pieces is kept once all are there; each piece is a message of its own to its sender. */
  #keep(
    pdu: Pdu,
    message: { from: string; to: string; text: string },
    header: readonly Uint8Array[],
  ): { messageId: string; isNew: boolean } {
    const at = new Date(this.#centre.clock.nowMs()).toISOString();
    const place = placeOf(header) ?? placeInFields(pdu);
    if (place === undefined) {
      const reference = pdu.user_message_reference ?? null;
      const { kept, isNew } = this.#centre.keep({ at, ...message, reference });
      return { messageId: kept.messageId, isNew };
    }
    const { messageId, whole } = this.#centre.keepPart({ ...message, ...place });
    if (whole !== undefined) this.#centre.keep({ at, ...message, text: whole, reference: place.number });
    return { messageId, isNew: true };
  }
}

/** The place of a piece as optional fields say it (SMPP 3.4, 5.3.2.22 to .24). */
function placeInFields(pdu: Pdu): Pick<MessagePart, 'number' | 'of' | 'index'> | undefined {
  const { sar_msg_ref_num: number, sar_total_segments: of, sar_segment_seqnum: index } = pdu;
  if (number === undefined || of === undefined || index === undefined) return undefined;
  return index >= 1 && index <= of ? { number, of, index } : undefined;
}

/** Text and user data header, wherever the sender has put them. */
function contentOf(pdu: Pdu): { text: string; header: readonly Uint8Array[] } {
  const content = pdu.message_payload ?? pdu.short_message ?? '';
  const message = typeof content === 'string' ? content : (content.message ?? '');
  const header = typeof pdu.short_message === 'object' ? (pdu.short_message.udh ?? []) : [];
  return { text: typeof message === 'string' ? message : message.toString('utf16le'), header };
}
