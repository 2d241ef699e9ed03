/**
 * What a bank's answer means for the payment:
 * - `approved`: debited
 * - `declined`: the issuer said no; another bank would hear the same
 * - `merchant-blocked`: this bank will not work for us; another one may
 * - `bank-trouble`: no decision was made; another bank may be asked
 * - `unsure`: the bank itself does not know whether the issuer has debited: as good as no answer, so it is reversed first
 */
export type ResponseClass = 'approved' | 'declined' | 'merchant-blocked' | 'bank-trouble' | 'unsure';

interface ResponseCode {
  meaning: string;
  class: ResponseClass;
}

const declined = (meaning: string): ResponseCode => ({ meaning, class: 'declined' });
const trouble = (meaning: string): ResponseCode => ({ meaning, class: 'bank-trouble' });
const approved = (meaning: string): ResponseCode => ({ meaning, class: 'approved' });

/**
 * DE 39 of ISO 8583:1987 as acquirers use it (sources: response-code lists of Galileo, myPOS and Vodacom's gateway, read
 * November 2026). A bank's profile overrides single rows.
 */
const codes: Readonly<Record<string, ResponseCode>> = {
  '00': approved('approved'),
  '01': declined('refer to the issuer'),
  '02': declined('refer to the issuer, special condition'),
  '03': { meaning: 'this merchant is not served by the bank', class: 'merchant-blocked' },
  '04': declined('capture the card'),
  '05': declined('do not honour'),
  '06': trouble('error at the bank'),
  '07': declined('capture the card, special condition'),
  '12': declined('transaction not valid for this card'),
  '13': declined('amount not valid'),
  '14': declined('no such card'),
  '15': declined('no such issuer'),
  '19': trouble('enter the transaction again'),
  '22': trouble('suspected malfunction'),
  '30': trouble('the bank could not read the message'),
  '40': trouble('function not supported by the bank'),
  '41': declined('lost card'),
  '43': declined('stolen card'),
  '46': declined('account closed'),
  '51': declined('not enough money on the account'),
  '52': declined('no checking account'),
  '53': declined('no savings account'),
  '54': declined('expired card'),
  '55': declined('wrong PIN'),
  '57': declined('not permitted to this cardholder'),
  '58': { meaning: 'not permitted to this terminal', class: 'merchant-blocked' },
  '59': declined('suspected fraud'),
  '61': declined('over the card’s amount limit'),
  '62': declined('restricted card'),
  '63': declined('security violation'),
  '65': declined('over the card’s number of uses'),
  '68': { meaning: 'the issuer answered the bank too late', class: 'unsure' },
  '75': declined('too many wrong PINs'),
  '78': declined('card not activated'),
  '82': declined('card data not valid'),
  '83': declined('PIN cannot be checked'),
  '86': declined('PIN cannot be checked'),
  '90': trouble('the bank is closing its day'),
  '91': trouble('the issuer cannot be reached'),
  '92': trouble('no way to the issuer'),
  '93': declined('forbidden by law'),
  '94': trouble('sent twice'),
  '96': trouble('malfunction at the bank'),
};

/** The class of a response code; one that nobody has listed is a decline: the cautious reading. */
export function responseClass(code: string): ResponseClass {
  return codes[code]?.class ?? 'declined';
}

/** The meaning of a response code in plain English. */
export function responseMeaning(code: string): string {
  return codes[code]?.meaning ?? `declined with code ${code}`;
}
