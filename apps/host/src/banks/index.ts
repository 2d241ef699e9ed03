import type { Clock } from '@bivak/clock';
import { bankProfile } from '@bivak/iso8583';
import type { Logger } from '@bivak/process';
import { type ResponseClass, responseClass } from '@bivak/rules';
import { type BankAddress, openBankLink } from './bank-link.ts';
import type { BankLinks, LateAnswer } from './port.ts';

export type { BankAddress } from './bank-link.ts';
export { settlesCurrency } from './messages.ts';
export type {
  BankAnswer,
  BankLinkState,
  BankLinks,
  DebitRequest,
  LateAnswer,
  Leaving,
  OpenedCard,
  ReversalRequest,
} from './port.ts';

import { reasons } from './reasons.ts';

/**
 * Opens a link to each bank. `onLateAnswer` hears of messages that no question waits for any more; a late approval needs
 * nothing done, since its debit is being reversed, but is worth a line in the payment's story.
 */
export function openBankLinks(
  banks: readonly BankAddress[],
  clock: Clock,
  log: Logger,
  onLateAnswer?: (late: LateAnswer) => void,
): BankLinks {
  const links = new Map(
    banks.map((bank) => [bank.bankId, openBankLink(bank, clock, log, onLateAnswer)] as const),
  );
  const noSuchBank = { kind: 'not-sent', why: reasons.noContract(), isOurs: true } as const;
  return {
    debit: async (bankId, request, timeoutMs, leaving) =>
      (await links.get(bankId)?.debit(request, timeoutMs, leaving)) ?? noSuchBank,
    reverse: async (bankId, request, repeat, timeoutMs) =>
      (await links.get(bankId)?.reverse(request, repeat, timeoutMs)) ?? noSuchBank,
    states: () => [...links.values()].map((link) => link.state()),
    close: async () => {
      await Promise.all([...links.values()].map((link) => link.close()));
    },
  };
}

/** What a code means at a bank: its profile's own reading before the common table. */
export function classifyResponse(profileName: string, responseCode: string): ResponseClass {
  return bankProfile(profileName).responseClasses[responseCode] ?? responseClass(responseCode);
}
