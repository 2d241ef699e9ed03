/** What the digits of a message type indicator say (ISO 8583, the message type identifier). */
const versions: Readonly<Record<string, string>> = { 0: '1987', 1: '1993', 2: '2003' };
const classes: Readonly<Record<string, string>> = {
  1: 'authorisation',
  2: 'financial',
  3: 'file action',
  4: 'reversal',
  5: 'reconciliation',
  6: 'administrative',
  7: 'fee collection',
  8: 'network management',
};
const functions: Readonly<Record<string, string>> = {
  0: 'request',
  1: 'request response',
  2: 'advice',
  3: 'advice response',
  4: 'notification',
};
const repeats: readonly string[] = ['1', '3', '5'];

/** A message type in words: "0421" is "reversal advice, repeated (ISO 8583:1987)". Total. */
export function messageTypeMeaning(type: string): string {
  const [version, kind, role, origin] = type;
  const known = [versions[version ?? ''], classes[kind ?? ''], functions[role ?? '']];
  if (type.length !== 4 || known.includes(undefined)) return 'unknown message type';
  const repeated = repeats.includes(origin!) ? ', repeated' : '';
  return `${known[1]} ${known[2]}${repeated} (ISO 8583:${known[0]})`;
}

/** DE 70 of 1987: the codes that a session is held with. */
export const networkCodes = { signOn: '001', signOff: '002', echo: '301' } as const;

/** DE 24 of 1993, of a network management message: what 1987 says in DE 70. */
export const networkFunctions = { signOn: '801', signOff: '802', echo: '831' } as const;

const networkMeanings: Readonly<Record<string, string>> = {
  [networkCodes.signOn]: 'sign on',
  [networkCodes.signOff]: 'sign off',
  '101': 'key change',
  '161': 'key exchange',
  '201': 'cut-over',
  [networkCodes.echo]: 'echo test',
};

/**
 * DE 39 of 1987 in the protocol's own words, as acquirers' lists agree (Galileo, myPOS, Vodacom's gateway; read November
 * 2026). What follows from a code for a payment is not said here: that is a decision, and the bank's profile may differ.
 */
const responseMeanings: Readonly<Record<string, string>> = {
  '00': 'approved',
  '01': 'refer to card issuer',
  '02': 'refer to card issuer, special condition',
  '03': 'merchant not valid',
  '04': 'capture card',
  '05': 'do not honour',
  '06': 'error',
  '07': 'capture card, special condition',
  '08': 'honour with identification',
  '09': 'request in progress',
  '10': 'approved for a part of the amount',
  '12': 'transaction not valid',
  '13': 'amount not valid',
  '14': 'card number not valid',
  '15': 'no such issuer',
  '17': 'cancelled by the customer',
  '19': 're-enter transaction',
  '21': 'no action taken',
  '22': 'suspected malfunction',
  '25': 'record not found',
  '30': 'format error',
  '39': 'no credit account',
  '40': 'function not supported',
  '41': 'lost card',
  '43': 'stolen card',
  '46': 'closed account',
  '51': 'not sufficient funds',
  '52': 'no checking account',
  '53': 'no savings account',
  '54': 'expired card',
  '55': 'wrong PIN',
  '57': 'not permitted to cardholder',
  '58': 'not permitted to terminal',
  '59': 'suspected fraud',
  '61': 'exceeds amount limit',
  '62': 'restricted card',
  '63': 'security violation',
  '65': 'exceeds count limit',
  '68': 'response received too late',
  '75': 'PIN tries exceeded',
  '78': 'card not activated',
  '82': 'card verification failed',
  '83': 'PIN cannot be verified',
  '86': 'PIN cannot be verified',
  '88': 'cryptographic failure',
  '90': 'cut-over in progress',
  '91': 'issuer or switch not available',
  '92': 'no route to issuer',
  '93': 'violation of law',
  '94': 'duplicate transmission',
  '95': 'reconcile error',
  '96': 'system malfunction',
};

