/**
 * Why a message did not leave or was not answered, in plain English, as it is told and stored. Whoever adds one gives the
 * console its words too (a test of the house holds that).
 */
export const reasons = {
  noContract: () => 'there is no contract with this bank any more',
  cannotBeBuilt: () => 'the message could not be built for this bank',
  notSignedOn: () => 'not signed on with the bank',
  heldBack: () => 'it was held back before it left',
  noConnection: () => 'no connection to the bank',
  sameUnderWay: () => 'the same question is under way',
  noAnswer: (timeoutMs: number) => `no answer in ${timeoutMs / 1000} s`,
  misfit: () => 'the answer did not fit the question',
  connectionLost: () => 'the connection was lost before the answer',
} as const;
