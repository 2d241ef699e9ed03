import { type Fields, networkCodes } from '@bivak/iso8583';

/**
 * What is done about a request of the bank's own. Only what was done is answered with 00:
 * - `answer`: an echo, and nothing else to do
 * - `sign-on`: the bank is there again: we sign on if we are not
 * - `sign-off`: no debit is sent until we have signed on again
 * - `cut-over`: noted; from now on the bank may no longer know its debits of the day before
 * - `refuse`: not supported
 */
export type BankRequestAct = 'answer' | 'sign-on' | 'sign-off' | 'cut-over' | 'refuse';

const networkActs: Readonly<Record<string, BankRequestAct>> = {
  [networkCodes.echo]: 'answer',
  [networkCodes.signOn]: 'sign-on',
  [networkCodes.signOff]: 'sign-off',
  '201': 'cut-over',
};

/** Decides about a request of the bank's own. A key exchange, a reversal, a reconciliation, whatever is not known, is refused. */
export function bankRequestAct(request: Fields): BankRequestAct {
  if (request.get(0)!.slice(0, 2) !== '08') return 'refuse';
  return networkActs[request.get(70) ?? ''] ?? 'refuse';
}

/** What an answer repeats of its request, as far as it is there. */
const echoed = [3, 4, 7, 11, 12, 13, 32, 37, 41, 42, 49, 70];

/** The answer to a request of the bank's own: its type with the next function digit, what it names, and DE 39. */
export function bankRequestAnswer(request: Fields, responseCode: string): Fields {
  const type = request.get(0)!;
  const repeated = echoed.flatMap((field) => {
    const value = request.get(field);
    return value === undefined ? [] : [[field, value] as const];
  });
  return new Map([[0, `${type.slice(0, 2)}${Number(type[2]) + 1}0`], ...repeated, [39, responseCode]]);
}
