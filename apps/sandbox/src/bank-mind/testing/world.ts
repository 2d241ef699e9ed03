import { type BankProfile, bankProfile, debitType } from '@bivak/bank-profiles';
import {
  compileSpec,
  type Fields,
  frame,
  isAuthentic,
  packAuthenticated,
  packOriginalData,
  packOriginalData93,
  withoutTpdu,
  withTpdu,
} from '@bivak/iso8583';
import { authenticator } from '@bivak/mac';
import type { BookRecord } from '../books.ts';
import type { Effect, Input } from '../context.ts';
import { BankMind } from '../mind.ts';
import { mindSetting } from '../settings.ts';

/** Public test number (EMVCo's sample card). */
export const testPan = '4761739001010119';
export const startMs = Date.parse('2026-11-24T09:00:00Z');
export const transmittedAt = '1124090000';
export const localTime = '261124110000';
const macKey = Buffer.alloc(16, 7);

/** Issuers with accounts, whose answers a test lets out, holds back or loses. */
export class TestIssuers {
  readonly balances = new Map<string, number>();
  answers: 'at-once' | 'lost-after-debit' | 'out-of-reach' | 'held' = 'at-once';
  readonly #debits = new Map<string, { pan: string; amountMinor: number }>();
  readonly #undone = new Set<string>();

