import type { BankAnswer, BankSessions, DebitRequest, Leaving, ReversalRequest } from '../banks/index.ts';

/**
 * What a scripted bank does with a message:
 * - a response code: answers it (00 debits or reverses)
 * - `not-sent`: the message never leaves
 * - `unbuildable`: the message never leaves, which is no fault of the bank's
 * - `silent`: does what 00 does, and its answer is lost
 * - `lost`: the message is lost on its way; nothing is done
 * - `no-line`: waits for the line until the test calls `answerHanging`; then it is `not-sent`
 * - `hang`: does what 00 does; its answer comes when the test calls `answerHanging`
 */
export type Behaviour = string;

export interface LedgerLine {
  bankId: string;
  kind: 'debit' | 'reversal' | 'reversal-of-nothing';
  reference: string;
  stan: string;
  amountMinor: number;
}

/** Banks with books of their own, which say what really was debited, whatever the host believes. */
export interface FakeBanks extends BankSessions {
  ledger: LedgerLine[];
  /** What was given to the banks' sessions, in order. It may not have left yet: whoever waits for that waits for the ledger. */
  asked: { bankId: string; what: 'debit' | 'reversal'; request: DebitRequest | ReversalRequest }[];
  debits: (bankId: string, request: DebitRequest) => Behaviour;
  reversals: (bankId: string, request: ReversalRequest) => Behaviour;
  /** Debits less reversals of a sale, over all banks. */
  netOf(reference: string): number;
  mostAtOnce: () => number;
  /** Answers what hangs now: a message that hangs stands in the ledger (one without a line in `asked`). */
  answerHanging(): void;
}

export function fakeBanks(): FakeBanks {
  const ledger: LedgerLine[] = [];
  const hanging: (() => void)[] = [];
  let [now, most] = [0, 0];
  const answered = (responseCode: string): BankAnswer => ({
    kind: 'answered',
    responseCode,
    authorisationCode: null,
    adviceCode: null,
  });
  const outcome = async (behaviour: Behaviour, act: () => void, leaving?: Leaving): Promise<BankAnswer> => {
    most = Math.max(most, ++now);
    try {
      if (behaviour === 'no-line') await new Promise<void>((resolve) => hanging.push(resolve));
      if (behaviour === 'unbuildable')
        return { kind: 'not-sent', failure: { kind: 'message-not-buildable' }, isOurs: true };
      if (behaviour === 'not-sent' || behaviour === 'no-line')
        return { kind: 'not-sent', failure: { kind: 'no-connection' } };
      if (leaving !== undefined && !(await leaving()))
        return { kind: 'not-sent', failure: { kind: 'held-back' }, isOurs: true };
      if (behaviour === 'lost') return { kind: 'unknown', failure: { kind: 'no-answer', timeoutMs: 15_000 } };
      if (behaviour === 'silent' || behaviour === 'hang' || behaviour === '00') act();
      if (behaviour === 'hang') await new Promise<void>((resolve) => hanging.push(resolve));
      else await new Promise((resolve) => setTimeout(resolve, 1));
      if (behaviour === 'silent')
        return { kind: 'unknown', failure: { kind: 'no-answer', timeoutMs: 15_000 } };
      return answered(behaviour === 'hang' ? '00' : behaviour);
    } finally {
      now--;
    }
  };
  const banks: FakeBanks = {
    ledger,
    asked: [],
    debits: () => '00',
    reversals: () => '00',
    debit(bankId, request, _, leaving) {
      banks.asked.push({ bankId, what: 'debit', request });
      const { reference, stan, amountMinor } = request;
      const act = (): void => {
        ledger.push({ bankId, kind: 'debit', reference, stan, amountMinor });
      };
      return outcome(banks.debits(bankId, request), act, leaving);
    },
    reverse(bankId, request) {
      banks.asked.push({ bankId, what: 'reversal', request });
      const { reference, stan, amountMinor } = request;
      return outcome(banks.reversals(bankId, request), () => {
        const named = ledger.filter((line) => line.bankId === bankId && line.stan === stan);
        if (named.some(({ kind }) => kind === 'reversal' || kind === 'reversal-of-nothing')) return;
        const kind = named.some((line) => line.kind === 'debit') ? 'reversal' : 'reversal-of-nothing';
        ledger.push({ bankId, kind, reference, stan, amountMinor });
      });
    },
    netOf: (reference) =>
      ledger
        .filter((line) => line.reference === reference)
        .reduce((net, { kind }) => net + (kind === 'debit' ? 1 : kind === 'reversal' ? -1 : 0), 0),
    mostAtOnce: () => most,
    answerHanging: () => {
      for (const answer of hanging.splice(0)) answer();
    },
    states: () => [],
    close: async () => {},
  };
  return banks;
}