/** DE 39 of 1993 in the standard's own words (annex A); 480 as PayEx has it. */
const actionMeanings: Readonly<Record<string, string>> = {
  '000': 'approved',
  '001': 'honour with identification',
  '002': 'approved for a part of the amount',
  '003': 'approved, VIP',
  '004': 'approved, update track 3',
  '005': 'approved, account type by the issuer',
  '006': 'approved for a part of the amount, account type by the issuer',
  '007': 'approved, update ICC',
  '100': 'do not honour',
  '101': 'expired card',
  '102': 'suspected fraud',
  '103': 'contact the acquirer',
  '104': 'restricted card',
  '105': 'call the acquirer’s security',
  '106': 'PIN tries exceeded',
  '107': 'refer to card issuer',
  '108': 'refer to card issuer, special condition',
  '109': 'merchant not valid',
  '110': 'amount not valid',
  '111': 'card number not valid',
  '112': 'PIN data required',
  '113': 'fee not acceptable',
  '114': 'no account of the type asked for',
  '115': 'function not supported',
  '116': 'not sufficient funds',
  '117': 'wrong PIN',
  '118': 'no card record',
  '119': 'not permitted to cardholder',
  '120': 'not permitted to terminal',
  '121': 'exceeds amount limit',
  '122': 'security violation',
  '123': 'exceeds count limit',
  '124': 'violation of law',
  '125': 'card not effective',
  '126': 'PIN block not valid',
  '127': 'PIN length error',
  '128': 'PIN key error',
  '129': 'suspected counterfeit card',
  '200': 'capture card',
  '201': 'capture card, expired',
  '202': 'capture card, suspected fraud',
  '203': 'capture card, contact the acquirer',
  '204': 'capture card, restricted',
  '205': 'capture card, call security',
  '206': 'capture card, PIN tries exceeded',
  '207': 'capture card, special condition',
  '208': 'lost card',
  '209': 'stolen card',
  '210': 'capture card, suspected counterfeit',
  '400': 'reversal accepted',
  '480': 'reversal accepted, original not found',
  '800': 'network message accepted',
  '900': 'advice acknowledged, no financial liability accepted',
  '901': 'advice acknowledged, financial liability accepted',
  '902': 'transaction not valid',
  '903': 're-enter transaction',
  '904': 'format error',
  '905': 'acquirer not supported',
  '906': 'cut-over in progress',
  '907': 'issuer or switch inoperative',
  '908': 'no route to issuer',
  '909': 'system malfunction',
  '910': 'issuer signed off',
  '911': 'issuer timed out',
  '912': 'issuer not available',
  '913': 'duplicate transmission',
  '914': 'original not found',
  '915': 'reconciliation error',
  '916': 'authentication code wrong',
  '917': 'authentication key error',
  '918': 'no keys',
  '920': 'security software error',
  '921': 'security software error, no action',
  '922': 'message number out of sequence',
  '923': 'request in progress',
  '950': 'violation of the contract',
};

const functionMeanings: Readonly<Record<string, string>> = {
  '100': 'original authorization',
  '200': 'original financial request or advice',
  '201': 'previously approved authorization, same amount',
  '400': 'full reversal',
  [networkFunctions.signOn]: 'sign on',
  [networkFunctions.signOff]: 'sign off',
  '811': 'key change',
  '821': 'cut-over',
  [networkFunctions.echo]: 'echo test',
};

/** What a value of 1993 means, where 1993 has another list than 1987. */
function valueMeaning93(field: number, value: string): string | undefined {
  if (field === 39) return actionMeanings[value] ?? 'unknown action code';
  return field === 24 ? functionMeanings[value] : undefined;
}

/** What a value means in a message of this type, if its field has a list of values; undefined elsewhere. */
export function valueMeaning(field: number, value: string, messageType: string): string | undefined {
  if (field !== 0 && messageType.startsWith('1')) return valueMeaning93(field, value);
  if (field === 0) return messageTypeMeaning(value);
  if (field === 39) return responseMeanings[value] ?? 'unknown response code';
  return field === 70 ? (networkMeanings[value] ?? 'unknown network code') : undefined;
}
