import type { Logger } from '@bivak/process';
import smpp, { type Pdu, type Session } from 'smpp';
import type { KeptMessage } from './message-log.ts';

export type CentreMode = 'up' | 'down' | 'silent';

export interface Centre {
  systemId: string;
  password: string;
  log: Logger;
  mode: () => CentreMode;
  nowMs: () => number;
  keep(message: { at: string; from: string; to: string; text: string; reference: number | null }): {
    kept: KeptMessage;
    isNew: boolean;
  };
}

/** Serves one connection of a sender (SMPP 3.4): it must bind before it may submit; what is no PDU closes it. */
export function serveSession(session: Session, centre: Centre): void {
  let isBound = false;
  const answer = (pdu: Pdu, status: number, fields: Record<string, unknown> = {}): void => {
    if (centre.mode() !== 'silent' || pdu.command !== 'submit_sm')
      session.send(pdu.response({ command_status: status, ...fields }));
  };
  session.on('error', (error: Error) => {
    if (!session.socket.destroyed) centre.log.warn({ err: error }, 'no SMPP: connection closed');
    session.destroy();
  });
  session.on('pdu', (pdu: Pdu) => {
    if (pdu.isResponse()) return;
    switch (pdu.command) {
      case 'bind_transceiver':
        if (isBound) return answer(pdu, smpp.ESME_RALYBND);
        isBound = pdu.system_id === centre.systemId && pdu.password === centre.password;
        return answer(pdu, isBound ? smpp.ESME_ROK : smpp.ESME_RINVPASWD, { system_id: 'BIVAKSMSC' });
      case 'enquire_link':
        return answer(pdu, smpp.ESME_ROK);
      case 'submit_sm':
        if (!isBound) return answer(pdu, smpp.ESME_RINVBNDSTS);
        submit(session, centre, pdu, answer);
        return;
      case 'unbind':
        answer(pdu, smpp.ESME_ROK);
        return session.close();
      default:
        session.generic_nack({ command_status: smpp.ESME_RINVCMDID, sequence_number: pdu.sequence_number });
    }
  });
}

function textOf(pdu: Pdu): string {
  const content = pdu.message_payload ?? pdu.short_message ?? '';
  const message = typeof content === 'string' ? content : (content.message ?? '');
  return typeof message === 'string' ? message : message.toString('utf16le');
}

function submit(
  session: Session,
  centre: Centre,
  pdu: Pdu,
  answer: (pdu: Pdu, status: number, fields?: Record<string, unknown>) => void,
): void {
  const to = pdu.destination_addr ?? '';
  const text = textOf(pdu);
  if (!/^\d{7,15}$/.test(to)) {
    answer(pdu, smpp.ESME_RINVDSTADR);
    return;
  }
  if (text.length === 0 || text.length > 1_000) {
    answer(pdu, smpp.ESME_RINVMSGLEN);
    return;
  }
  const at = new Date(centre.nowMs()).toISOString();
  const { kept, isNew } = centre.keep({
    at,
    from: pdu.source_addr ?? '',
    to: `+${to}`,
    text,
    reference: pdu.user_message_reference ?? null,
  });
  answer(pdu, smpp.ESME_ROK, { message_id: kept.messageId });
  if (isNew && pdu.registered_delivery === 1 && centre.mode() === 'up') deliver(session, pdu, kept);
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
