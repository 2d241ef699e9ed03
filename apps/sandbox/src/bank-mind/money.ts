import { maskPan } from '@bivak/card';
import type { Answers, Incoming } from './answers.ts';
import type { Booked, Entry } from './books.ts';
import {
  approved,
  duplicate,
  formatError,
  issuerUnreachable,
  noSuchTerminal,
  notServed,
  notValid,
  recordNotFound,
} from './codes.ts';
import type { IssuerRequest, MindContext } from './context.ts';
import { isRepeat, OpenRequests } from './open-requests.ts';
import type { Act, AnswerAct, Plan, Step } from './plan.ts';
import { decided } from './plan.ts';
import { type BankRequest, nameOf, type RequestKind, type RequestName } from './requests.ts';
import { becameOf, completeReserved, Lapses, saidOf } from './reservations.ts';
import { Treatments } from './treatments.ts';
import { Turns } from './turns.ts';

/** A debit, or a reservation, as long as the bank is up. */
interface Case {
  debit: Asked;
  /** The advice that debits what was reserved, once it came. */
  completion?: Asked;
  /** What goes on about it. */
  scripts: Set<Script>;
  atReversal: readonly Step[] | undefined;
}

type Asked = Incoming & { request: BankRequest };

/** A plan that is being carried out. */
interface Script {
  asked: Asked;
  /** The debit that it is about; a reversal may name one that nobody knows. */
  of: Case | undefined;
  /** The name under which it is decided: the debit's. */
  name: RequestName;
  steps: Step[];
  by: readonly string[];
  /** What has become of it (DE 39). */
  result: string;
}

/** The last is for whoever lost the one before it. */
const tellAgainMs = [60_000, 600_000, 600_000];
const nobodyThereMs = 10_000;

/** What announces, with a message of the bank's own, that a debit stands again. */
export type AnnounceReturn = (debit: BankRequest) => void;

/** Decides debits, reversals and refunds, keeps the books, and carries out what the mind makes of each. */
export class Money {
  readonly #context: MindContext;
  readonly #answers: Answers;
  readonly #announceReturn: AnnounceReturn;
  readonly #treatments: Treatments;
  readonly #turns = new Turns();
  readonly #lapses: Lapses;
  readonly #open: OpenRequests;
  readonly #cases = new Map<string, Case>();

  constructor(context: MindContext, answers: Answers, announceReturn: AnnounceReturn) {
    this.#context = context;
    this.#answers = answers;
    this.#announceReturn = announceReturn;
    this.#treatments = new Treatments(context);
    for (const name of context.books.held()) this.#post(nameOf(name));
    this.#lapses = new Lapses(context, this.#turns, (name) => this.#issuerName(name));
    this.#open = new OpenRequests(context, this.#turns, (name) => this.#issuerName(name));
  }

