/** The part of npm smpp 0.5 (SMPP 3.4 sessions) that Bivak uses; the package has no types of its own. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer, Socket } from 'node:net';

  export interface Pdu {
    command: string;
    command_status: number;
    sequence_number: number;
    system_id?: string;
    password?: string;
    source_addr?: string;
    destination_addr?: string;
    data_coding?: number;
    esm_class?: number;
    short_message?: { message?: string | Buffer; udh?: Buffer[] } | string;
    message_payload?: { message?: string | Buffer } | string;
    user_message_reference?: number;
    registered_delivery?: number;
    message_id?: string;
    interface_version?: number;
    dest_addr_ton?: number;
    receipted_message_id?: string;
    message_state?: number;
    sar_msg_ref_num?: number;
    sar_total_segments?: number;
    sar_segment_seqnum?: number;
    isResponse(): boolean;
    response(fields?: Record<string, unknown>): Pdu;
  }

  type Answer = (pdu: Pdu) => void;

  export interface Session extends EventEmitter {
    socket: Socket;
    bind_transceiver(fields: Record<string, unknown>, answer?: Answer): boolean;
    submit_sm(fields: Record<string, unknown>, answer?: Answer): boolean;
    deliver_sm(fields: Record<string, unknown>, answer?: Answer): boolean;
    enquire_link(answer?: Answer): boolean;
    unbind(answer?: Answer): boolean;
    generic_nack(fields: Record<string, unknown>): boolean;
    send(pdu: Pdu): boolean;
    close(): void;
    destroy(): void;
  }

  export interface Server extends NetServer {
    sessions: Session[];
  }

  interface Smpp {
    connect(options: { host: string; port: number }): Session;
    createServer(listener: (session: Session) => void): Server;
    ESME_ROK: number;
    ESME_RINVCMDID: number;
    ESME_RINVBNDSTS: number;
    ESME_RALYBND: number;
    ESME_RINVPASWD: number;
    ESME_RINVDSTADR: number;
    ESME_RINVMSGLEN: number;
    ESME_RQUERYFAIL: number;
  }
  const smpp: Smpp;
  export default smpp;
}
