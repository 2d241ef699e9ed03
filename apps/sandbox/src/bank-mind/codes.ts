/** What has become of the money if this bank answers a debit with the code. */
export type MoneyMeant = 'moved' | 'moved-in-part' | 'not-moved' | 'not-yet' | 'either';

interface OwnCode {
  says: string;
  money: MoneyMeant;
}

/**
 * DE 39 as the simulated banks mean it: their own list, read by nobody else. It mixes the codes of ISO 8583:1987 with those
 * of other tables (networks, processors, 1993 habits), as acquirers that have grown out of mergers do. `either`: the code
 * comes from a place that does not know what the issuer did.
 */
export const ownCodes: Readonly<Record<string, OwnCode>> = {
  '00': { says: 'approved', money: 'moved' },
  '08': { says: 'honour with identification', money: 'moved' },
  '11': { says: 'approved, VIP', money: 'moved' },
  '16': { says: 'approved, update track 3', money: 'moved' },
  '85': { says: 'no reason to decline', money: 'moved' },
  '87': { says: 'purchase approved, no cash back', money: 'moved' },
  Y1: { says: 'approved offline by the switch', money: 'moved' },
  '10': { says: 'approved for a part', money: 'moved-in-part' },
  '32': { says: 'completed partially', money: 'moved-in-part' },
  '09': { says: 'request in progress', money: 'not-yet' },
  '17': { says: 'cancelled by the customer', money: 'either' },
  '21': { says: 'no action taken', money: 'either' },
  '68': { says: 'response received too late', money: 'either' },
  '77': { says: 'intervene, the bank’s approval is needed', money: 'either' },
  '79': { says: 'already reversed at the switch', money: 'either' },
  '88': { says: 'cryptographic failure in the response', money: 'either' },
  '95': { says: 'reconciliation error', money: 'either' },
  '98': { says: 'declared by the network alone', money: 'either' },
  N0: { says: 'forced to stand-in', money: 'either' },
  Q1: { says: 'card authentication failed', money: 'either' },
  XD: { says: 'an inner code that leaked out', money: 'either' },
  ZZ: { says: 'none of any table', money: 'either' },
  '05': { says: 'do not honour', money: 'not-moved' },
  '51': { says: 'not sufficient funds', money: 'not-moved' },
  '03': { says: 'merchant not served here', money: 'not-moved' },
  '12': { says: 'transaction not valid', money: 'not-moved' },
  '30': { says: 'format error', money: 'not-moved' },
  '58': { says: 'not permitted to this terminal', money: 'not-moved' },
  '06': { says: 'error', money: 'not-moved' },
  '19': { says: 're-enter', money: 'not-moved' },
  '22': { says: 'suspected malfunction', money: 'not-moved' },
  '90': { says: 'cut-over in progress', money: 'not-moved' },
  '91': { says: 'issuer cannot be reached', money: 'not-moved' },
  '92': { says: 'no route to the issuer', money: 'not-moved' },
  '94': { says: 'duplicate of what was received before', money: 'not-moved' },
  '96': { says: 'malfunction', money: 'not-moved' },
};

const codesThat = (money: MoneyMeant): string[] =>
  Object.entries(ownCodes).flatMap(([code, own]) => (own.money === money ? [code] : []));

/** Approvals by another name than 00. */
export const otherApprovals: readonly string[] = codesThat('moved').filter((code) => code !== '00');
/** Codes that say nothing of the money. */
export const oddCodes: readonly string[] = codesThat('either');
/** The bank’s or the network’s own trouble: nothing was debited. */
export const troubleCodes = ['06', '19', '22', '90', '91', '92', '96'] as const;
/** What a reversal may be answered with instead of 00. */
export const oddReversalCodes: readonly string[] = [
  '94',
  '76',
  '21',
  '12',
  '30',
  '96',
  '06',
  '63',
  '79',
  'NR',
];
/** Those of them that say that it was done before. */
export const doneBeforeCodes: readonly string[] = ['94', '79'];

export const approved = '00';
export const approvedInPart = '10';
export const notServed = '03';
export const notValid = '12';
export const recordNotFound = '25';
export const formatError = '30';
export const noSuchTerminal = '58';
export const issuerUnreachable = '91';
export const duplicate = '94';
