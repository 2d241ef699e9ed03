import type { ResponseClass, ResponseMeaning } from '@bivak/domain';

interface ResponseCode {
  meaning: ResponseMeaning;
  class: ResponseClass;
}

const declined = (meaning: ResponseMeaning): ResponseCode => ({ meaning, class: 'declined' });
const trouble = (meaning: ResponseMeaning): ResponseCode => ({ meaning, class: 'bank-trouble' });
const approved = (meaning: ResponseMeaning): ResponseCode => ({ meaning, class: 'approved' });

/**
 * DE 39 of ISO 8583:1987 as acquirers use it (sources: response-code lists of Galileo, myPOS and Vodacom's gateway, read
 * November 2026). A bank's profile overrides single rows.
 */
const codes: Readonly<Record<string, ResponseCode>> = {
  '00': approved('approved'),
  '01': declined('refer-to-issuer'),
  '02': declined('refer-to-issuer-special'),
  '03': { meaning: 'merchant-not-served', class: 'merchant-blocked' },
  '04': declined('capture-card'),
  '05': declined('do-not-honour'),
  '06': trouble('bank-error'),
  '07': declined('capture-card-special'),
  '12': declined('not-valid-for-card'),
  '13': declined('amount-not-valid'),
  '14': declined('no-such-card'),
  '15': declined('no-such-issuer'),
  '19': trouble('re-enter'),
  '22': trouble('suspected-malfunction'),
  '30': trouble('message-unreadable'),
  '40': trouble('function-not-supported'),
  '41': declined('lost-card'),
  '43': declined('stolen-card'),
  '46': declined('account-closed'),
  '51': declined('insufficient-funds'),
  '52': declined('no-checking-account'),
  '53': declined('no-savings-account'),
  '54': declined('expired-card'),
  '55': declined('wrong-pin'),
  '57': declined('not-permitted-to-cardholder'),
  '58': { meaning: 'not-permitted-to-terminal', class: 'merchant-blocked' },
  '59': declined('suspected-fraud'),
  '61': declined('over-amount-limit'),
  '62': declined('restricted-card'),
  '63': declined('security-violation'),
  '65': declined('over-use-limit'),
  '68': { meaning: 'issuer-answered-late', class: 'unsure' },
  '75': declined('pin-tries-exceeded'),
  '78': declined('card-not-activated'),
  '82': declined('card-data-not-valid'),
  '83': declined('pin-not-verifiable'),
  '86': declined('pin-not-verifiable'),
  '90': trouble('closing-business-day'),
  '91': trouble('issuer-unreachable'),
  '92': trouble('no-route-to-issuer'),
  '93': declined('forbidden-by-law'),
  '94': trouble('duplicate-transmission'),
  '96': trouble('bank-malfunction'),
};

/** The class of a response code; one that nobody has listed is a decline: the cautious reading. */
export function responseClass(code: string): ResponseClass {
  return codes[code]?.class ?? 'declined';
}

/** What a response code says; `unlisted` for one that nobody has listed. */
export function responseMeaning(code: string): ResponseMeaning {
  return codes[code]?.meaning ?? 'unlisted';
}
