import type { Fields } from '@bivak/iso8583';
import type { Answers } from './answers.ts';
import type { Connection, MindContext } from './context.ts';
import { codeOnTheWire, ownRequestOnTheWire } from './dialect.ts';
import { lapseFrom } from './lapse.ts';
import type { Dice } from './random.ts';
import type { BankRequest } from './requests.ts';
import { type OwnAct, ownBehaviours } from './session-behaviours.ts';

/** A request of the bank's own, and what was answered to it. */
export interface OwnRequest {
  type: string;
  stan: string;
  fields: Fields;
  by: string;
  sent: number;
  /** DE 39 of the answer; undefined while there is none. */
  answer: { type: string; responseCode: string | null } | undefined;
}

const turnEveryMs = 20_000;
const repeatEveryMs = 30_000;
const maxSent = 5;
const firstOwnStan = 900_001;

/** What a bank does of its own accord: requests, keep-alives, sign-offs, cut-overs, and worse. */
export class OwnActs {
  readonly requests: OwnRequest[] = [];
  readonly #context: MindContext;
  readonly #answers: Answers;
  #turns = 0;

  constructor(context: MindContext, answers: Answers) {
    this.#context = context;
    this.#answers = answers;
  }

  /** A connection is signed on: from now on things happen on it. */
  begin(connection: Connection): void {
    if (connection.hasTurns || ownBehaviours.every(({ name }) => this.#context.share(name) === 0)) return;
    connection.hasTurns = true;
    this.#context.later(turnEveryMs, () => this.#turn(connection));
  }

  /** The answer to a request of the bank's own: false if it answers none. */
  take(fields: Fields): boolean {
    const type = fields.get(0)!;
    const found = this.requests.findLast(
      ({ stan, fields: asked }) => stan === fields.get(11) && asked.get(0)!.slice(0, 2) === type.slice(0, 2),
    );
    if (found === undefined) return false;
    found.answer ??= { type, responseCode: fields.get(39) ?? null };
    return true;
  }

  /** Says by a 0420 of the bank's own that the merchant's reversal was itself undone. */
  announceReturn({ reference, rrn, stan, transmittedAt, terminalId, amountMinor }: BankRequest): void {
    const connection = [...this.#context.connections.values()].find(({ isSignedOn }) => isSignedOn);
    if (connection === undefined) return;
    const { referenceField } = this.#context.profile;
    this.#request(
      connection,
      '0420',
      {
        4: String(amountMinor).padStart(12, '0'),
        37: rrn,
        41: terminalId,
        49: '643',
        [referenceField]: reference,
        90: `0420${stan}${transmittedAt}${'0'.repeat(22)}`,
      },
      'reverses-the-reversal',
    );
  }

  #isOpen({ id }: Connection): boolean {
    return this.#context.connections.has(id);
  }

  #turn(connection: Connection): void {
    if (!this.#isOpen(connection)) return;
    const turn = ++this.#turns;
    const throws = this.#context.dice(`turn ${turn}`);
    for (const behaviour of ownBehaviours) {
      const isMet = throws.chance(this.#context.share(behaviour.name));
      if (!isMet || !this.#isOpen(connection)) continue;
      const dice = this.#context.dice(`turn ${turn} ${behaviour.name}`);
      this.#do(connection, behaviour.act(dice), behaviour.name, dice);
    }
    this.#context.later(turnEveryMs, () => this.#turn(connection));
  }

  #do(connection: Connection, act: OwnAct, by: string, dice: Dice): void {
    const context = this.#context;
    const { id } = connection;
    switch (act.do) {
      case 'keep-alive':
        for (let time = 0; time < act.times; time++)
          context.later(time * act.everyMs, () => this.#answers.sendBytes(id, context.wire.keepAlive));
        break;
      case 'request':
        this.#request(connection, act.type, { ...this.#fieldsOf(act.type, dice), ...act.fields }, by);
        break;
      case 'cut-over':
        context.cutOver();
        this.#request(connection, '0800', { 70: '201' }, by);
        break;
      case 'sign-off':
        this.#request(connection, '0800', { 70: '002' }, by);
        connection.isSignedOn = false;
        break;
      case 'fail-over':
        context.lapse = lapseFrom(context.nowMs);
        for (const open of [...context.connections.keys()]) context.close(open);
        break;
      case 'close':
        context.close(id);
        break;
      case 'repeat-old-answer':
        this.#answers.repeatOld(id, (kept) => (kept.length === 0 ? undefined : dice.pick(kept)));
        break;
      default:
        this.#misbehave(id, act.do, by, dice);
    }
  }

  #misbehave(id: number, what: 'unreadable' | 'garbage' | 'answer-nobody', by: string, dice: Dice): void {
    const nobody = this.#answerToNobody(dice);
    if (what === 'answer-nobody') this.#answers.sendOwn(id, nobody, [by]);
    else if (what === 'garbage') this.#answers.sendBytes(id, Buffer.from('HTTP/1.0 400 Bad Request\r\n\r\n'));
    else {
      const outgoing = { fields: nobody, againAfterMs: [], damage: 'unreadable', isSwapped: false } as const;
      for (const { bytes } of this.#context.wire.writes(outgoing)) this.#answers.sendBytes(id, bytes);
    }
  }

  #answerToNobody(dice: Dice): Map<number, string> {
    const { profile, terminals } = this.#context;
    const { version } = profile;
    return new Map([
      [0, version === '1993' ? '1210' : '0210'],
      [4, '000000010000'],
      [11, String(dice.between(1, 999_999)).padStart(6, '0')],
      [37, String(dice.between(1, 999_999_999)).padStart(12, '0')],
      [38, '123456'],
      [39, codeOnTheWire(profile, '00', 'money')],
      [41, terminals[0]?.terminalId ?? 'NOBODY'],
      [49, '643'],
      [profile.referenceField, `till-9-${String(dice.between(1, 999_999)).padStart(6, '0')}`],
    ]);
  }

  /** A reversal of the bank's own is about a debit that nobody has made. */
  #fieldsOf(type: string, dice: Dice): Record<number, string> {
    if (type !== '0420') return {};
    const fields = this.#answerToNobody(dice);
    const original = `0200${fields.get(11)}${this.#transmittedAt()}${'0'.repeat(22)}`;
    const { referenceField } = this.#context.profile;
    const kept = [4, 37, 41, 49, referenceField].map((number) => [number, fields.get(number)!] as const);
    return { ...Object.fromEntries(kept), 90: original };
  }

  #transmittedAt(): string {
    return new Date(this.#context.nowMs).toISOString().replaceAll(/\D/g, '').slice(4, 14);
  }

  #request(connection: Connection, type: string, change: Readonly<Record<number, string>>, by: string): void {
    const stan = String(firstOwnStan + this.requests.length).slice(-6);
    const as87 = new Map<number, string>([
      [0, type],
      [7, this.#transmittedAt()],
      [11, stan],
    ]);
    for (const [number, value] of Object.entries(change)) as87.set(Number(number), value);
    const fields = ownRequestOnTheWire(this.#context.profile, as87);
    const request: OwnRequest = { type, stan, fields, by, sent: 0, answer: undefined };
    this.requests.push(request);
    this.#send(connection, request);
  }

  /** Sends it, and again as a repeat while there is no answer; network messages are sent once. */
  #send(connection: Connection, request: OwnRequest): void {
    if (request.answer !== undefined || request.sent >= maxSent || !this.#isOpen(connection)) return;
    const first = request.fields.get(0)!;
    const type = request.sent === 0 ? first : `${first.slice(0, 3)}1`;
    request.sent++;
    this.#answers.sendOwn(connection.id, new Map([...request.fields, [0, type]]), [request.by]);
    if (request.type !== '0800') this.#context.later(repeatEveryMs, () => this.#send(connection, request));
  }
}
