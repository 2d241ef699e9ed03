import type { Dice } from './random.ts';

/** One thing that a bank does about a message, so long after the one before it. */
export type Step = { afterMs: number } & Act;

export type Act =
  /** Asks the issuer for the money, or for this share of it; what it gives is posted to the books so much later. */
  | { do: 'debit'; share?: number; postAfterMs?: number }
  /** Debits what was reserved. */
  | { do: 'complete' }
  /** Finds out what became of a debit. */
  | { do: 'look' }
  /** Gives back what was debited, or lets a reservation go, and debits nothing more under this name. */
  | { do: 'undo' }
  /** Gives back a debit that was decided, or not. */
  | { do: 'refund' }
  | AnswerAct
  /** Says again and again that the debit was made (00), to whoever is connected, as long as it stands. */
  | { do: 'tell' }
  /** Tells of a debit that came back by a message of the bank's own: a reversal (0420) of the merchant's reversal. */
  | { do: 'announce-return' }
  | { do: 'close' };

export interface AnswerAct {
  do: 'answer';
  /** The message that is answered; `own` is the one that the plan was made for. */
  to: 'own' | 'debit';
  /** DE 39; `decided` is what has really become of it. */
  code: string;
  /** The code holds only if there is a debit; else it is as decided. */
  onlyIfDebited?: boolean;
  /** Fields as the behaviour wants them; null takes one away. */
  change?: Readonly<Record<number, string | null>>;
}

export interface Plan {
  steps: readonly Step[];
  /** What the first reversal sets off instead of what was still to come. */
  atReversal?: readonly Step[];
}

/** What a behaviour may look at. */
export interface PlanContext {
  dice: Dice;
  amountMinor: number;
  /** Throws the same for each message of the sale: for what stays as it is. */
  saleDice: Dice;
  /** Of a reversal: there is a debit that stands, and it was booked on an earlier business day. */
  isOfEarlierDay: boolean;
  /** Of a reversal: there is a debit that stands. */
  isDebited: boolean;
}

/** One way in which a bank may treat a message. Of those of a stage at most one is taken, by weight. */
export interface Behaviour {
  name: string;
  /** What it is, for people. */
  says: string;
  /** Chosen once for a sale: all its messages of this kind meet it. */
  isKept?: true;
  /** Undefined if it has nothing to do here: then the bank does as it should. */
  plan: (context: PlanContext) => Plan | undefined;
}

export const decided = 'decided';
export const answer = (code: string, afterMs = 0, more: Partial<AnswerAct> = {}): Step => ({
  do: 'answer',
  to: 'own',
  code,
  afterMs,
  ...more,
});
export const debit = (afterMs = 0, more: { share?: number; postAfterMs?: number } = {}): Step => ({
  do: 'debit',
  afterMs,
  ...more,
});
export const complete = (afterMs = 0): Step => ({ do: 'complete', afterMs });
export const undo = (afterMs = 0): Step => ({ do: 'undo', afterMs });
export const tell = (afterMs: number): Step => ({ do: 'tell', afterMs });

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
