import type { BankSessionState, ExchangeFailure } from '@bivak/domain';

/**
 * What payments knows of a bank: a request is sent and one of three things is known afterwards. How it
 * travels (ISO 8583 profile, TCP, sign-on) is this folder's business alone.
 */

/** Card data in clear, opened by the key store for this one message; it is never stored and never logged. */
export interface OpenedCard {
  pan: string;
  /** YYMM */
  expiry: string;
  serviceCode: string;
}

export interface DebitRequest {
  /** The sale's identity: the bank carries it in its books as the merchant's reference. */
  reference: string;
  card: OpenedCard;
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

/** The debit that is to be undone, named as the bank saw it. */
export type ReversalRequest = Omit<DebitRequest, 'deferred' | 'resubmission'> & {
  reason: 'no-answer' | 'late-answer' | 'sale-cancelled';
};

/** What an answer says of the money. */
export interface AnswerContent {
  /** DE 39 as the bank sent it. */
  responseCode: string;
  /** DE 38; null if it holds nothing (blanks, zeros). */
  authorisationCode: string | null;
  /** The sum that the bank says it has debited, in minor units; null if it does not say. */
  amountMinor: number | null;
}

export type BankAnswer =
  /** The bank has answered this very request. */
  | ({ kind: 'answered'; adviceCode: string | null } & AnswerContent)
  /**
   * It is certain that the message never left: no connection, not signed on. `isOurs`: kept back on this side, which says
   * nothing of the bank.
   */
  | { kind: 'not-sent'; failure: ExchangeFailure; isOurs?: true }
  /** The message may have arrived; nobody knows what became of it. Has to be reversed. */
  | { kind: 'unknown'; failure: ExchangeFailure };

/** A bank's answer that no request waits for, or that does not fit the one that does: too late, twice, mangled, or to nobody. */
export interface LateAnswer extends Omit<AnswerContent, 'responseCode'> {
  bankId: string;
  /** What is answered: a debit (or a refund), or a reversal. */
  answers: 'debit' | 'reversal';
  messageType: string;
  /** The sale's identity as the message carries it; null if it has none. Nothing else is taken from that field. */
  reference: string | null;
  stan: string | null;
  rrn: string | null;
  responseCode: string | null;
}

/** A request to give back a debit that can no longer be reversed: under a STAN and an RRN of its own. */
export type RefundRequest = Omit<DebitRequest, 'deferred' | 'resubmission'>;

/** How the session with one bank is now. */
export interface BankSessionStatus {
  bankId: string;
  session: BankSessionState;
  lastAnswerAtMs: number | null;
  /** Messages of the bank, well framed, that its profile could not read; since this session was opened. */
  unreadableMessages: number;
}

/**
 * Called when the session is signed on, just before the message is sent: the caller records that it leaves, and gives the
 * instant before which its bytes have to be written, by the clock. Null, an error, or an instant that has passed: it does not
 * leave, and the answer is `not-sent`.
 */
export type Leaving = () => Promise<number | null>;

export interface BankSessions {
  /** Sends a financial request (0200) and waits for its response at most `timeoutMs` of the clock. Never throws. */
  debit(bankId: string, request: DebitRequest, timeoutMs: number, leaving?: Leaving): Promise<BankAnswer>;
  /** Sends a reversal advice (0420; 0421 from the second time on) and waits for 0430. Never throws. */
  reverse(bankId: string, request: ReversalRequest, repeat: boolean, timeoutMs: number): Promise<BankAnswer>;
  /** Sends a refund (0200, processing code 20) and waits for its response at most `timeoutMs`. Never throws. */
  refund(bankId: string, request: RefundRequest, timeoutMs: number, leaving: Leaving): Promise<BankAnswer>;
  states(): BankSessionStatus[];
  close(): Promise<void>;
}
