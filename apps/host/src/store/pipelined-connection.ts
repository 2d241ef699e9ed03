import { Socket } from 'node:net';
import pg from 'pg';
import type { Queries, Statement } from './queries.ts';
import type { StatementNames } from './statement-names.ts';

/** A connection on which statements follow each other without waiting for answers, opened when it is needed (again). */
export class PipelinedConnection {
  readonly #url: string;
  readonly #names: StatementNames;
  #open: { client: pg.Client; socket: Socket } | undefined;
  #opening: Promise<{ client: pg.Client; socket: Socket }> | undefined;

  constructor(url: string, names: StatementNames) {
    this.#url = url;
    this.#names = names;
  }

  /** The connection as it is now; rejects if there is none to be had. */
  async connected(): Promise<Pipeline> {
    const { client, socket } = this.#open ?? (await this.#connect());
    const gather = (): void => {
      // What is sent in the same turn of the event loop leaves in one piece.
      if (socket.writableCorked > 0) return;
      socket.cork();
      setImmediate(() => socket.uncork());
    };
    return {
      send: async <Row extends object>(statement: Statement) => {
        gather();
        return (await client.query<Row>(this.#names.named(statement))).rows;
      },
      command: async (text) => {
        gather();
        return (await client.query(text)).command;
      },
      drop: () => this.#drop(client),
    };
  }

  async close(): Promise<void> {
    await this.#open?.client.end();
  }

  #connect(): Promise<{ client: pg.Client; socket: Socket }> {
    this.#opening ??= this.#connectAnew().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #connectAnew(): Promise<{ client: pg.Client; socket: Socket }> {
    const socket = new Socket();
    const client = new pg.Client({
      connectionString: this.#url,
      stream: () => socket,
      keepAlive: true,
      pipeline: true,
      idle_in_transaction_session_timeout: 60_000,
    });
    client.on('error', () => this.#drop(client));
    client.on('end', () => this.#drop(client));
    await client.connect();
    this.#open = { client, socket };
    return this.#open;
  }

  #drop(client: pg.Client): void {
    if (this.#open?.client === client) this.#open = undefined;
    client.end().catch(() => {});
  }
}

/** One connection, for as long as it lives. */
export interface Pipeline {
  send: Queries['query'];
  /** A statement without values; resolves with the server's name for what it has done. */
  command(text: string): Promise<string>;
  /** Nothing more is sent on it. */
  drop(): void;
}