  /** Takes a message about money; undefined as its request if nobody could make sense of it. */
  take(incoming: Incoming, kind: RequestKind): void {
    const { request } = incoming;
    if (request === undefined) {
      this.#answers.answer(incoming, formatError, { what: kind, by: [] });
      return;
    }
    const asked = { ...incoming, request };
    // What is about a debit waits for it: the original data have that one's STAN.
    const name = isAboutAnother(request) ? this.#originalName(request) : request;
    this.#turns.take(nameOf(name), (done) => {
      if (request.what === 'debit' || request.what === 'reservation') this.#decideDebit(asked);
      else if (request.what === 'completion') this.#decideCompletion(asked, name);
      else if (request.what === 'inquiry') this.#decideInquiry(asked, name);
      else if (request.what === 'refund') this.#decideRefund(asked);
      else this.#decideReversal(asked, name);
      done();
    });
  }

  /** A clerk of the bank gives back what stands under a name; what was still to be debited under it is not. */
  giveBackByHand(name: RequestName): void {
    const key = nameOf(name);
    const { books } = this.#context;
    this.#turns.take(key, (done) => {
      const found = this.#cases.get(key);
      if (found !== undefined) this.#cancel(found);
      this.#post(key);
      const { decided: debit, netMinor, reserved } = books.standingOf(key);
      if (debit === undefined || (netMinor <= 0 && reserved === undefined)) {
        done();
        return;
      }
      this.#context.undo(this.#issuerName(name), (isDone) => {
        const businessDate = this.#context.businessDate();
        const moved = netMinor > 0 ? { kind: 'reversal', amountMinor: netMinor } : { kind: 'release' };
        if (isDone) books.book({ ...debit, ...moved, at: this.#at(), businessDate } as Booked);
        done();
      });
    });
  }

  /** Undefined if the merchant and the terminal are ours and served; else the refusal. */
  #refusalOf({ terminalId, merchantId }: BankRequest): string | undefined {
    const ofMerchant = this.#context.terminals.filter((terminal) => terminal.merchantId === merchantId);
    if (ofMerchant.length === 0) return notServed;
    return ofMerchant.some((terminal) => terminal.terminalId === terminalId) ? undefined : noSuchTerminal;
  }

  #decideDebit(asked: Asked): void {
    const { request } = asked;
    const name = nameOf(request);
    const code = this.#refusalOf(request) ?? this.#decidedBefore(request, name);
    const refusal = code ?? (this.#context.mode === 'blocked' ? notServed : undefined);
    if (refusal !== undefined) {
      this.#refuse(asked, refusal);
      return;
    }
    const treatment = this.#treatments.ofDebit(request);
    const { plan } = treatment;
    const found: Case = { debit: asked, scripts: new Set(), atReversal: plan.atReversal };
    this.#cases.set(name, found);
    this.#begin(asked, found, request, treatment, issuerUnreachable);
  }

  /** What is answered to a debit under a name that was used; undefined for a new one. */
  #decidedBefore(request: BankRequest, name: string): string | undefined {
    const { books } = this.#context;
    const standing = books.standingOf(name);
    const before = standing.decided ?? standing.held;
    if (before !== undefined) return isRepeat(before, request) ? saidOf(before) : duplicate;
    // An advice that is told again is taken up again, when what was asked for it has been undone at the issuer.
    const isTakenUp = standing.state === 'given-up' && request.isRepeat;
    if (standing.state !== 'never-seen' && !isTakenUp) return issuerUnreachable;
    // A request that arrives after its own reversal is refused: the merchant has already gone elsewhere.
    if (books.isReversed(name, request.transmittedAt)) return duplicate;
    return this.#cases.get(name)?.scripts.size ? issuerUnreachable : undefined;
  }

  #decideCompletion(asked: Asked, name: RequestName): void {
    const { request } = asked;
    const refusal = this.#refusalOf(request);
    if (refusal !== undefined) {
      this.#refuse(asked, refusal);
      return;
    }
    const found = this.#cases.get(nameOf(name));
    if (found !== undefined) found.completion = asked;
    this.#begin(asked, found, name, this.#treatments.ofCompletion(request), recordNotFound);
  }

  #decideInquiry(asked: Asked, name: RequestName): void {
    const { request } = asked;
    const refusal = this.#refusalOf(request);
    if (refusal === undefined)
      this.#begin(asked, undefined, name, this.#treatments.ofInquiry(request), recordNotFound);
    else this.#refuse(asked, refusal);
  }

  #decideReversal(asked: Asked, name: RequestName): void {
    const { request } = asked;
    const { decided: before, transmittedAt } = this.#context.books.standingOf(nameOf(name));
    const isNamed = transmittedAt === request.original!.transmittedAt;
    const isGiven = before?.kind === 'debit' || before?.kind === 'reservation';
    const isWrongSum = isNamed && isGiven && before.requestedMinor !== request.amountMinor;
    const refusal = this.#refusalOf(request) ?? (isWrongSum ? formatError : undefined);
    if (refusal !== undefined) {
      this.#refuse(asked, refusal);
      return;
    }
    const found = this.#cases.get(nameOf(name));
    if (found?.atReversal !== undefined) {
      const steps = found.atReversal;
      found.atReversal = undefined;
      const { by } = [...found.scripts][0] ?? { by: [] };
      this.#cancel(found);
      this.#begin(asked, found, name, { plan: { steps }, by }, approved);
    } else this.#begin(asked, found, name, this.#treatments.ofReversal(request, name), approved);
  }

  #decideRefund(asked: Asked): void {
    const { request } = asked;
    const before = this.#context.books.refundNamed(nameOf(request));
    const refusal = this.#refusalOf(request) ?? before?.responseCode;
    if (refusal !== undefined) {
      this.#refuse(asked, refusal);
      return;
    }
    this.#begin(asked, undefined, request, this.#treatments.ofRefund(request), notValid);
  }

  #refuse(asked: Asked, code: string): void {
    this.#answers.answer(asked, code, { what: asked.request.what, by: [] });
  }

  #begin(
    asked: Asked,
    of: Case | undefined,
    name: RequestName,
    { plan, by }: { plan: Plan; by: readonly string[] },
    result: string,
  ): void {
    const { stan, rrn, terminalId } = name;
    const script: Script = { asked, of, name: { stan, rrn, terminalId }, steps: [...plan.steps], by, result };
    of?.scripts.add(script);
    this.#next(script);
  }

  #next(script: Script): void {
    const step = script.steps[0];
    if (step === undefined) script.of?.scripts.delete(script);
    else if (step.afterMs === 0) this.#run(script);
    else
      this.#context.later(step.afterMs, () => {
        // It may have been cancelled meanwhile.
        if (script.steps[0] === step) this.#run(script);
      });
  }

  #run(script: Script): void {
    const act: Act = script.steps.shift()!;
    const goOn = (): void => this.#next(script);
    if (act.do === 'answer') this.#answer(script, act);
    if (act.do === 'tell') this.#tell(script, 0);
    if (act.do === 'close') this.#context.close(script.asked.connection);
    if (act.do === 'announce-return' && script.of !== undefined && this.#netOf(script) > 0)
      this.#announceReturn(script.of.debit.request);
    if (act.do === 'debit') this.#debit(script, act, goOn);
    else if (act.do === 'complete') this.#complete(script, goOn);
    else if (act.do === 'look') this.#look(script, goOn);
    else if (act.do === 'undo') this.#undo(script, goOn);
    else if (act.do === 'refund') this.#refund(script, goOn);
    else goOn();
  }

  /** What was still to be debited is not; what is only still to be said is said. */
  #cancel(found: Case): void {
    for (const script of found.scripts)
      if (script.steps.some((step) => step.do === 'debit' || step.do === 'complete')) {
        script.steps = [];
        found.scripts.delete(script);
      }
  }

  #netOf({ name }: Script): number {
    return this.#context.books.standingOf(nameOf(name)).netMinor;
  }

  #hasDebit({ name }: Script): boolean {
    const { netMinor, state, reserved } = this.#context.books.standingOf(nameOf(name));
    return netMinor > 0 || state === 'held' || reserved !== undefined;
  }

  #answer(script: Script, { to, code, onlyIfDebited = false, change }: AnswerAct): void {
    const asked = to === 'own' ? script.asked : (script.of?.debit ?? script.asked);
    const isAsDecided = code === decided || (onlyIfDebited && !this.#hasDebit(script));
    this.#answers.answer(asked, isAsDecided ? script.result : code, {
      what: asked.request.what,
      by: script.by,
      ...(change === undefined || isAsDecided ? {} : { change }),
    });
  }

  /**
   * Says 00 for the debit, three times in all. Only what goes out on a connection that is still there when it is time for the
   * next one counts: whoever was killed with it in his hands has not heard it.
   */
  #tell(script: Script, times: number): void {
    const { of, by } = script;
    if (of === undefined || times === tellAgainMs.length || !this.#hasDebit(script)) return;
    const isCompleted = of.completion !== undefined && this.#netOf(script) > 0;
    const told = isCompleted ? of.completion! : of.debit;
    const connection = this.#answers.connectionFor(told);
    const isSaid = this.#answers.answer(told, approved, { what: told.request.what, by, isOwnAccord: true });
    this.#context.later(isSaid ? tellAgainMs[times]! : nobodyThereMs, () => {
      const isHeard = isSaid && connection !== undefined && this.#context.connections.has(connection);
      this.#tell(script, times + (isHeard ? 1 : 0));
    });
  }

  #debit(
    script: Script,
    { share = 1, postAfterMs = 0 }: Extract<Act, { do: 'debit' }>,
    goOn: () => void,
  ): void {
    const { of, name } = script;
    const { books } = this.#context;
    if (of === undefined) {
      goOn();
      return;
    }
    const key = nameOf(name);
    this.#turns.take(key, (done) => {
      const ended = (): void => {
        goOn();
        done();
      };
      const { netMinor, state, reserved } = books.standingOf(key);
      if (netMinor > 0 || state === 'open' || state === 'held' || reserved !== undefined) {
        ended();
        return;
      }
      const { request } = of.debit;
      const amountMinor = Math.max(1, Math.floor(request.amountMinor * share));
      books.note({ kind: 'asked', at: this.#at(), ...name, transmittedAt: request.transmittedAt });
      const { pan, expiry } = request;
      this.#context.authorise({ ...this.#issuerName(name), pan, expiry, amountMinor }, (responseCode) => {
        script.result = responseCode ?? issuerUnreachable;
        if (responseCode === null) this.#open.resolveLater();
        else this.#bookDecision(request, amountMinor, responseCode, postAfterMs);
        ended();
      });
    });
  }

  #bookDecision(request: BankRequest, amountMinor: number, responseCode: string, postAfterMs: number): void {
    const { books } = this.#context;
    const entry = this.#entryOf(request, amountMinor, responseCode);
    if (responseCode !== approved) books.book({ ...entry, kind: 'decline' });
    else if (request.what === 'reservation')
      this.#lapses.await(books.book({ ...entry, kind: 'reservation' }));
    else if (postAfterMs === 0) books.book({ ...entry, kind: 'debit' });
    else {
      books.note({ ...entry, kind: 'held' });
      this.#context.later(postAfterMs, () => this.#post(nameOf(request)));
    }
  }

  #complete(script: Script, goOn: () => void): void {
    const { asked, name } = script;
    const { books } = this.#context;
    this.#turns.take(nameOf(name), (done) => {
      const when = { at: this.#at(), businessDate: this.#context.businessDate() };
      script.result = completeReserved(books, nameOf(name), asked.request.amountMinor, when);
      goOn();
      done();
    });
  }

  #look(script: Script, goOn: () => void): void {
    const { name, asked } = script;
    script.result = becameOf(this.#context.books, nameOf(name), asked.request.amountMinor);
    goOn();
  }

  /** Books what the issuer holds. */
  #post(key: string): void {
    const { books } = this.#context;
    const { held } = books.standingOf(key);
    if (held === undefined) return;
    books.book({ ...held, kind: 'debit', at: this.#at(), businessDate: this.#context.businessDate() });
  }

  /** Gives back what the debit has taken; done once, and never again debited under its name unless a plan says so. */
  #undo(script: Script, goOn: () => void): void {
    const { asked, name, of } = script;
    const { books } = this.#context;
    const { request } = asked;
    const transmittedAt = request.original!.transmittedAt;
    const key = nameOf(name);
    this.#turns.take(key, (done) => {
      const ended = (result: string): void => {
        script.result = result;
        goOn();
        done();
      };
      if (of?.debit.request.transmittedAt === transmittedAt) this.#cancelOthers(of, script);
      const isNamed = books.standingOf(key).transmittedAt === transmittedAt;
      if (isNamed) this.#post(key);
      const { netMinor, state, decided: before, reserved } = books.standingOf(key);
      const book = (kind: 'reversal' | 'reversal-of-nothing' | 'release', amountMinor: number): void => {
        const authorisationCode = before?.authorisationCode ?? null;
        const entry = this.#entryOf(request, amountMinor, approved);
        books.book({ ...entry, ...name, transmittedAt, authorisationCode, kind });
        ended(approved);
      };
      const isStanding = isNamed && (netMinor > 0 || state === 'open' || reserved !== undefined);
      if (!isStanding) {
        if (books.isReversed(key, transmittedAt)) ended(approved);
        else book('reversal-of-nothing', request.amountMinor);
        return;
      }
      this.#context.undo(this.#issuerName(name), (isDone) => {
        if (!isDone) {
          ended(issuerUnreachable); // not undone: the merchant has to repeat it
          return;
        }
        if (state === 'open') books.note({ kind: 'given-up', at: this.#at(), ...name, transmittedAt });
        if (netMinor > 0) book('reversal', netMinor);
        else if (reserved !== undefined) book('release', reserved.amountMinor);
        else book('reversal-of-nothing', request.amountMinor);
      });
    });
  }

  #cancelOthers(found: Case, script: Script): void {
    found.scripts.delete(script);
    this.#cancel(found);
    if (script.steps.length > 0) found.scripts.add(script);
  }

  /** Gives back the debit which DE 90 names, else the last of that sale that stands. */
  #refund(script: Script, goOn: () => void): void {
    const { request } = script.asked;
    const { books } = this.#context;
    const original = this.#refundable(request);
    const key = nameOf(original ?? request);
    this.#turns.take(key, (done) => {
      const ended = (result: string): void => {
        script.result = result;
        goOn();
        done();
      };
      const netMinor = original === undefined ? 0 : books.standingOf(key).netMinor;
      if (original === undefined || netMinor <= 0 || request.amountMinor !== original.requestedMinor) {
        ended(notValid);
        return;
      }
      this.#context.undo(this.#issuerName(original), (isDone) => {
        if (!isDone) {
          ended(issuerUnreachable);
          return;
        }
        const entry = this.#entryOf(request, netMinor, approved);
        books.book({ ...entry, kind: 'refund', refundOf: key });
        ended(approved);
      });
    });
  }

  #refundable({ original, reference, terminalId }: BankRequest): Booked | undefined {
    const debits = this.#context.books.standingDebitsOf(reference);
    if (original === undefined) return debits.at(-1);
    return debits.find(
      (debit) =>
        debit.stan === original.stan &&
        debit.transmittedAt === original.transmittedAt &&
        debit.terminalId === terminalId,
    );
  }

  /** What names a debit at the issuers; one that is made again after it was undone has another name there. */
  #issuerName({ stan, rrn, terminalId }: RequestName): IssuerRequest {
    const { asked } = this.#context.books.standingOf(nameOf({ stan, rrn, terminalId }));
    return { stan, rrn: asked > 1 ? `${rrn}/${asked}` : rrn };
  }

  /** The name of the debit that a message is about: by the bank's own RRN it is found as well. */
  #originalName({ original, rrn, terminalId }: BankRequest): RequestName {
    const { stan, transmittedAt } = original!;
    return this.#context.books.named(stan, terminalId, transmittedAt) ?? { stan, rrn, terminalId };
  }

  #at(): string {
    return new Date(this.#context.nowMs).toISOString();
  }

  #entryOf(request: BankRequest, amountMinor: number, responseCode: string): Entry {
    const { stan, rrn, terminalId, transmittedAt, reference, pan } = request;
    const isApproved =
      responseCode === approved && (request.what === 'debit' || request.what === 'reservation');
    return {
      at: this.#at(),
      stan,
      rrn,
      terminalId,
      transmittedAt,
      reference,
      maskedPan: maskPan(pan),
      amountMinor,
      requestedMinor: request.amountMinor,
      currency: 'RUB',
      responseCode,
      authorisationCode: isApproved ? rrn.slice(-6) : null,
      businessDate: this.#context.businessDate(),
    };
  }
}

/** A completion, a reversal and an inquiry are about another request. */
const isAboutAnother = ({ what }: BankRequest): boolean =>
  what === 'completion' || what === 'reversal' || what === 'inquiry';
