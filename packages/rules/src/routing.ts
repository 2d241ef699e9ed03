import type { BankHealth, RankedBank, Route } from '@bivak/domain';
import { feeMinor } from '@bivak/money';

/** What a merchant and a bank have agreed; fees in per cent as text ("1.7"). */
export interface BankContract {
  bankId: string;
  feePercent: string;
  /** The fee if the bank itself has issued the card. */
  onUsFeePercent: string;
}

/** The banks to which a payment may be sent, in that order, and those that have blocked our account. */
export interface BankOrder {
  ranked: readonly RankedBank[];
  blocked: readonly string[];
}

/**
 * Orders the banks to which a payment may be sent: the cheapest first, and a bank that issued the card counts with its
 * on-us fee; one that fails lately comes after all that work; one that has blocked our account is left out. Pure and
 * total; an empty `ranked` means that no bank may be asked now.
 *
 * @param issuerBankId the bank, among those with a contract, that issued the card; null if none of them did
 */
export function orderBanks(
  payment: { amountMinor: number; issuerBankId: string | null },
  contracts: readonly BankContract[],
  health: ReadonlyMap<string, BankHealth>,
): BankOrder {
  const all = contracts.map((contract) => rank(payment, contract, health.get(contract.bankId) ?? 'healthy'));
  const ranked = all
    .filter(({ health }) => health !== 'blocked')
    .toSorted(
      (a, b) =>
        Number(a.route.isFailing) - Number(b.route.isFailing) ||
        a.costMinor - b.costMinor ||
        Number(b.route.kind === 'on-us') - Number(a.route.kind === 'on-us') ||
        a.bankId.localeCompare(b.bankId),
    )
    .map(({ bankId, costMinor, route }) => ({ bankId, costMinor, route }));
  const blocked = all.filter(({ health }) => health === 'blocked').map(({ bankId }) => bankId);
  return { ranked, blocked };
}

function rank(
  payment: { amountMinor: number; issuerBankId: string | null },
  contract: BankContract,
  health: BankHealth,
): RankedBank & { health: BankHealth } {
  const kind: Route['kind'] = payment.issuerBankId === contract.bankId ? 'on-us' : 'off-us';
  const feePercent = kind === 'on-us' ? contract.onUsFeePercent : contract.feePercent;
  return {
    bankId: contract.bankId,
    costMinor: feeMinor(payment.amountMinor, feePercent),
    route: { kind, feePercent, isFailing: health === 'failing' },
    health,
  };
}
