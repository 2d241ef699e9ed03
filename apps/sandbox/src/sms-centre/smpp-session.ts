import type { Clock, Timer } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import smpp, { type Pdu, type Session } from 'smpp';
import type { KeptMessage } from './message-log.ts';
import { type MessagePart, placeOf } from './parts.ts';

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
  keep(message: Submitted): { kept: KeptMessage; isNew: boolean };
  /** Keeps a piece of a long message; gives its whole text with the last piece that was missing. */
  keepPart(part: MessagePart): string | undefined;
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
    this.#session.send(pdu.response({ command_status: reply.status, ...reply.fields }));
    reply.after?.();
  }

  #replyTo(pdu: Pdu): Reply | undefined {
    if (pdu.command in bindings) return { status: this.#bind(pdu), fields: { system_id: 'BIVAKSMSC' } };
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

  #submit(pdu: Pdu): Reply {
    const to = pdu.destination_addr ?? '';
    const { text, header } = contentOf(pdu);
    if (!/^\d{7,15}$/.test(to)) return { status: smpp.ESME_RINVDSTADR };
    if (text.length === 0 || text.length > maxTextLength) return { status: smpp.ESME_RINVMSGLEN };
    const parties = { from: pdu.source_addr ?? '', to: `+${to}` };
    const place = placeOf(header);
    const whole = place === undefined ? text : this.#centre.keepPart({ ...parties, text, ...place });
    if (whole === undefined) return { status: smpp.ESME_ROK, fields: { message_id: partId(place!) } };
    const at = new Date(this.#centre.clock.nowMs()).toISOString();
    const reference = pdu.user_message_reference ?? null;
    const { kept, isNew } = this.#centre.keep({ at, ...parties, text: whole, reference });
    return {
      status: smpp.ESME_ROK,
      fields: { message_id: kept.messageId },
      after: () => {
        const isWanted = isNew && pdu.registered_delivery === 1 && this.#binding?.isNotified === true;
        if (isWanted && this.#centre.mode() === 'up') deliver(this.#session, pdu, kept);
      },
    };
  }
}

const partId = ({ number, index }: { number: number; index: number }): string =>
  `${number.toString(16)}-${index}`;

/** Text and user data header, wherever the sender has put them. */
function contentOf(pdu: Pdu): { text: string; header: readonly Uint8Array[] } {
  const content = pdu.message_payload ?? pdu.short_message ?? '';
  const message = typeof content === 'string' ? content : (content.message ?? '');
  const header = typeof pdu.short_message === 'object' ? (pdu.short_message.udh ?? []) : [];
  return { text: typeof message === 'string' ? message : message.toString('utf16le'), header };
}

/** The delivery receipt (SMPP 3.4, appendix B): the phone has it. */
function deliver(session: Session, pdu: Pdu, kept: KeptMessage): void {
  session.deliver_sm({
    esm_class: 4,
    source_addr: pdu.destination_addr,
    destination_addr: pdu.source_addr,
    receipted_message_id: kept.messageId,
    message_state: 2,
    short_message: `id:${kept.messageId} sub:001 dlvrd:001 stat:DELIVRD err:000`,
  });
}
