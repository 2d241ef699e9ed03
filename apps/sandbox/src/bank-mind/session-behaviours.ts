import type { Dice } from './random.ts';

/** What a bank may do with a sign-on instead of saying 00. */
export type SignOnFault = 'refuse' | 'say-nothing' | 'close' | 'late';

export const signOnBehaviours: readonly { name: string; says: string; fault: SignOnFault }[] = [
  { name: 'refuses-sign-on', says: '91 or 96 to a sign-on', fault: 'refuse' },
  { name: 'ignores-sign-on', says: 'no answer to a sign-on', fault: 'say-nothing' },
  { name: 'closes-at-sign-on', says: 'closes the connection at a sign-on', fault: 'close' },
  { name: 'slow-to-sign-on', says: 'answers a sign-on after five seconds', fault: 'late' },
];

/** What a bank that is reached by TLS may do with a connection before it is one. */
export const handshakeBehaviours = [
  { name: 'cuts-handshake', says: 'closes the connection in the middle of the TLS handshake' },
] as const;

/** What a bank does of its own accord on an open connection. */
export type OwnAct =
  | { do: 'keep-alive'; times: number; everyMs: number }
  /** A request of its own, repeated as a repeat until it is answered. */
  | {
      do: 'request';
      type: '0420' | '0620' | '0800' | '0500' | '0302';
      fields: Readonly<Record<number, string>>;
    }
  | { do: 'cut-over' }
  | { do: 'sign-off' }
  | { do: 'fail-over' }
  | { do: 'close' }
  | { do: 'unreadable' }
  | { do: 'garbage' }
  | { do: 'repeat-old-answer' }
  | { do: 'answer-nobody' };

export interface OwnBehaviour {
  name: string;
  says: string;
  act: (dice: Dice) => OwnAct;
}

const own = (name: string, says: string, act: OwnBehaviour['act']): OwnBehaviour => ({ name, says, act });

/** Each is thrown for once a turn on each signed-on connection. */
export const ownBehaviours: readonly OwnBehaviour[] = [
  own('keep-alive', 'frames of length 0, perhaps every half second for a while', (dice) => ({
    do: 'keep-alive',
    times: dice.pick([1, 1, 30]),
    everyMs: 500,
  })),
  own('echo-request', '0800 with 301', () => ({ do: 'request', type: '0800', fields: { 70: '301' } })),
  own('sign-on-request', '0800 with 001 from the bank', () => ({
    do: 'request',
    type: '0800',
    fields: { 70: '001' },
  })),
  own('key-exchange', '0800 with 161 or 101 and a key in DE 48', (dice) => ({
    do: 'request',
    type: '0800',
    fields: { 48: 'A'.repeat(32), 53: '2001010100000000', 70: dice.pick(['161', '101']) },
  })),
  own('cut-over', '0800 with 201: the business day ends, whatever the hour', () => ({ do: 'cut-over' })),
  own('sign-off', '0800 with 002, and no money message is taken until the next sign-on', () => ({
    do: 'sign-off',
  })),
  own('own-reversal', '0420 about a debit that does not stand or that nobody knows', () => ({
    do: 'request',
    type: '0420',
    fields: {},
  })),
  own('own-advice', '0620, text for an operator', () => ({
    do: 'request',
    type: '0620',
    fields: { 48: 'HOST MAINTENANCE TONIGHT' },
  })),
  own('reconciliation', '0500 with counts and sums', () => ({
    do: 'request',
    type: '0500',
    fields: { 76: '0000000001', 88: '0000000000000100' },
  })),
  own('unknown-request', '0302, a file action', () => ({ do: 'request', type: '0302', fields: { 91: '1' } })),
  own(
    'fail-over',
    'a standby takes over: connections go, and it does not know the last minute for five',
    () => ({
      do: 'fail-over',
    }),
  ),
  own('drops-connection', 'closes the connection', () => ({ do: 'close' })),
  own('unreadable-message', 'a well-framed message that no profile can read', () => ({ do: 'unreadable' })),
  own('garbage', 'bytes that are no frame', () => ({ do: 'garbage' })),
  own('repeats-old-answer', 'an answer of long ago once more', () => ({ do: 'repeat-old-answer' })),
  own('answers-nobody', '0210 with 00 to a request that nobody made', () => ({ do: 'answer-nobody' })),
];

/** What a bank is like for one card or one issuer, for ever. */
export const traits = [
  {
    name: 'refuses-a-card',
    says: '58 for this share of all cards, whatever is asked',
    code: '58',
    of: 'card',
  },
  { name: 'lost-an-issuer', says: '91 for this share of all issuers, for ever', code: '91', of: 'issuer' },
] as const;
