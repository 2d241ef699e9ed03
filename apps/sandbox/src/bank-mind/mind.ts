import type { Fields } from '@bivak/iso8583';
import { Answers, type Incoming } from './answers.ts';
import type { Booked } from './books.ts';
import { formatError, issuerUnreachable } from './codes.ts';
import {
  type BankMode,
  type Connection,
  type Effect,
  type Input,
  type MindConfig,
  MindContext,
  type Said,
} from './context.ts';
import { type DayFileLine, dayFile } from './day-file.ts';
import { notAuthentic } from './dialect.ts';
import { Money } from './money.ts';
import { OwnActs, type OwnRequest } from './own-acts.ts';
import { kindOf, readRequest } from './requests.ts';
import { handshakeBehaviours, signOnBehaviours } from './session-behaviours.ts';
import type { MindSetting } from './settings.ts';

/** DE 70, or DE 24 of 1993, as this bank knows them. */
const networkCodes = {
  '1987': { signOn: '001', signOff: '002', echo: '301' },
  '1993': { signOn: '801', signOff: '802', echo: '831' },
} as const;
const lateSignOnMs = 5_000;

/** A message that has no answer: the connection is closed. */
class ProtocolBreach extends Error {}

/**
 * A bank with a mind of its own: a simulated acquirer that does with each message what its setting and its seed make of it,
 * and keeps books that say what has really moved. What real banks do wrong, and this one may:
 *
 * - codes of other tables, with and without having debited; approvals by other codes; authorisation codes that are blank, of
 *   zeros, missing, or beside a decline; approvals for a part of the sum, in six notations
 * - a debit made later than its answer; after 25 or 00 to its reversal; after 91, 96, 51 or 09, with 00 seconds or hours
 *   later; 94 to a debit that a gateway sent twice; a queue that is worked off hours later
 * - reversals answered by anything else, by nothing, late, for ever; with 25 after a cut-over or on a standby that does not
 *   know the last minute; done later than they are confirmed; reversed themselves
 * - refunds that are made and not answered, made late, refused
 * - completions lost, kept, declined, made later than they are declined; inquiries denied; authentication codes wrong or missing
 * - answers doubled at once or hours later, swapped, cut off in the middle, in pieces, unreadable, with blanks where digits
 *   belong, with another sum, currency, reference, message type, RRN or STAN, with less than was asked, with more
 * - frames of length 0, also every half second; requests of its own (echo, sign-on, key exchange, cut-over, sign-off,
 *   reversal, text, reconciliation, file action), repeated until they are answered; answers to nobody; old answers once more;
 *   well-framed messages that no profile can read; bytes that are no frame; connections closed whenever it likes
 * - sign-ons that are refused, ignored, answered late or by a closed connection
 * - one card that it refuses for ever, one issuer that it cannot reach for ever
 *
 * It is a machine: the same setting, books and inputs give the same effects. It reads no clock, throws no dice but the
 * seed's, and does nothing itself: what it wants is in the effects, to be done in their order.
 */
export class BankMind {
  readonly #context: MindContext;
  readonly #answers: Answers;
  readonly #money: Money;
  readonly #ownActs: OwnActs;
  #signOns = 0;
  #handshakes = 0;

  constructor(config: MindConfig) {
    this.#context = new MindContext(config);
    this.#answers = new Answers(this.#context);
    this.#ownActs = new OwnActs(this.#context, this.#answers);
    this.#money = new Money(this.#context, this.#answers, (debit) => this.#ownActs.announceReturn(debit));
  }

