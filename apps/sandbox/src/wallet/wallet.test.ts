import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { luhnValid } from '@bivak/card';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { walletEntry } from '../issuers/accounts.ts';
import { bankIds, banks } from '../world/business.ts';
import { cardPlans } from './cards.ts';
import { cardOf, makeWallet } from './wallet.ts';

const beginsAtMs = Date.parse('2026-11-23T15:00:00Z');

describe('the wallet of test cards', () => {
  it('is made once, for its owner alone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bivak-wallet-'));
    const file = join(folder, 'wallet.json');
    makeWallet(file, beginsAtMs);
    const first = readFileSync(file, 'utf8');
    makeWallet(file, beginsAtMs);
    expect(readFileSync(file, 'utf8')).toBe(first);
    expect(statSync(file).mode & 0o077).toBe(0);
    const cards = z.array(walletEntry).parse(JSON.parse(first));
    expect(new Set(cards.map(({ pan }) => pan)).size).toBe(cards.length);
    expect(cards.length).toBeGreaterThanOrEqual(44);
    expect(cards.every(({ pan }) => pan.length === 16 && luhnValid(pan))).toBe(true);
    rmSync(folder, { recursive: true });
  });

  it('has cards of each of its banks and of others, one expired, and other numbers under another key', () => {
    const cards = cardPlans.map((plan) => cardOf(plan, Buffer.alloc(32, 1), beginsAtMs));
    const issuing = bankIds.filter((bankId) => banks[bankId].issuers.length > 0);
    expect(new Set(cards.map(({ issuerBankId }) => issuerBankId))).toEqual(new Set([...issuing, null]));
    expect(cards.find(({ card }) => card === 'expired')!.expiry).toBe('2609');
    expect(cardOf(cardPlans[0]!, Buffer.alloc(32, 2), beginsAtMs).pan).not.toBe(cards[0]!.pan);
  });
});
