import type { Fields } from '@bivak/iso8583';
import { answerShapes, type ShapeContext } from './answer-shapes.ts';
import type { Connection, MindContext } from './context.ts';
import { codeOnTheWire } from './dialect.ts';
import type { BankRequest } from './requests.ts';
import { latencyOf } from './settings.ts';
import type { Outgoing, WireWrite } from './wire.ts';

/** A message that came in and may be answered. */
export interface Incoming {
  connection: number;
  fields: Fields;
  atMs: number;
  /** Undefined if it is not about money, or could not be understood. */
  request: BankRequest | undefined;
}

export interface AnswerOptions {
  what: ShapeContext['what'];
  by: readonly string[];
  change?: Readonly<Record<number, string | null>>;
  /** Goes to whoever is connected and at once: it is said of the bank's own accord. */
  isOwnAccord?: boolean;
}

const repeated = [2, 3, 4, 7, 11, 12, 13, 37, 41, 42, 49];
/** An answer to a request so old may go out on another connection than the one on which it was asked. */
const oldMs = 5_000;
const swapWaitMs = 1_000;
const maxKept = 200;

/** Makes answers, sends them in the ways that the mind has, and keeps what was said. */
export class Answers {
  readonly #context: MindContext;
  readonly #counts = new Map<string, number>();
  /** Frames of answers about money, as they left. */
  readonly #kept: Buffer[] = [];
  #waiting: { message: Outgoing; send: (message: Outgoing) => void } | undefined;

  constructor(context: MindContext) {
    this.#context = context;
  }

  /** The connection on which something that is said of the bank's own accord goes out now. */
  connectionFor({ connection }: Incoming): number | undefined {
    return this.#context.connections.has(connection) ? connection : this.#anyConnection();
  }

  /** Answers after the bank's usual time. Does nothing where a bank's own accord finds nobody connected: false. */
  answer(incoming: Incoming, code: string, options: AnswerOptions): boolean {
    const { isOwnAccord = false, what } = options;
    const context = this.#context;
    if (isOwnAccord && this.#anyConnection() === undefined) return false;
    const name = this.#nextName(incoming, what);
    const { message, by } = this.#shaped(this.#fieldsOf(incoming, code, options), name, options);
    const { min, max } = latencyOf(context.setting);
    const latencyMs = isOwnAccord ? 0 : context.dice(`latency ${name}`).between(min, max);
    const deliver = (ready: Outgoing): void => this.#deliver(incoming, ready, { ...options, by });
    const send = (): void => (what === 'network' ? deliver(message) : this.#swapOrSend(message, deliver));
    if (latencyMs === 0) send();
    else context.later(latencyMs, send);
    return true;
  }

  /** Sends something that answers nothing. */
  sendOwn(connection: number, fields: Map<number, string>, by: readonly string[]): void {
    const message: Outgoing = { fields, againAfterMs: [], damage: null, isSwapped: false };
    for (const { bytes } of this.#context.wire.writes(message)) this.#write(connection, bytes);
    this.#note(fields, by, this.#context.connections.has(connection));
  }

  /** Bytes that are no message, or none that can be read. */
  sendBytes(connection: number, bytes: Buffer): void {
    this.#write(connection, bytes);
  }

  /** Says once more, byte by byte, what it once said. */
  repeatOld(connection: number, pick: (kept: readonly Buffer[]) => Buffer | undefined): void {
    const bytes = pick(this.#kept);
    if (bytes !== undefined) this.#write(connection, bytes);
  }

  #nextName({ request }: Incoming, what: string): string {
    const name = `${what} ${request?.reference ?? ''}`;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return `answer ${name} ${count}`;
  }

  #fieldsOf({ fields: asked, request }: Incoming, code: string, { change, what }: AnswerOptions) {
    const type = asked.get(0)!;
    // A repeat (…1) is answered like the original (…0): 0421 by 0430; 1804, of another origin, by 1814.
    const origin = type[3] === '4' ? '4' : '0';
    const fields = new Map<number, string>([[0, `${type.slice(0, 2)}${Number(type[2]) + 1}${origin}`]]);
    const { profile } = this.#context;
    const { referenceField, version } = profile;
    const named = version === '1993' ? 24 : 70;
    const copied = what === 'network' ? [...repeated, named] : [...repeated, referenceField];
    for (const number of copied) {
      const value = asked.get(number);
      if (value !== undefined) fields.set(number, value);
    }
    fields.set(39, codeOnTheWire(profile, code, what === 'network' || what === 'reversal' ? what : 'money'));
    const isDebit = request !== undefined && bearsCode.includes(what);
    if (isDebit && code === '00') fields.set(38, request.rrn.slice(-6));
    if (isDebit && profile.givesRrn) fields.set(37, ownRrn(request.rrn));
    for (const [number, value] of Object.entries(change ?? {}))
      if (value === null) fields.delete(Number(number));
      else fields.set(Number(number), value);
    return fields;
  }

  #shaped(
    fields: Map<number, string>,
    name: string,
    { what, by: before, isOwnAccord = false }: AnswerOptions,
  ) {
    const context = this.#context;
    let message: Outgoing = { fields, againAfterMs: [], damage: null, isSwapped: false };
    const by = [...before];
    for (const { name: shapeName, shape, isHarmless = false } of answerShapes) {
      const share = context.share(shapeName);
      if (share === 0 || (isOwnAccord && !isHarmless)) continue;
      const dice = context.dice(`${name} ${shapeName}`);
      const shaped = dice.chance(share) ? shape(message, { dice, layout: context.profile, what }) : undefined;
      if (shaped === undefined) continue;
      message = shaped;
      by.push(shapeName);
    }
    return { message, by };
  }

  /** Two answers of which one is to be swapped go out under each other's STAN and RRN; each still says whose it is. */
  #swapOrSend(message: Outgoing, send: (message: Outgoing) => void): void {
    if (!message.fields.has(this.#context.profile.referenceField)) {
      send(message);
      return;
    }
    const waiting = this.#waiting;
    if (waiting !== undefined) {
      this.#waiting = undefined;
      waiting.send(withKeysOf(waiting.message, message));
      send(withKeysOf(message, waiting.message));
      return;
    }
    if (!message.isSwapped) {
      send(message);
      return;
    }
    const mine = { message, send };
    this.#waiting = mine;
    this.#context.later(swapWaitMs, () => {
      if (this.#waiting !== mine) return;
      this.#waiting = undefined;
      send(message);
    });
  }

