import type { Clock } from '@bivak/clock';
import type {
  AnswerContent,
  BankAnswer,
  BankMessage,
  BankSessions,
  DebitRequest,
  Leaving,
  NamedDebit,
  OpenedCard,
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
  kind: 'reservation' | 'debit' | 'reversal' | 'reversal-of-nothing' | 'refund';
  reference: string;
  stan: string;
  amountMinor: number;
}

/** Banks with books of their own, which hold what really was debited, whatever the host has recorded. */
export interface FakeBanks extends BankSessions {
  ledger: LedgerEntry[];
  /** What was given to the banks' sessions, in order. It may not have left yet: a test that waits for that waits for the ledger. */
  /** The cards of the messages, opened as a bank's session does it. */
  cards: { pan: string; track2: string | null }[];
  requests: { bankId: string; kind: BankMessage['kind']; request: Omit<RefundRequest, 'original'> }[];
  debits: (bankId: string, request: DebitRequest) => Behaviour;
  completions: (bankId: string, request: NamedDebit) => Behaviour;
  reversals: (bankId: string, request: ReversalRequest) => Behaviour;
  inquiries: (bankId: string, request: NamedDebit) => Behaviour;
  refunds: (bankId: string, request: RefundRequest) => Behaviour;
  /** A debit that a bank makes late, of its own accord. */
  debitLate(bankId: string, request: Omit<RefundRequest, 'original'>): void;
  /** Debits less reversals and refunds of a sale, over all banks. */
  netOf(reference: string): number;
  maxAtOnce: () => number;
  /** The lines are up when a debit is stored: it is marked as leaving at once. */
  areReady: boolean;
  /** Answers what hangs now: a message that hangs is in the ledger (one without a session in `requests`). */
  answerHanging(): void;
}

export function fakeBanks(clock: Pick<Clock, 'nowMs'> = { nowMs: () => 0 }): FakeBanks {
  const ledger: LedgerEntry[] = [];
  const hanging: (() => void)[] = [];
  let [now, max] = [0, 0];
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
  const standing = (bankId: string, stan: string): boolean => {
    const named = ledger.filter((entry) => entry.bankId === bankId && entry.stan === stan);
    const times = (kind: LedgerEntry['kind']): number => named.filter((entry) => entry.kind === kind).length;
    return times('debit') > times('reversal');
  };
  const act = (bankId: string, message: BankMessage): void => {
    const { reference, stan, amountMinor } = message.request;
    const book = (kind: LedgerEntry['kind']): void => {
      ledger.push({ bankId, kind, reference, stan, amountMinor });
    };
    if (message.kind === 'debit') book(message.flow === 'reserve' ? 'reservation' : 'debit');
    else if (message.kind === 'refund') book('refund');
    else if (message.kind === 'completion' && !standing(bankId, stan)) book('debit');
    else if (message.kind === 'reversal') {
      if (standing(bankId, stan)) book('reversal');
      else if (
        !ledger.some(
          (entry) => entry.bankId === bankId && entry.stan === stan && entry.kind.startsWith('rev'),
        )
      )
        book('reversal-of-nothing');
    }
  };
  const banks: FakeBanks = {
    ledger,
    requests: [],
    cards: [],
    debits: () => '00',
    completions: () => '00',
    reversals: () => '00',
    inquiries: () => '25',
    refunds: () => '00',
    send(bankId, message, leaving) {
      recordRequest(banks, bankId, message);
      return outcome(behaviourOf(banks, bankId, message), () => act(bankId, message), leaving);
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
    areReady: true,
    isReady: () => banks.areReady,
    states: () => [],
    close: async () => {},
  };
  return banks;
}

const answered = (behaviour: Behaviour): BankAnswer => {
  const { responseCode, authorisationCode = null, amountMinor = null, bankRrn = null } = contentOf(behaviour);
  return { kind: 'answered', responseCode, authorisationCode, amountMinor, bankRrn, adviceCode: null };
};

function recordRequest(banks: FakeBanks, bankId: string, { kind, request }: BankMessage): void {
  banks.requests.push({ bankId, kind, request });
  banks.cards.push(request.card.use(asText));
}

const asText = ({ pan, track2 }: OpenedCard): FakeBanks['cards'][number] => ({
  pan: Buffer.from(pan).toString('latin1'),
  track2: track2 === null ? null : Buffer.from(track2).toString('latin1'),
});

function behaviourOf(banks: FakeBanks, bankId: string, message: BankMessage): Behaviour {
  if (message.kind === 'debit') return banks.debits(bankId, message.request);
  if (message.kind === 'completion') return banks.completions(bankId, message.request);
  if (message.kind === 'inquiry') return banks.inquiries(bankId, message.request);
  if (message.kind === 'refund') return banks.refunds(bankId, message.request);
  return banks.reversals(bankId, message.request);
}

const nets: Readonly<Record<LedgerEntry['kind'], number>> = {
  reservation: 0,
  debit: 1,
  reversal: -1,
  'reversal-of-nothing': 0,
  refund: -1,
};

const contentOf = (behaviour: Behaviour): { responseCode: string } & Partial<AnswerContent> =>
  typeof behaviour === 'object' ? behaviour : { responseCode: behaviour === 'hang' ? '00' : behaviour };

const acts = (behaviour: Behaviour): boolean =>
  typeof behaviour === 'object' ? behaviour.acts : ['silent', 'hang', '00'].includes(behaviour);
