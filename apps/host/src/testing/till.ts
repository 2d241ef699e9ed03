import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { cardReference, deriveInitialKey, maskPan, sealTrack2 } from '@bivak/card';
import { type CardMode, type Check, type SaleMode, type SaleRequest, saleRequest } from '@bivak/domain';
import { type EntryDraft, encodeBatch, genesisHash, type SealedEntry, sealEntry } from '@bivak/journal';

export const testKeys = {
  baseDerivationKey: '0f'.repeat(16),
  cardReferenceKey: '1e'.repeat(32),
  linkKey: '2d'.repeat(32),
};
/** Test numbers of the card schemes' own documents. */
export const testPans = [
  '4761739001010119',
  '5413330089020011',
  '2200000000000004',
  '5413330089600044',
] as const;

export interface Sale extends Partial<SaleRequest> {
  pan?: string;
  requestedMode?: CardMode;
  totalMinor?: number;
  phone?: string | null;
  currency?: string;
  timeZone?: string;
  productName?: string;
}

/** A till that only writes its journal: what it would ship. */
export interface TestTill {
  tillId: string;
  publicKey: KeyObject;
  privateKey: KeyObject;
  /** Every entry that it has written. */
  entries: SealedEntry[];
  write(draft: EntryDraft, timeZone?: string): SealedEntry;
  /** Writes an intent; returns the sale's identity. */
  intend(sale?: Sale): string;
  accept(saleId: string, mode?: SaleMode, checks?: Check[]): void;
  /** An intent and its acceptance. */
  sell(sale?: Sale): string;
  batch(from?: number): string;
}

export function testTill(tillId: string, nowMs: () => number): TestTill {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const entries: SealedEntry[] = [];
  let place = { seq: 0, hash: genesisHash };
  let sales = 0;
  const write = (draft: EntryDraft, timeZone = 'Europe/Moscow'): SealedEntry => {
    const at = new Date(nowMs()).toISOString();
    const { payload, signature, place: next } = sealEntry(draft, place, { tillId, at, timeZone }, privateKey);
    place = next;
    entries.push({ payload, signature });
    return { payload, signature };
  };
  const intend = (sale: Sale = {}): string => {
    const saleId = `${tillId}-${String(++sales).padStart(6, '0')}`;
    write({ kind: 'sale.intent', body: intentOf(saleId, sales, sale) }, sale.timeZone);
    return saleId;
  };
  const accept = (saleId: string, mode: SaleMode = 'offline', checks: Check[] = []): void => {
    write({ kind: 'sale.accepted', body: { saleId, mode, fiscal: fiscalOf(sales, nowMs()), checks } });
  };
  return {
    tillId,
    publicKey,
    privateKey,
    entries,
    write,
    intend,
    accept,
    sell(sale) {
      const saleId = intend(sale);
      accept(saleId);
      return saleId;
    },
    batch: (from = 0) => encodeBatch(entries.slice(from)),
  };
}

function intentOf(saleId: string, number: number, sale: Sale) {
  const { totalMinor = 50_000, phone = null, currency = 'RUB', requestedMode = 'offline' } = sale;
  const { productName: name = 'Чай' } = sale;
  const lineItem = {
    sku: 'TEA',
    name,
    quantity: 1,
    priceMinor: totalMinor,
    sumMinor: totalMinor,
    vatRate: '22' as const,
  };
  return {
    saleId,
    ...saleRequest.parse({ saleKey: saleId, tender: 'card', ...sale }),
    lineItems: [lineItem],
    totalMinor,
    currency,
    shiftNumber: 1,
    requestedMode,
    card: tapOf(sale.pan ?? testPans[0], number),
    contact: phone === null ? null : { phone },
    checks: [{ name: 'stop-list' as const, isListed: false, passed: true }],
  };
}

/** What the reader would give. */
export function tapOf(pan: string, counter: number) {
  const ksn = `b17a000000000001${counter.toString(16).padStart(8, '0')}`;
  const initialKey = deriveInitialKey(Buffer.from(testKeys.baseDerivationKey, 'hex'), ksn.slice(0, 16));
  return {
    ksn,
    ciphertext: sealTrack2(initialKey, ksn, `${pan}=4912201`),
    maskedPan: maskPan(pan),
    cardReference: cardReference(Buffer.from(testKeys.cardReferenceKey, 'hex'), pan),
    expiry: '4912',
    serviceCode: '201',
  };
}

const fiscalOf = (number: number, nowMs: number) => ({
  driveNumber: '9999078900005488',
  registrationNumber: '0000000001',
  documentNumber: number,
  fiscalSign: 1,
  shiftNumber: 1,
  receiptNumber: number,
  signedAt: new Date(nowMs).toISOString(),
  qr: 't=',
});
