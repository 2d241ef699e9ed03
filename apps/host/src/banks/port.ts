import type { BankSessionState, DebitFlow, ExchangeFailure, ReversalReason } from '@bivak/domain';

/**
 * What payments knows of a bank: a request is sent and one of three things is known afterwards. How it
 * travels (ISO 8583 profile, TCP, sign-on) is this folder's business alone.
 */

/** Card data in clear, while one message is put together; the digits are ASCII. No text is made of it: nobody could overwrite that. */
export interface OpenedCard {
  pan: Uint8Array;
  /** Null of a card of which only number and expiry are kept. */
  track2: Uint8Array | null;
}

/** A card that can be opened for a message. */
export interface CardHandle {
  /** YYMM */
  expiry: string;
  panLength: number;
  trackLength: number | null;
  /** Opens the card for as long as `act` runs. Throws an Error if it cannot be opened (any more). */
  use<Result>(act: (card: OpenedCard) => Result): Result;
}

export interface DebitRequest {
  /** The sale's identity: the bank carries it in its books as the merchant's reference. */
  reference: string;
  card: CardHandle;
  amountMinor: number;
  /** ISO 4217, letters. */
  currency: string;
  /** Six digits, unique for this bank and day. */
  stan: string;
  /** Twelve characters, unique for this attempt. */
  rrn: string;
  /** When the attempt was stored: transmission date and time, repeated in a reversal. */
  transmittedAtMs: number;
  /** When the card was tapped at the till: local transaction time, in `timeZone`. */
  soldAtMs: number;
  timeZone: string;
  /** Taken offline and submitted later (true), or sent while the buyer waits (false). */
  deferred: boolean;
  /** A later attempt at a declined sale. */
  resubmission: boolean;
}

/** A debit as the bank saw it: what follows one names it. */
export interface NamedDebit extends DebitRequest {
  flow: DebitFlow;
  /** The bank's own RRN, if it has given one; the bank knows the debit by it from then on. */
  bankRrn: string | null;
  /** DE 38 of its approval; null if it bears none. */
  authorisationCode: string | null;
}

/** The debit that is to be undone. */
export type ReversalRequest = NamedDebit & { reason: ReversalReason };

/** A request of its own about a debit, under a STAN of its own. */
export type InquiryRequest = NamedDebit & { inquiryStan: string };

/** What an answer says of the money. */
export interface AnswerContent {
  /** DE 39 as the bank sent it. */
  responseCode: string;
  /** DE 38; null if it holds nothing (blanks, zeros). */
  authorisationCode: string | null;
  /** The sum that the bank says it has debited, in minor units; null if it does not say. */
  amountMinor: number | null;
  /** DE 37, if the bank gives an RRN of its own; else null. */
  bankRrn: string | null;
}

export type BankAnswer =
  /** The bank has answered this very request. */
  | ({ kind: 'answered'; adviceCode: string | null } & AnswerContent)
  /**
   * It is certain that the message never left: no connection, not signed on. `isOurs`: kept back on this side, which says
   * nothing of the bank.
   */
  | { kind: 'not-sent'; failure: ExchangeFailure; isOurs?: true }
  /** The message may have arrived; nobody knows what became of it. Has to be reversed. `isOurs`: the answer was lost on this side. */
  | { kind: 'unknown'; failure: ExchangeFailure; isOurs?: true };

/** A bank's answer that no request waits for, or that does not fit the one that does: too late, twice, mangled, or to nobody. */
export interface LateAnswer extends Omit<AnswerContent, 'responseCode'> {
  bankId: string;
  /** What is answered: a debit (or a refund, or what reserves), the advice that debits what was reserved, or a reversal. */
  answers: 'debit' | 'completion' | 'reversal';
  messageType: string;
  /** The sale's identity as the message carries it; null if it has none. Nothing else is taken from that field. */
  reference: string | null;
  stan: string | null;
  rrn: string | null;
  responseCode: string | null;
}

/** A request to give back a debit that can no longer be reversed: under a STAN and an RRN of its own. */
export type RefundRequest = Omit<DebitRequest, 'deferred' | 'resubmission'> & {
  /** The debit that is given back. */
  original: Pick<NamedDebit, 'stan' | 'rrn' | 'bankRrn' | 'transmittedAtMs' | 'flow'>;
};

/** A message to a bank: all that a session needs to know of it. */
export type BankMessage =
  | { kind: 'debit'; flow: DebitFlow; request: DebitRequest }
  /** The advice that debits: `repeat` from the second time on. */
  | { kind: 'completion'; request: NamedDebit; repeat: boolean }
  | { kind: 'reversal'; request: ReversalRequest; repeat: boolean }
  | { kind: 'refund'; request: RefundRequest }
  /** What became of a debit; answered with the debit's own code, or with one that says that the bank does not know it. */
  | { kind: 'inquiry'; request: InquiryRequest };

/** How the session with one bank is now. */
export interface BankSessionStatus {
  bankId: string;
  session: BankSessionState;
  lastAnswerAtMs: number | null;
  /** Messages of the bank, well framed, that its profile could not read; since this session was opened. */
  unreadableMessages: number;
  /** Messages of the bank whose authentication code was wrong or missing; since this session was opened. */
  unauthenticMessages: number;
}

/**
 * Called when the session is signed on, just before the message is sent: the caller records that it leaves, and gives the
 * instant before which its bytes have to be written, by the clock. Null, an error, or an instant that has passed: it does not
 * leave, and the answer is `not-sent`.
 */
export type Leaving = () => Promise<number | null>;

export interface BankSessions {
  /** Sends a message and waits for its answer, as long as the bank's profile or contract says. Never throws. */
  send(bankId: string, message: BankMessage, leaving?: Leaving): Promise<BankAnswer>;
  states(): BankSessionStatus[];
  /** True if a message to this bank could leave now. */
  isReady(bankId: string): boolean;
  close(): Promise<void>;
}