  #deliver(incoming: Incoming, message: Outgoing, { what, by, isOwnAccord }: AnswerOptions): void {
    const context = this.#context;
    const isOld = isOwnAccord === true || context.nowMs - incoming.atMs >= oldMs;
    const asked = context.connections.has(incoming.connection) ? incoming.connection : undefined;
    const connection = asked ?? (isOld ? this.#anyConnection() : undefined);
    const isSilent = context.mode === 'silent' && what !== 'network';
    this.#note(message.fields, by, connection !== undefined && !isSilent);
    if (connection === undefined || isSilent) return;
    const writes = context.wire.writes(message);
    if (message.damage === 'in-pieces') this.#writePieces(connection, writes);
    else
      for (const { bytes, afterMs, closes } of writes) {
        const write = (): void => {
          this.#write(connection, bytes);
          if (closes) context.close(connection);
        };
        if (afterMs === 0) write();
        else context.later(afterMs, write);
      }
    if (what !== 'network' && message.damage === null) this.#keep(writes[0]!.bytes);
  }

  /** Nothing else may come between the pieces of a message: it is written after the last of them. */
  #writePieces(id: number, pieces: readonly WireWrite[]): void {
    const connection = this.#context.connections.get(id);
    if (connection === undefined) return;
    const lastMs = pieces.at(-1)!.afterMs;
    const held = connection.held;
    if (held !== undefined) {
      held.push(...pieces.map(({ bytes }) => bytes));
      return;
    }
    connection.held = [];
    for (const { bytes, afterMs } of pieces)
      this.#context.later(afterMs, () => this.#writeNow(connection, bytes));
    this.#context.later(lastMs, () => {
      const after = connection.held ?? [];
      connection.held = undefined;
      for (const bytes of after) this.#writeNow(connection, bytes);
    });
  }

  #keep(bytes: Buffer): void {
    this.#kept.push(bytes);
    if (this.#kept.length > maxKept) this.#kept.shift();
  }

  #anyConnection(): number | undefined {
    return [...this.#context.connections.values()].findLast(({ isSignedOn }) => isSignedOn)?.id;
  }

  #write(id: number, bytes: Buffer): void {
    const connection = this.#context.connections.get(id);
    if (connection?.held !== undefined) connection.held.push(bytes);
    else if (connection !== undefined) this.#writeNow(connection, bytes);
  }

  #writeNow({ id }: Connection, bytes: Buffer): void {
    if (this.#context.connections.has(id)) this.#context.want({ kind: 'write', connection: id, bytes });
  }

  #note(fields: Fields, by: readonly string[], isWritten: boolean): void {
    const of = (number: number): string | null => fields.get(number) ?? null;
    this.#context.said.push({
      atMs: this.#context.nowMs,
      type: fields.get(0)!,
      responseCode: of(39),
      stan: of(11),
      rrn: of(37),
      reference: of(this.#context.profile.referenceField),
      by,
      isWritten,
    });
  }
}

/** Whose answers bear an authorisation code, if they approve, and the bank's own RRN. */
const bearsCode: readonly AnswerOptions['what'][] = ['debit', 'reservation', 'completion', 'inquiry'];

/** The bank's own RRN for a request: what bears one already keeps it. */
const ownRrn = (rrn: string): string => `U${rrn.slice(1)}`;

function withKeysOf(message: Outgoing, other: Outgoing): Outgoing {
  const fields = new Map(message.fields);
  for (const number of [11, 37]) {
    const value = other.fields.get(number);
    if (value === undefined) fields.delete(number);
    else fields.set(number, value);
  }
  return { ...message, fields };
}
