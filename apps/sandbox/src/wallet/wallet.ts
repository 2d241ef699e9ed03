import { createHmac, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { luhnDigit } from '@bivak/card';
import { z } from 'zod';
import type { WalletEntry } from '../issuers/accounts.ts';
import { banks } from '../world/business.ts';
import { writeWhole } from '../world/whole-file.ts';
import { type CardPlan, cardPlans } from './cards.ts';

const issuerRow = z.object({ code: z.string(), prefixes: z.array(z.union([z.string(), z.number()])) });

/**
 * Makes the wallet of test cards, once: a later start keeps the cards it has. Numbers are made from a key of this sandbox
 * alone, which is thrown away: an issuer's prefix, digits from the key, a check digit. They are in no file but this one,
 * which only its owner may read.
 *
 * @param beginsAtMs the instant at which the sandbox's time begins: expiry dates are counted from it
 */
export function makeWallet(file: string, beginsAtMs: number): void {
  if (existsSync(file)) return;
  const key = randomBytes(32);
  const cards = cardPlans.map((plan) => cardOf(plan, key, beginsAtMs));
  writeWhole(file, JSON.stringify(cards, null, 2));
}

/** A card with its number. */
export function cardOf(plan: CardPlan, key: Uint8Array, beginsAtMs: number): WalletEntry {
  const prefix = prefixOf(plan.issuer);
  const digest = createHmac('sha256', key).update(plan.card).digest();
  const account = String(digest.readUIntBE(0, 6))
    .padStart(15, '0')
    .slice(-(15 - prefix.length));
  const { issuer: _, expiresInMonths, ...shared } = plan;
  return {
    ...shared,
    pan: `${prefix}${account}${luhnDigit(prefix + account)}`,
    expiry: monthAfter(beginsAtMs, expiresInMonths),
    issuerBankId: bankOf(plan.issuer),
  };
}

function prefixOf(issuer: string): string {
  const { data } = createRequire(import.meta.url)('banks-db') as { data: unknown };
  const row = z
    .array(issuerRow)
    .parse(data)
    .find(({ code }) => code === issuer);
  const prefix = row?.prefixes.map(String).find((text) => /^\d{6}$/.test(text));
  if (prefix === undefined) throw new Error(`banks-db has no issuer ${issuer} with a prefix of six digits`);
  return prefix;
}

/** YYMM, so many months after an instant. */
function monthAfter(atMs: number, months: number): string {
  const at = new Date(atMs);
  const month = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1));
  return `${String(month.getUTCFullYear() % 100).padStart(2, '0')}${String(month.getUTCMonth() + 1).padStart(2, '0')}`;
}

function bankOf(issuer: string): string | null {
  const found = Object.entries(banks).find(([, { issuers }]) =>
    (issuers as readonly string[]).includes(issuer),
  );
  return found?.[0] ?? null;
}
