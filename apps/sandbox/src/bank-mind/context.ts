import type { BankProfile } from '@bivak/bank-profiles';
import { Agenda } from './agenda.ts';
import { type BookRecord, Books } from './books.ts';
import type { Lapse } from './lapse.ts';
import { type Dice, type DiceOf, seededDice } from './random.ts';
import type { RequestName } from './requests.ts';
import { type MindSetting, shareOf } from './settings.ts';
import { type Wire, wireOf } from './wire.ts';

/** `silent` decides and keeps its answers; `blocked` serves the merchant no more; `up` is what the mind makes of it. */
export type BankMode = 'up' | 'down' | 'silent' | 'blocked';

export interface MindConfig {
  bankId: string;
  profile: BankProfile;
  /** Of its messages' authentication codes. */
  macKey?: Buffer | undefined;
  terminals: readonly { terminalId: string; merchantId: string }[];
  setting: MindSetting;
  /** What the books held when the bank was ended. */
  records: readonly BookRecord[];
  nowMs: number;
}

/** What a bank has to be told. */
export type Input = { nowMs: number } & (
  | { kind: 'opened'; connection: number }
  | { kind: 'closed'; connection: number }
  | { kind: 'data'; connection: number; bytes: Buffer }
  /** An issuer's decision (DE 39); null if nobody knows it. */
  | { kind: 'authorised'; ask: number; responseCode: string | null }
  | { kind: 'undone'; ask: number; isDone: boolean }
  /** The merchant has telephoned: a clerk gives back what stands under this name. */
  | { kind: 'given-back-by-hand'; name: RequestName }
  /** Something is due. */
  | { kind: 'tick' }
);

/** What a bank wants done, in this order. */
export type Effect =
  | { kind: 'write'; connection: number; bytes: Buffer }
  | { kind: 'close'; connection: number }
  | {
      kind: 'authorise';
      ask: number;
      request: IssuerRequest & { pan: string; expiry: string; amountMinor: number };
    }
  | { kind: 'undo'; ask: number; request: IssuerRequest }
  /** To the disk, before what follows is done. */
  | { kind: 'record'; record: BookRecord };

/** What names a request at the issuers. */
export interface IssuerRequest {
  stan: string;
  rrn: string;
}

/** A message that the bank has sent, or would have. */
export interface Said {
  atMs: number;
  type: string;
  responseCode: string | null;
  stan: string | null;
  rrn: string | null;
  reference: string | null;
  /** The behaviours that made it what it is. */
  by: readonly string[];
  /** False if there was no connection to write it to, or the bank keeps silent. */
  isWritten: boolean;
}

export interface Connection {
  id: number;
  isSignedOn: boolean;
  /** The bank does things on it of its own accord. */
  hasTurns: boolean;
  arrived: Buffer;
  /** What waits until the pieces of a message are all written. */
  held: Buffer[] | undefined;
}

const dayMs = 86_400_000;
/** Midnight in Moscow: a business day ends there unless the bank ends it earlier. */
const cutOverMs = 21 * 3_600_000;

/** What the parts of one bank share: its time, its chances, its books, its connections, and what it wants done. */
export class MindContext {
  readonly bankId: string;
  readonly profile: BankProfile;
  readonly terminals: MindConfig['terminals'];
  readonly wire: Wire;
  readonly books: Books;
  readonly agenda = new Agenda();
  readonly connections = new Map<number, Connection>();
  readonly said: Said[] = [];
  setting: MindSetting;
  mode: BankMode = 'up';
  /** What a standby does not know. */
  lapse: Lapse | undefined;
  nowMs: number;
  #diceOf: DiceOf;
  readonly #effects: Effect[] = [];
  readonly #asks = new Map<number, (answer: string | boolean | null) => void>();
  #ask = 0;
  /** The last business day that was ended before its time. */
  #closedThrough = '';

  constructor({ bankId, profile, macKey, terminals, setting, records, nowMs }: MindConfig) {
    this.bankId = bankId;
    this.profile = profile;
    this.terminals = terminals;
    this.wire = wireOf(profile, macKey);
    this.setting = setting;
    this.nowMs = nowMs;
    this.#diceOf = seededDice(`${setting.seed} ${bankId}`);
    this.books = new Books(records, (record) => this.want({ kind: 'record', record }));
  }

  set(setting: MindSetting): void {
    this.setting = setting;
    this.#diceOf = seededDice(`${setting.seed} ${this.bankId}`);
  }

  dice(name: string): Dice {
    return this.#diceOf(name);
  }

  share(name: string): number {
    return shareOf(this.setting, name);
  }

  /** One of the units by weight, or none: what is missing to 1 is none's share. */
  choose<Unit extends { name: string }>(units: readonly Unit[], dice: Dice): Unit | undefined {
    const shares = units.map(({ name }) => this.share(name));
    const sum = shares.reduce((total, share) => total + share, 0);
    const resolution = 1_000_000_000;
    let left = (dice.between(0, resolution - 1) / resolution) * Math.max(1, sum);
    return units.find((_, index) => {
      left -= shares[index]!;
      return left < 0;
    });
  }

  want(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** What is wanted and was not handed over. */
  takeEffects(): Effect[] {
    return this.#effects.splice(0);
  }

  later(afterMs: number, run: () => void): void {
    this.agenda.add(this.nowMs + afterMs, run);
  }

  close(connection: number): void {
    if (this.connections.delete(connection)) this.want({ kind: 'close', connection });
  }

  authorise(
    request: IssuerRequest & { pan: string; expiry: string; amountMinor: number },
    then: (responseCode: string | null) => void,
  ): void {
    this.want({ kind: 'authorise', ask: this.#newAsk((answer) => then(answer as string | null)), request });
  }

  undo(request: IssuerRequest, then: (isDone: boolean) => void): void {
    this.want({ kind: 'undo', ask: this.#newAsk((answer) => then(answer as boolean)), request });
  }

  answered(ask: number, answer: string | boolean | null): void {
    const then = this.#asks.get(ask);
    this.#asks.delete(ask);
    then?.(answer);
  }

  #newAsk(then: (answer: string | boolean | null) => void): number {
    this.#asks.set(++this.#ask, then);
    return this.#ask;
  }

  businessDate(): string {
    const calendar = this.#calendarDate();
    return this.#closedThrough === calendar ? nextDate(calendar) : calendar;
  }

  /** Ends the business day now, unless it has run ahead of the calendar already. */
  cutOver(): void {
    this.#closedThrough = this.#calendarDate();
  }

  #calendarDate(): string {
    return new Date(this.nowMs + dayMs - cutOverMs).toISOString().slice(0, 10);
  }
}

const nextDate = (date: string): string => new Date(Date.parse(date) + dayMs).toISOString().slice(0, 10);
