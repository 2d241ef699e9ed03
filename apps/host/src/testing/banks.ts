import type { Clock } from '@bivak/clock';
import type {
  AnswerContent,
  BankAnswer,
  BankSessions,
  DebitRequest,
  Leaving,
  RefundRequest,
  ReversalRequest,
} from '../banks/index.ts';

/**
 * What a scripted bank does with a message:
 * - a response code: answers with it (00 debits or reverses)
 * - `not-sent`: the message never leaves
 * - `unbuildable`: the message never leaves, which is no fault of the bank's
 * - `silent`: does what 00 does, and its answer is lost
 * - `lost`: the message is lost on its way; nothing is done
 * - `no-session`: waits for the sign-on until the test calls `answerHanging`; then it is `not-sent`
 * - `hang`: does what 00 does; its answer comes when the test calls `answerHanging`
 * - an answer with its other contents, and whether it does what 00 does
 */
export type Behaviour = string | ({ responseCode: string; acts: boolean } & Partial<AnswerContent>);

export interface LedgerEntry {
  bankId: string;
  kind: 'debit' | 'reversal' | 'reversal-of-nothing' | 'refund';
  reference: string;
  stan: string;
  amountMinor: number;
}

/** Banks with books of their own, which hold what really was debited, whatever the host has recorded. */
export interface FakeBanks extends BankSessions {
  ledger: LedgerEntry[];
  /** What was given to the banks' sessions, in order. It may not have left yet: a test that waits for that waits for the ledger. */
  requests: { bankId: string; kind: 'debit' | 'reversal' | 'refund'; request: RefundRequest }[];
  debits: (bankId: string, request: DebitRequest) => Behaviour;
  reversals: (bankId: string, request: ReversalRequest) => Behaviour;
  refunds: (bankId: string, request: RefundRequest) => Behaviour;
  /** A debit that a bank makes late, of its own accord. */
  debitLate(bankId: string, request: RefundRequest): void;
  /** Debits less reversals and refunds of a sale, over all banks. */
  netOf(reference: string): number;
  maxAtOnce: () => number;
  /** Answers what hangs now: a message that hangs is in the ledger (one without a session in `requests`). */
  answerHanging(): void;
}

export function fakeBanks(clock: Pick<Clock, 'nowMs'> = { nowMs: () => 0 }): FakeBanks {
  const ledger: LedgerEntry[] = [];
  const hanging: (() => void)[] = [];
  let [now, max] = [0, 0];
  const answered = (behaviour: Behaviour): BankAnswer => {
    const { responseCode, authorisationCode = null, amountMinor = null } = contentOf(behaviour);
    return { kind: 'answered', responseCode, authorisationCode, amountMinor, adviceCode: null };
  };
  const outcome = async (behaviour: Behaviour, act: () => void, leaving?: Leaving): Promise<BankAnswer> => {
    max = Math.max(max, ++now);
    try {
      if (behaviour === 'no-session') await new Promise<void>((resolve) => hanging.push(resolve));
      if (behaviour === 'unbuildable')
        return { kind: 'not-sent', failure: { kind: 'message-not-buildable' }, isOurs: true };
      if (behaviour === 'not-sent' || behaviour === 'no-session')
        return { kind: 'not-sent', failure: { kind: 'no-connection' } };
      const untilMs = leaving === undefined ? Number.POSITIVE_INFINITY : await leaving();
      if (untilMs === null || clock.nowMs() >= untilMs)
        return { kind: 'not-sent', failure: { kind: 'held-back' }, isOurs: true };
      if (behaviour === 'lost') return { kind: 'unknown', failure: { kind: 'no-answer', timeoutMs: 15_000 } };
      if (acts(behaviour)) act();
      if (behaviour === 'hang') await new Promise<void>((resolve) => hanging.push(resolve));
      else await new Promise((resolve) => setTimeout(resolve, 1));
      if (behaviour === 'silent')
        return { kind: 'unknown', failure: { kind: 'no-answer', timeoutMs: 15_000 } };
      return answered(behaviour);
    } finally {
      now--;
    }
  };
  const banks: FakeBanks = {
    ledger,
    requests: [],
    debits: () => '00',
    reversals: () => '00',
    refunds: () => '00',
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
        const times = (kind: LedgerEntry['kind']): number =>
          named.filter((entry) => entry.kind === kind).length;
        const kind = times('debit') > times('reversal') ? 'reversal' : 'reversal-of-nothing';
        if (kind === 'reversal-of-nothing' && named.length > times('debit')) return;
        ledger.push({ bankId, kind, reference, stan, amountMinor });
      });
    },
    refund(bankId, request, _, leaving) {
      banks.requests.push({ bankId, kind: 'refund', request });
      const { reference, stan, amountMinor } = request;
      const act = (): void => {
        ledger.push({ bankId, kind: 'refund', reference, stan, amountMinor });
      };
      return outcome(banks.refunds(bankId, request), act, leaving);
    },
    debitLate(bankId, { reference, stan, amountMinor }) {
      ledger.push({ bankId, kind: 'debit', reference, stan, amountMinor });
    },
    netOf: (reference) =>
      ledger.filter((entry) => entry.reference === reference).reduce((net, { kind }) => net + nets[kind], 0),
    maxAtOnce: () => max,
    answerHanging: () => {
      for (const answer of hanging.splice(0)) answer();
    },
    states: () => [],
    close: async () => {},
  };
  return banks;
}

const nets: Readonly<Record<LedgerEntry['kind'], number>> = {
  debit: 1,
  reversal: -1,
  'reversal-of-nothing': 0,
  refund: -1,
};

const contentOf = (behaviour: Behaviour): { responseCode: string } & Partial<AnswerContent> =>
  typeof behaviour === 'object' ? behaviour : { responseCode: behaviour === 'hang' ? '00' : behaviour };

const acts = (behaviour: Behaviour): boolean =>
  typeof behaviour === 'object' ? behaviour.acts : ['silent', 'hang', '00'].includes(behaviour);