  /** What it wants done about something that has happened. */
  handle(input: Input): Effect[] {
    this.#context.nowMs = input.nowMs;
    for (let due = this.#nextDue(); due !== undefined; due = this.#nextDue()) due();
    this.#take(input);
    for (let due = this.#nextDue(); due !== undefined; due = this.#nextDue()) due();
    return this.#context.takeEffects();
  }

  /** When it wants to be woken by a tick; null: not before something else happens. */
  nextDueMs(): number | null {
    return this.#context.agenda.nextMs();
  }

  /** Another mind from now on; what it has begun goes on as it was begun. */
  set(setting: MindSetting): void {
    this.#context.set(setting);
    for (const connection of this.#context.connections.values())
      if (connection.isSignedOn) this.#ownActs.begin(connection);
  }

  setting(): MindSetting {
    return this.#context.setting;
  }

  setMode(mode: BankMode): void {
    this.#context.mode = mode;
  }

  mode(): BankMode {
    return this.#context.mode;
  }

  /** Whether the next TLS handshake is broken off. */
  cutsHandshake(): boolean {
    const dice = this.#context.dice(`handshake ${++this.#handshakes}`);
    return this.#context.choose(handshakeBehaviours, dice) !== undefined;
  }

  /** The books: what has really become of everything. */
  books(): readonly Booked[] {
    return this.#context.books.list();
  }

  dayFile(businessDate?: string): DayFileLine[] {
    return dayFile(this.books(), businessDate);
  }

  businessDate(): string {
    return this.#context.businessDate();
  }

  /** Everything that it has said on the wire, or kept to itself. */
  said(): readonly Said[] {
    return this.#context.said;
  }

  /** Its own requests and how they were answered. */
  ownRequests(): readonly OwnRequest[] {
    return this.#ownActs.requests;
  }

  #nextDue(): (() => void) | undefined {
    return this.#context.agenda.take(this.#context.nowMs);
  }

  #take(input: Input): void {
    const { connections } = this.#context;
    switch (input.kind) {
      case 'opened': {
        const { connection: id } = input;
        connections.set(id, {
          id,
          isSignedOn: false,
          hasTurns: false,
          arrived: Buffer.alloc(0),
          held: undefined,
        });
        break;
      }
      case 'closed':
        connections.delete(input.connection);
        break;
      case 'data':
        this.#data(input.connection, input.bytes);
        break;
      case 'authorised':
        this.#context.answered(input.ask, input.responseCode);
        break;
      case 'undone':
        this.#context.answered(input.ask, input.isDone);
        break;
      case 'given-back-by-hand':
        this.#money.giveBackByHand(input.name);
        break;
      case 'tick':
        break;
    }
  }

  #data(id: number, bytes: Buffer): void {
    const connection = this.#context.connections.get(id);
    if (connection === undefined) return;
    try {
      const arrived = Buffer.concat([connection.arrived, bytes]);
      const { messages, rest } = this.#context.wire.split(arrived);
      connection.arrived = rest;
      for (const message of messages) if (message.length > 0) this.#message(connection, message);
    } catch {
      this.#context.close(id); // no message that this bank takes
    }
  }

  #message(connection: Connection, bytes: Buffer): void {
    const { profile, wire, nowMs, connections } = this.#context;
    if (!connections.has(connection.id)) return;
    const read = wire.read(bytes);
    if (read === undefined) return;
    const { fields } = read;
    const type = fields.get(0)!;
    const incoming: Incoming = { connection: connection.id, fields, atMs: nowMs, request: undefined };
    const isNetwork = type === (profile.version === '1993' ? '1804' : '0800');
    const kind = kindOf(profile, type);
    if (!read.isAuthentic && (isNetwork || kind !== undefined)) {
      this.#answers.answer(incoming, notAuthentic, { what: kind ?? 'network', by: [] });
      return;
    }
    if (isNetwork) {
      this.#network(connection, incoming);
      return;
    }
    if (isResponse(type) && this.#ownActs.take(fields)) return;
    if (kind === undefined) throw new ProtocolBreach(`message type ${type} is not known here`);
    if (!connection.isSignedOn) throw new ProtocolBreach(`message type ${type} before a sign-on`);
    this.#money.take({ ...incoming, request: readRequest(profile, fields) }, kind);
  }

  #network(connection: Connection, incoming: Incoming): void {
    const { fields }: { fields: Fields } = incoming;
    const { signOn, signOff, echo } = networkCodes[this.#context.profile.version];
    const code = fields.get(this.#context.profile.version === '1993' ? 24 : 70);
    const say = (responseCode: string, by: readonly string[] = []): void => {
      this.#answers.answer(incoming, responseCode, { what: 'network', by });
    };
    const isKnown = code === signOn || code === signOff || code === echo;
    if (!isKnown || fields.get(11) === undefined) say(formatError);
    else if (code === signOn) this.#signOn(connection, say);
    else {
      if (code === signOff) connection.isSignedOn = false;
      say('00');
    }
  }

  #signOn(connection: Connection, say: (responseCode: string, by?: readonly string[]) => void): void {
    const dice = this.#context.dice(`sign-on ${++this.#signOns}`);
    const chosen = this.#context.choose(signOnBehaviours, dice);
    const accept = (): void => {
      connection.isSignedOn = true;
      this.#ownActs.begin(connection);
      say('00', chosen === undefined ? [] : [chosen.name]);
    };
    if (chosen === undefined) accept();
    else if (chosen.fault === 'late') this.#context.later(lateSignOnMs, accept);
    else if (chosen.fault === 'refuse') say(dice.pick([issuerUnreachable, '96']), [chosen.name]);
    else if (chosen.fault === 'close') this.#context.close(connection.id);
  }
}

const isResponse = (type: string): boolean => ['1', '3'].includes(type[2]!);
