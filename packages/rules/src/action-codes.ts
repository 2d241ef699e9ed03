import type { AfterReversal, ResponseClass, ResponseMeaning } from '@bivak/domain';

/** What an action code of 1993 says. */
export interface ActionCode {
  meaning: ResponseMeaning;
  class: ResponseClass;
  /** Of an unsure answer, once it is reversed. */
  after?: AfterReversal;
  /** The response code of 1987 that says the same: the schemes' rules for retries are written in those. */
  as87: string;
}

const approved = (meaning: ResponseMeaning, as87 = '00'): ActionCode => ({
  meaning,
  class: 'approved',
  as87,
});
const declined = (meaning: ResponseMeaning, as87: string): ActionCode => ({
  meaning,
  class: 'declined',
  as87,
});
const trouble = (meaning: ResponseMeaning, as87: string): ActionCode => ({
  meaning,
  class: 'bank-trouble',
  as87,
});
const blocked = (meaning: ResponseMeaning, as87: string): ActionCode => ({
  meaning,
  class: 'merchant-blocked',
  as87,
});
const unsure = (meaning: ResponseMeaning, as87: string, after: AfterReversal = 'retry'): ActionCode => ({
  meaning,
  class: 'unsure',
  after,
  as87,
});
const partial: ActionCode = { meaning: 'partially-approved', class: 'partial', as87: '10' };

/**
 * DE 39 of ISO 8583:1993, table A.1 of the standard as acquirers print it. 0xx approved, 1xx declined, 2xx declined and the
 * card is to be kept, 4xx reversal accepted, 8xx network management, 9xx advices and trouble. A code that is not here is as
 * little understood as one of 1987 that nobody has listed.
 */
export const actionCodes: Readonly<Record<string, ActionCode>> = {
  '000': approved('approved'),
  '001': approved('approved-with-identification', '08'),
  '002': partial,
  '003': approved('approved-vip', '11'),
  '004': approved('approved-update-track-3', '16'),
  '005': approved('approved'),
  '006': partial,
  '007': approved('approved'),
  '100': declined('do-not-honour', '05'),
  '101': declined('expired-card', '54'),
  '102': declined('suspected-fraud', '59'),
  '103': declined('refer-to-issuer', '01'),
  '104': declined('restricted-card', '62'),
  '105': declined('refer-to-issuer-special', '02'),
  '106': declined('pin-tries-exceeded', '75'),
  '107': declined('refer-to-issuer', '01'),
  '108': declined('refer-to-issuer-special', '02'),
  '109': blocked('merchant-not-served', '03'),
  '110': declined('amount-not-valid', '13'),
  '111': declined('no-such-card', '14'),
  '112': declined('wrong-pin', '55'),
  '113': declined('not-valid-for-card', '12'),
  '114': declined('no-checking-account', '52'),
  '115': trouble('function-not-supported', '40'),
  '116': declined('insufficient-funds', '51'),
  '117': declined('wrong-pin', '55'),
  '118': declined('no-such-card', '14'),
  '119': declined('not-permitted-to-cardholder', '57'),
  '120': blocked('not-permitted-to-terminal', '58'),
  '121': declined('over-amount-limit', '61'),
  '122': declined('security-violation', '63'),
  '123': declined('over-use-limit', '65'),
  '124': declined('forbidden-by-law', '93'),
  '125': declined('card-not-activated', '78'),
  '126': declined('pin-not-verifiable', '86'),
  '127': declined('pin-not-verifiable', '86'),
  '128': trouble('bank-malfunction', '96'),
  '129': declined('suspected-fraud', '59'),
  '200': declined('capture-card', '04'),
  '201': declined('expired-card', '54'),
  '202': declined('capture-card-special', '07'),
  '203': declined('capture-card', '04'),
  '204': declined('capture-card', '04'),
  '205': declined('capture-card', '04'),
  '206': declined('pin-tries-exceeded', '75'),
  '207': declined('capture-card-special', '07'),
  '208': declined('lost-card', '41'),
  '209': declined('stolen-card', '43'),
  '210': declined('capture-card-special', '07'),
  '900': unsure('advice-acknowledged', '21'),
  '901': unsure('advice-acknowledged', '21'),
  '902': declined('not-valid-for-card', '12'),
  '903': trouble('re-enter', '19'),
  '904': trouble('message-unreadable', '30'),
  '905': trouble('no-route-to-issuer', '92'),
  '906': trouble('closing-business-day', '90'),
  '907': trouble('issuer-unreachable', '91'),
  '908': trouble('no-route-to-issuer', '92'),
  '909': trouble('bank-malfunction', '96'),
  '910': trouble('issuer-unreachable', '91'),
  // The issuer was asked and did not answer in time: it may have debited.
  '911': unsure('issuer-answered-late', '68'),
  '912': trouble('issuer-unreachable', '91'),
  '913': unsure('duplicate-transmission', '94'),
  '916': trouble('message-not-authentic', '96'),
  '917': trouble('message-not-authentic', '96'),
  '918': trouble('message-not-authentic', '96'),
  '920': trouble('bank-malfunction', '96'),
  '921': trouble('bank-malfunction', '96'),
  '923': unsure('request-in-progress', '09'),
  '950': blocked('merchant-not-served', '03'),
};

/** A response code as 1987 has it: the schemes' rules are written in those. Others stay as they are. */
export const asIso87 = (code: string): string =>
  Object.hasOwn(actionCodes, code) ? actionCodes[code]!.as87 : code;
