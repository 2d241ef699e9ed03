import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CardDataError, cardReference, deriveInitialKey, sealTrack2 } from '@bivak/card';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SealedTap } from './card-vault.ts';
import { createKeyFile } from './key-file.ts';
import { type KeyStore, openKeyStore } from './key-store.ts';

const keys = {
  baseDerivationKey: '0f'.repeat(16),
  cardReferenceKey: '1e'.repeat(32),
  linkKey: '2d'.repeat(32),
};
const pan = '4761739001010119';
const track2 = `${pan}=49122010000000012300`;
const reference = cardReference(Buffer.from(keys.cardReferenceKey, 'hex'), pan);
const ksn = 'b17a0000000000010000002a';
const purchase = { tillId: 'till-1', saleId: 'till-1-000001', amountMinor: 100, currency: 'RUB' };
const payment = { paymentId: purchase.saleId, cardReference: reference };

const tapOf = (change: Partial<SealedTap['summary']> = {}): SealedTap => {
  const initialKey = deriveInitialKey(Buffer.from(keys.baseDerivationKey, 'hex'), ksn.slice(0, 16));
  const summary = {
    ksn,
    maskedPan: '476173******0119',
    cardReference: reference,
    expiry: '4912',
    serviceCode: '201',
    ...change,
  };
  return { summary, ciphertext: sealTrack2(initialKey, ksn, track2, purchase), purchase };
};
const textOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString('latin1');

describe('the key store', () => {
  let folder: string;
  let store: KeyStore;
  let [track, account] = ['', ''];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-keys-'));
    createKeyFile(join(folder, 'keys'), 'open sesame', keys);
    store = openKeyStore(join(folder, 'keys'), 'open sesame');
    [track, account] = (await store.dataKeys.create(2)) as [string, string];
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const keep = (tap = tapOf()) => store.cards.keep(tap, { track, account }, payment.paymentId);
  const read = (kept: ReturnType<typeof keep>, of = payment) => {
    const { expiry, panLength, trackLength, use } = store.cards.open(kept, of);
    const opened = use((card) => ({ pan: textOf(card.pan), track2: textOf(card.track2) }));
    return { expiry, panLength, trackLength, ...opened };
  };
  const faultOf = (work: () => unknown): string => {
    try {
      work();
      return 'none';
    } catch (error) {
      return (error as CardDataError).fault;
    }
  };

  it('opens a card that a reader sealed, and keeps it for its payment', () => {
    expect(read(keep())).toEqual({ pan, track2, expiry: '4912', panLength: 16, trackLength: track2.length });
    expect(JSON.stringify(keep())).not.toContain(pan);
  });

  it.each([
    [{ cardReference: 'f'.repeat(64) }, 'other-card-than-reference'],
    [{ maskedPan: '476173******0118' }, 'other-mask'],
    [{ expiry: '5012' }, 'other-expiry'],
    [{ serviceCode: '221' }, 'other-service-code'],
  ])('keeps no card that is not what the sale says: %j', (change, fault) => {
    expect(faultOf(() => keep(tapOf(change)))).toBe(fault);
  });

  it('keeps no card that was sealed for another sale, sum or till', () => {
    for (const change of [{ saleId: 'till-1-000002' }, { amountMinor: 124_900 }, { tillId: 'till-2' }])
      expect(faultOf(() => keep({ ...tapOf(), purchase: { ...purchase, ...change } }))).toBe(
        'altered-or-other-key',
      );
  });

  it('has number and expiry without the track once that is destroyed, and nothing after those', async () => {
    const kept = keep();
    await store.dataKeys.destroy([track]);
    expect(faultOf(() => read(kept))).toBe('destroyed');
    expect(read({ ...kept, track: null })).toEqual({
      pan,
      track2: null,
      expiry: '4912',
      panLength: 16,
      trackLength: null,
    });
    await store.dataKeys.destroy([account]);
    expect(faultOf(() => read({ ...kept, track: null }))).toBe('destroyed');
    expect(faultOf(() => read({ track: null, account: null }))).toBe('destroyed');
  });

  it('opens what is kept for one payment for no other', () => {
    const kept = keep();
    const other = { ...payment, paymentId: 'till-1-000002' };
    expect(faultOf(() => read(kept, other))).toBe('altered-or-other-key');
    expect(faultOf(() => read({ ...kept, track: null }, other))).toBe('altered-or-other-key');
    const otherCard = { ...payment, cardReference: 'f'.repeat(64) };
    expect(faultOf(() => read(kept, otherCard))).toBe('other-card-than-reference');
  });

  it('lends a card: its memory is zeros afterwards', () => {
    let seen: Uint8Array[] = [];
    store.cards.open(keep(), payment).use((card) => {
      seen = [card.pan, card.track2!];
    });
    expect(seen.every((bytes) => bytes.length > 0 && bytes.every((byte) => byte === 0))).toBe(true);
  });

  it('seals what has arrived under its own key', async () => {
    const sealed = store.cards.sealArrived(track, '{"phone":"+79001234567"}');
    expect(store.cards.openArrived(track, sealed)).toBe('{"phone":"+79001234567"}');
    expect(faultOf(() => store.cards.openArrived(account, sealed))).toBe('altered-or-other-key');
    expect(() => store.cards.openArrived('none', sealed)).toThrow(CardDataError);
  });
});
