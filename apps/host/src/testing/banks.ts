import type { BankAnswer, BankSessions, DebitRequest, Leaving, ReversalRequest } from '../banks/index.ts';

/**
 * What a scripted bank does with a message:
 * - a response code: answers with it (00 debits or reverses)
 * - `not-sent`: the message never leaves
 * - `unbuildable`: the message never leaves, which is no fault of the bank's
 * - `silent`: does what 00 does, and its answer is lost
 * - `lost`: the message is lost on its way; nothing is done
 * - `no-session`: waits for the sign-on until the test calls `answerHanging`; then it is `not-sent`
 * - `hang`: does what 00 does; its answer comes when the test calls `answerHanging`
 */
export type Behaviour = string;

export interface LedgerEntry {
  bankId: string;
  kind: 'debit' | 'reversal' | 'reversal-of-nothing';
  reference: string;
  stan: string;
  amountMinor: number;
}

/** Banks with books of their own, which hold what really was debited, whatever the host has recorded. */
export interface FakeBanks extends BankSessions {
  ledger: LedgerEntry[];
  /** What was given to the banks' sessions, in order. It may not have left yet: a test that waits for that waits for the ledger. */
  requests: { bankId: string; kind: 'debit' | 'reversal'; request: DebitRequest | ReversalRequest }[];
  debits: (bankId: string, request: DebitRequest) => Behaviour;
  reversals: (bankId: string, request: ReversalRequest) => Behaviour;
  /** Debits less reversals of a sale, over all banks. */
  netOf(reference: string): number;
  maxAtOnce: () => number;
  /** Answers what hangs now: a message that hangs is in the ledger (one without a session in `requests`). */
  answerHanging(): void;
}

export function fakeBanks(): FakeBanks {
  const ledger: LedgerEntry[] = [];
  const hanging: (() => void)[] = [];
  let [now, max] = [0, 0];
  const answered = (responseCode: string): BankAnswer => ({
    kind: 'answered',
    responseCode,
    authorisationCode: null,
    adviceCode: null,
  });
  const outcome = async (behaviour: Behaviour, act: () => void, leaving?: Leaving): Promise<BankAnswer> => {
    max = Math.max(max, ++now);
    try {
      if (behaviour === 'no-session') await new Promise<void>((resolve) => hanging.push(resolve));
      if (behaviour === 'unbuildable')
        return { kind: 'not-sent', failure: { kind: 'message-not-buildable' }, isOurs: true };
      if (behaviour === 'not-sent' || behaviour === 'no-session')
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
    requests: [],
    debits: () => '00',
    reversals: () => '00',
    debit(bankId, request, _, leaving) {
      banks.requests.push({ bankId, kind: 'debit', request });
      const { reference, stan, amountMinor } = request;
      const act = (): void => {
        ledger.push({ bankId, kind: 'debit', reference, stan, amountMinor });
      };
      return outcome(banks.debits(bankId, request), act, leaving);
    },
    reverse(bankId, request) {
      banks.requests.push({ bankId, kind: 'reversal', request });
      const { reference, stan, amountMinor } = request;
      return outcome(banks.reversals(bankId, request), () => {
        const named = ledger.filter((entry) => entry.bankId === bankId && entry.stan === stan);
        if (named.some(({ kind }) => kind === 'reversal' || kind === 'reversal-of-nothing')) return;
        const kind = named.some((entry) => entry.kind === 'debit') ? 'reversal' : 'reversal-of-nothing';
        ledger.push({ bankId, kind, reference, stan, amountMinor });
      });
    },
    netOf: (reference) =>
      ledger
        .filter((entry) => entry.reference === reference)
        .reduce((net, { kind }) => net + (kind === 'debit' ? 1 : kind === 'reversal' ? -1 : 0), 0),
    maxAtOnce: () => max,
    answerHanging: () => {
      for (const answer of hanging.splice(0)) answer();
    },
    states: () => [],
    close: async () => {},
  };
  return banks;
}