  /** What the card has paid, by the issuers' own books. */
  paidMinor(): number {
    return [...this.#debits.values()].reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  }

  authorise({
    stan,
    rrn,
    pan,
    amountMinor,
  }: Extract<Effect, { kind: 'authorise' }>['request']): string | null {
    const name = `${stan} ${rrn}`;
    if (this.answers === 'out-of-reach') return null;
    if (this.#undone.has(name)) return '94';
    const left = this.balances.get(pan) ?? 100_000_000;
    const code = left >= amountMinor ? '00' : '51';
    if (code === '00' && !this.#debits.has(name)) {
      this.balances.set(pan, left - amountMinor);
      this.#debits.set(name, { pan, amountMinor });
    }
    return this.answers === 'lost-after-debit' ? null : code;
  }

  undo({ stan, rrn }: { stan: string; rrn: string }): boolean {
    const name = `${stan} ${rrn}`;
    if (this.answers === 'out-of-reach') return false;
    const found = this.#debits.get(name);
    this.#debits.delete(name);
    this.#undone.add(name);
    if (found !== undefined)
      this.balances.set(found.pan, (this.balances.get(found.pan) ?? 0) + found.amountMinor);
    return true;
  }
}

/** What came out of a connection: a message, a frame of length 0, or bytes that are neither. */
export interface Heard {
  atMs: number;
  fields: Map<number, string> | undefined;
  kind: 'message' | 'keep-alive' | 'unreadable' | 'rest';
  bytes: Buffer;
}

/** One bank, its issuers, a clock that a test moves, and wires on which everything is bytes. */
export class MindWorld {
  readonly profile: BankProfile;
  readonly issuers = new TestIssuers();
  readonly records: BookRecord[] = [];
  mind: BankMind;
  nowMs = startMs;
  readonly closed = new Set<number>();
  readonly #setting: unknown;
  readonly #codec;
  readonly #streams = new Map<number, { atMs: number; bytes: Buffer }[]>();
  readonly #held: (() => void)[] = [];
  #connection = 0;

  constructor(setting: object = {}, profile = 'north') {
    this.profile = bankProfile(profile);
    this.#codec = compileSpec(this.profile.spec);
    this.#setting = { latencyMs: { min: 0, max: 0 }, ...setting };
    this.mind = this.#newMind();
  }

  /** The bank's plug is pulled: what is not in its books is gone. */
  restart(): void {
    for (const connection of this.#streams.keys()) this.closed.add(connection);
    this.#held.length = 0;
    this.mind = this.#newMind();
    this.#input({ kind: 'tick' });
  }

  #newMind(): BankMind {
    return new BankMind({
      bankId: 'north',
      profile: this.profile,
      macKey,
      terminals: [{ terminalId: 'TERM0001', merchantId: 'MERCHANT0000001' }],
      setting: mindSetting.parse(this.#setting),
      records: structuredClone(this.records),
      nowMs: this.nowMs,
    });
  }

  connect(): number {
    const connection = ++this.#connection;
    this.#streams.set(connection, []);
    this.#input({ kind: 'opened', connection });
    return connection;
  }

  /** A connection that is signed on. */
  signOn(): number {
    const connection = this.connect();
    const is93 = this.profile.version === '1993';
    this.send(connection, [
      [0, is93 ? '1804' : '0800'],
      [7, transmittedAt],
      [11, '000001'],
      is93 ? [24, '801'] : [70, '001'],
    ]);
    return connection;
  }

  isOpen(connection: number): boolean {
    return !this.closed.has(connection);
  }

  send(connection: number, fields: Iterable<readonly [number, string]>): void {
    this.sendBytes(connection, this.framedMessage(new Map(fields)));
  }

  /** A message as a host frames it. */
  framedMessage(fields: Fields): Buffer {
    const { header, tpdu, mac } = this.profile;
    const bytes =
      mac === undefined
        ? this.#codec.pack(fields)
        : packAuthenticated(this.#codec, fields, authenticator(mac, macKey));
    return frame(header, tpdu === undefined ? bytes : withTpdu(tpdu, bytes));
  }

  /** Whether the last message that was heard bears the code that belongs to it. */
  isLastAuthentic(connection: number): boolean {
    const { bytes, fields } = this.heard(connection).at(-1)!;
    return isAuthentic(bytes, fields!, authenticator(this.profile.mac!, macKey));
  }

  sendBytes(connection: number, bytes: Buffer): void {
    this.#input({ kind: 'data', connection, bytes });
  }

  hangUp(connection: number): void {
    this.closed.add(connection);
    this.#input({ kind: 'closed', connection });
  }

  /** Lets time pass, and everything happen that falls due, each at its own time. */
  pass(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    for (;;) {
      const dueMs = this.mind.nextDueMs();
      if (dueMs === null || dueMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, dueMs);
      this.#input({ kind: 'tick' });
    }
    this.nowMs = endMs;
    this.#input({ kind: 'tick' });
  }

  /** Lets out the answers which the issuers have held back. */
  release(): void {
    for (const answer of this.#held.splice(0)) answer();
  }

  /** Everything that was heard on a connection, from its bytes. */
  heard(connection: number): Heard[] {
    const heard: Heard[] = [];
    let rest = Buffer.alloc(0);
    let atMs = 0;
    for (const chunk of this.#streams.get(connection) ?? []) {
      atMs = chunk.atMs;
      rest = Buffer.concat([rest, chunk.bytes]);
      for (;;) {
        const size = this.#frameSize(rest);
        if (size === undefined || rest.length < size) break;
        heard.push(this.#read(rest.subarray(0, size), atMs));
        rest = rest.subarray(size);
      }
    }
    if (rest.length > 0) heard.push({ atMs, fields: undefined, kind: 'rest', bytes: rest });
    return heard;
  }

  /** The messages that were heard and are not about the session. */
  answers(connection: number): Map<number, string>[] {
    return this.heard(connection).flatMap(({ fields }) =>
      fields === undefined || fields.get(0)![1] === '8' ? [] : [fields],
    );
  }

  codes(connection: number): (string | undefined)[] {
    return this.answers(connection).map((fields) => fields.get(39));
  }

  kinds(): string[] {
    return this.mind.books().map(({ kind }) => kind);
  }

  /** What the card has paid, by the day file. */
  netMinor(): number {
    return this.mind
      .dayFile()
      .reduce((sum, { kind, amountMinor }) => sum + (kind === 'debit' ? amountMinor : -amountMinor), 0);
  }

  #frameSize(bytes: Buffer): number | undefined {
    const isBinary = this.profile.header === 'binary-2';
    const prefix = isBinary ? 2 : 4;
    if (bytes.length < prefix) return undefined;
    return prefix + (isBinary ? bytes.readUInt16BE() : Number(bytes.toString('latin1', 0, 4)));
  }

  #read(framed: Buffer, atMs: number): Heard {
    const inner = framed.subarray(this.profile.header === 'binary-2' ? 2 : 4);
    const bytes = this.profile.tpdu === undefined ? inner : (withoutTpdu(inner) ?? inner);
    if (bytes.length === 0) return { atMs, fields: undefined, kind: 'keep-alive', bytes };
    const unpacked = this.#codec.unpack(bytes);
    return unpacked.ok
      ? { atMs, fields: unpacked.fields, kind: 'message', bytes }
      : { atMs, fields: undefined, kind: 'unreadable', bytes };
  }

  #input(
    input: Input extends infer One ? (One extends { nowMs: number } ? Omit<One, 'nowMs'> : never) : never,
  ) {
    for (const effect of this.mind.handle({ ...input, nowMs: this.nowMs } as Input)) this.#do(effect);
  }

  #do(effect: Effect): void {
    if (effect.kind === 'write') {
      const { connection, bytes } = effect;
      if (this.isOpen(connection)) this.#streams.get(connection)!.push({ atMs: this.nowMs, bytes });
    } else if (effect.kind === 'close') this.closed.add(effect.connection);
    else if (effect.kind === 'record') this.records.push(structuredClone(effect.record));
    else if (this.issuers.answers === 'held') this.#held.push(() => this.#ask(effect));
    else this.#ask(effect);
  }

  #ask(effect: Extract<Effect, { kind: 'authorise' | 'undo' }>): void {
    const { ask } = effect;
    if (effect.kind === 'undo')
      this.#input({ kind: 'undone', ask, isDone: this.issuers.undo(effect.request) });
    else this.#input({ kind: 'authorised', ask, responseCode: this.issuers.authorise(effect.request) });
  }
}

/** A message about money as a host sends it; `change` null takes a field away. */
export function moneyMessage(
  profile: BankProfile,
  type: string,
  change: Readonly<Record<number, string | null>> = {},
): Fields {
  const stan = change[11] ?? '000001';
  const is93 = profile.version === '1993';
  const isDebit = type[1] === '2' || type[1] === '1';
  const isReversal = type[1] === '4';
  const { reason } = profile.reversal;
  const fields: Record<number, string | null> = {
    0: type,
    2: testPan,
    3: type[1] === '6' ? (profile.inquiry?.processingCode ?? '') : '000000',
    4: '000000040000',
    7: transmittedAt,
    ...(is93
      ? { 12: localTime, 22: 'M10101M00146', 24: '200', 26: '5812' }
      : { 12: '110000', 13: '1124', 18: '5812', 22: '071' }),
    14: '4912',
    25: profile.conditionCode.deferred,
    37: `000000${stan}`,
    41: 'TERM0001',
    42: 'MERCHANT0000001',
    49: '643',
    [profile.referenceField]: 'till-1-000001',
    ...(isDebit ? { [profile.indicator.field]: profile.indicator.deferred } : {}),
    ...(isReversal ? { [reason.field]: reason.codes['no-answer'] } : {}),
    ...originalFields(profile, type, stan),
    ...change,
    11: change[11] ?? stan,
  };
  return new Map(
    Object.entries(fields).flatMap(([number, value]) => (value === null ? [] : [[Number(number), value]])),
  );
}

/** What a reversal, an inquiry, or the completion of a reservation names. */
function originalFields(profile: BankProfile, type: string, stan: string): Record<number, string> {
  const isCompletion = type[2] === '2' && profile.debit.deferred === 'reserve';
  if (type[1] !== '4' && type[1] !== '6' && !isCompletion) return {};
  const messageType = debitType(profile, profile.debit.deferred);
  if (profile.version === '1993') return { 56: packOriginalData93({ messageType, stan, localTime }) };
  return { 90: packOriginalData({ messageType, stan, transmittedAt }) };
}
