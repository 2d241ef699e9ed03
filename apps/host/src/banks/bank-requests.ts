import type { BankProfile } from '@bivak/bank-profiles';
import { type Fields, networkCodes, networkFunctions } from '@bivak/iso8583';

/**
 * What is done about a request of the bank's own. Only what was done is answered so:
 * - `answer`: an echo, and nothing else to do
 * - `sign-on`: the bank is there again: we sign on if we are not
 * - `sign-off`: no debit is sent until we have signed on again
 * - `cut-over`: noted; from now on the bank may no longer know its debits of the day before
 * - `refuse`: not supported
 */
export type BankRequestAct = 'answer' | 'sign-on' | 'sign-off' | 'cut-over' | 'refuse';

type Version = Pick<BankProfile, 'version'>;

const acts: Readonly<Record<BankProfile['version'], Readonly<Record<string, BankRequestAct>>>> = {
  '1987': {
    [networkCodes.echo]: 'answer',
    [networkCodes.signOn]: 'sign-on',
    [networkCodes.signOff]: 'sign-off',
    '201': 'cut-over',
  },
  '1993': {
    [networkFunctions.echo]: 'answer',
    [networkFunctions.signOn]: 'sign-on',
    [networkFunctions.signOff]: 'sign-off',
    '821': 'cut-over',
  },
};

/** What a network message asks for: DE 70, or DE 24 of 1993. */
export const networkCodeOf = ({ version }: Version, message: Fields): string =>
  message.get(version === '1993' ? 24 : 70) ?? '';

/** Decides about a request of the bank's own. A key exchange, a reversal, a reconciliation, whatever is not known, is refused. */
export function bankRequestAct(profile: Version, request: Fields): BankRequestAct {
  if (request.get(0)![1] !== '8') return 'refuse';
  return acts[profile.version][networkCodeOf(profile, request)] ?? 'refuse';
}

/** What an answer repeats of its request, as far as it is there. */
const echoed: Readonly<Record<BankProfile['version'], readonly number[]>> = {
  '1987': [3, 4, 7, 11, 12, 13, 32, 37, 41, 42, 49, 70],
  '1993': [3, 4, 7, 11, 12, 24, 32, 37, 41, 42, 49],
};

/** The answer to a request of the bank's own: its type with the next function digit, what it names, and DE 39. */
export function bankRequestAnswer({ version }: Version, request: Fields, responseCode: string): Fields {
  const type = request.get(0)!;
  const repeated = echoed[version].flatMap((field) => {
    const value = request.get(field);
    return value === undefined ? [] : [[field, value] as const];
  });
  // …1 repeats …0; 1804, of another origin, is answered by 1814.
  const origin = type[3] === '4' ? '4' : '0';
  return new Map([
    [0, `${type.slice(0, 2)}${Number(type[2]) + 1}${origin}`],
    ...repeated,
    [39, responseCode],
  ]);
}
