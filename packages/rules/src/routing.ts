import { feeMinor } from '@bivak/money';

/** What a merchant and a bank have agreed; fees in per cent as text ("1.7"). */
export interface BankContract {
  bankId: string;
  feePercent: string;
  /** The fee where the bank itself has issued the card. */
  onUsFeePercent: string;
}

/** `failing`: errors or silence lately; `blocked`: the bank has blocked our account. */
export type BankHealth = 'healthy' | 'failing' | 'blocked';

export interface RankedBank {
  bankId: string;
  costMinor: number;
  /** Why it stands where it stands, in plain English, for the console. */
  reason: string;
}

/**
 * Orders the banks to which a payment may be sent: the cheapest first, where a bank that issued the card counts with its
 * on-us fee; one that fails lately comes after all that work; one that has blocked our account is left out. Pure and
 * total; an empty list means that no bank may be asked now.
 *
 * @param issuerBankId the bank, among those with a contract, that issued the card; null where none of them did
 */
export function orderBanks(
  payment: { amountMinor: number; issuerBankId: string | null },
  contracts: readonly BankContract[],
  health: ReadonlyMap<string, BankHealth>,
): RankedBank[] {
  return contracts
    .map((contract) => rank(payment, contract, health.get(contract.bankId) ?? 'healthy'))
    .filter(({ health }) => health !== 'blocked')
    .toSorted(
      (a, b) =>
        Number(a.health === 'failing') - Number(b.health === 'failing') ||
        a.costMinor - b.costMinor ||
        Number(b.isOnUs) - Number(a.isOnUs) ||
        a.bankId.localeCompare(b.bankId),
    )
    .map(({ bankId, costMinor, reason }) => ({ bankId, costMinor, reason }));
}

function rank(
  payment: { amountMinor: number; issuerBankId: string | null },
  contract: BankContract,
  health: BankHealth,
): RankedBank & { isOnUs: boolean; health: BankHealth } {
  const isOnUs = payment.issuerBankId === contract.bankId;
  const percent = isOnUs ? contract.onUsFeePercent : contract.feePercent;
  const fee = isOnUs ? `issued the card itself: ${percent} %` : `${percent} % of the sum`;
  const state = health === 'failing' ? ', after the others because it fails lately' : '';
  return {
    bankId: contract.bankId,
    costMinor: feeMinor(payment.amountMinor, percent),
    reason: `${fee}${state}`,
    isOnUs,
    health,
  };
}
