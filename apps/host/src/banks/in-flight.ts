import type { Clock, Timer } from '@bivak/clock';
import type { Fields } from '@bivak/iso8583';
import type { BankAnswer } from './port.ts';
import { reasons } from './reasons.ts';

interface Waiting {
  answer: (answer: BankAnswer) => void;
  timer: Timer;
  fits: (answer: Fields) => boolean;
}

/** What the questions to one bank wait for: each ends in exactly one answer, by message, by time or by loss of the line. */
export class InFlight {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True where a question of this key is under way. */
  has(key: string): boolean {
    return this.#waiting.has(key);
  }

  /** Waits for the answer to `key`, at most `timeoutMs` of the clock; `fits` tells an answer to this very question. */
  wait(key: string, timeoutMs: number, fits: Waiting['fits']): Promise<BankAnswer> {
    return new Promise((answer) => {
      const giveUp = (): void => this.#settle(key, { kind: 'unknown', why: reasons.noAnswer(timeoutMs) });
      const timer = this.#clock.at(this.#clock.nowMs() + timeoutMs, giveUp);
      this.#waiting.set(key, { answer, fits, timer });
    });
  }

  /** Gives a message to the question that waits for it: whether one did, and whether the message fitted it. */
  take(key: string, message: Fields, adviceCode: string | null): 'taken' | 'misfit' | 'nobody' {
    const question = this.#waiting.get(key);
    if (question === undefined) return 'nobody';
    const responseCode = plain(message.get(39));
    if (responseCode?.length !== 2 || !question.fits(message)) {
      this.#settle(key, { kind: 'unknown', why: reasons.misfit() });
      return 'misfit';
    }
    const authorisationCode = plain(message.get(38));
    this.#settle(key, { kind: 'answered', responseCode, authorisationCode, adviceCode });
    return 'taken';
  }

  /** Nobody will answer on this line any more. */
  lose(why: string): void {
    for (const key of [...this.#waiting.keys()]) this.#settle(key, { kind: 'unknown', why });
  }

  #settle(key: string, answer: BankAnswer): void {
    const question = this.#waiting.get(key);
    this.#waiting.delete(key);
    question?.timer.cancel();
    question?.answer(answer);
  }
}

const longestPlain = 12;

/**
 * A short code of a bank's answer without what surrounds it; null where it is none. Banks fill unused fields with spaces or
 * zero bytes, and the store holds no zero byte: an approval must not be lost for that. What is longer than any code may
 * hold a card number, and goes nowhere.
 */
export function plain(value: string | undefined): string | null {
  const code = value?.replaceAll('\0', ' ').trim() ?? '';
  return code.length <= longestPlain && /^[0-9A-Za-z]+$/.test(code) ? code : null;
}

/** What an answer repeats of its question: message class, STAN, RRN. */
export const keyOf = (message: Fields): string =>
  `${message.get(0)?.slice(0, 2)} ${message.get(11)} ${message.get(37)?.trim() ?? ''}`;
