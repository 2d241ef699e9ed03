import { longestPrefix } from '@bivak/card';

/** Who issued a card: the issuer's name, and the bank with a contract that it is, if it is one. */
export interface Issuer {
  name: string;
  bankId: string | null;
}

export interface Issuers {
  /** By the first six digits of a masked number; undefined if nobody knows. */
  of(maskedPan: string): Issuer | undefined;
}

/** One bank of an issuer table: its name and the card prefixes that it issues. */
export interface IssuerRow {
  code: string;
  name: string;
  prefixes: readonly (string | number)[];
}

/**
 * Makes the table from rows (npm banks-db, or an operator's own) and the banks with contracts, each of which names the
 * issuers whose cards are its own.
 */
export function issuerTable(
  rows: readonly IssuerRow[],
  banks: readonly { bankId: string; issuers: readonly string[] }[],
): Issuers {
  const table = new Map<string, Issuer>();
  for (const { code, name, prefixes } of rows) {
    const bank = banks.find(({ issuers }) => issuers.includes(code) || issuers.includes(name));
    for (const prefix of prefixes) table.set(String(prefix), { name, bankId: bank?.bankId ?? null });
  }
  return { of: (maskedPan) => longestPrefix(table, maskedPan) };
}
