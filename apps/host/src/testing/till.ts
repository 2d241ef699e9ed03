import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { cardReference, deriveInitialKey, maskPan, type Purchase, sealTrack2 } from '@bivak/card';
import {
  type CardMode,
  type CardSummary,
  type Check,
  type SaleMode,
  type SaleRequest,
  saleRequest,
} from '@bivak/domain';
import {
  attach,
  type EntryDraft,
  encodeBatch,
  genesisHash,
  type NewAttachments,
  type SealedEntry,
  sealEntry,
} from '@bivak/journal';

export const testKeys = {
  baseDerivationKey: '0f'.repeat(16),
  cardReferenceKey: '1e'.repeat(32),
  linkKey: '2d'.repeat(32),
};
/** Of readers whose key the host does not have. */
export const unknownBaseKey = '3c'.repeat(16);
/** Test numbers of the card schemes' own documents. */
export const testPans = [
  '4761739001010119',
  '5413330089020011',
  '2200000000000004',
  '5413330089600044',
] as const;

export interface Sale extends Partial<SaleRequest> {
  /** A number that was used before, if it is not the next one. */
  saleId?: string;
  /** What it says was sold, whatever that is. */
  lineItems?: unknown;
  /** As a reader with a key that the host does not know would seal it. */
  isOfUnknownReader?: boolean;
  pan?: string;
  requestedMode?: CardMode;
  totalMinor?: number;
  phone?: string | null;
  currency?: string;
  timeZone?: string;
  productName?: string;
  /** A tap of another sale, or an altered one: what lies beside the intent instead of its own. */
  ciphertext?: string;
  /** Says something else of the card than what was sealed. */
  card?: Partial<CardSummary>;
}

/** A till that only writes its journal: what it would ship. */
export interface TestTill {
  tillId: string;
  publicKey: KeyObject;
  privateKey: KeyObject;
  /** The keys that it had before, the oldest first. */
  formerKeys: KeyObject[];
  /** Makes another key, with which it signs from now on. */
  changeKey(): void;
  /** Every entry that it has written. */
  entries: SealedEntry[];
  write(draft: EntryDraft, timeZone?: string, beside?: NewAttachments): SealedEntry;
  /** Writes an intent; returns the sale's identity. */
  intend(sale?: Sale): string;
  accept(saleId: string, mode?: SaleMode, checks?: Check[]): void;
  /** An intent and its acceptance. */
  sell(sale?: Sale): string;
  batch(from?: number): string;
}

export function testTill(tillId: string, nowMs: () => number): TestTill {
  const keys = generateKeyPairSync('ed25519');
  const entries: SealedEntry[] = [];
  let place = { seq: 0, hash: genesisHash };
  let sales = 0;
  const write = (draft: EntryDraft, timeZone = 'Europe/Moscow', beside: NewAttachments = {}): SealedEntry => {
    const at = new Date(nowMs()).toISOString();
    const sealed = sealEntry(draft, place, { tillId, at, timeZone }, till.privateKey, beside);
    place = sealed.place;
    const { payload, signature, attachments } = sealed;
    entries.push({ payload, signature, attachments });
    return { payload, signature, attachments };
  };
  const intend = (sale: Sale = {}): string => {
    const number = ++sales;
    const saleId = sale.saleId ?? `${tillId}-${String(number).padStart(6, '0')}`;
    const { body, beside } = intentOf({ tillId, saleId, number }, sale);
    write({ kind: 'sale.intent', body }, sale.timeZone, beside);
    return saleId;
  };
  const accept = (saleId: string, mode: SaleMode = 'offline', checks: Check[] = []): void => {
    write({ kind: 'sale.accepted', body: { saleId, mode, fiscal: fiscalOf(sales, nowMs()), checks } });
  };
  const till: TestTill = {
    tillId,
    ...keys,
    formerKeys: [],
    changeKey() {
      till.formerKeys = [...till.formerKeys, till.publicKey];
      Object.assign(till, generateKeyPairSync('ed25519'));
    },
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
  return till;
}

function intentOf(
  { tillId, saleId, number }: { tillId: string; saleId: string; number: number },
  sale: Sale,
) {
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
  const purchase = { tillId, saleId, amountMinor: totalMinor, currency };
  const { ciphertext, ...card } = tapOf(sale.pan ?? testPans[0], number, purchase, sale.isOfUnknownReader);
  const salted = (content: object) => attach(content, randomBytes(32));
  const body = {
    saleId,
    ...saleRequest.parse({ saleKey: saleId, tender: 'card', ...sale }),
    lineItems: (sale.lineItems ?? [lineItem]) as [typeof lineItem],
    totalMinor,
    currency,
    shiftNumber: 1,
    requestedMode,
    card: { ...card, ...sale.card },
    checks: [{ name: 'stop-list' as const, isListed: false, passed: true }],
  };
  const beside = {
    card: salted({ ciphertext: sale.ciphertext ?? ciphertext }),
    ...(phone === null ? {} : { contact: salted({ phone }) }),
  };
  return { body, beside };
}

/** What the reader of that till would give; no two tills have one. */
export function tapOf(pan: string, counter: number, purchase: Purchase, isOfUnknownReader = false) {
  const till = Number(/\d+$/.exec(purchase.tillId)?.[0] ?? 1);
  const keyId = `b17a${(isOfUnknownReader ? 0xff : till).toString(16).padStart(12, '0')}`;
  const ksn = `${keyId}${counter.toString(16).padStart(8, '0')}`;
  const baseKey = isOfUnknownReader ? unknownBaseKey : testKeys.baseDerivationKey;
  const initialKey = deriveInitialKey(Buffer.from(baseKey, 'hex'), ksn.slice(0, 16));
  return {
    ksn,
    ciphertext: sealTrack2(initialKey, ksn, `${pan}=4912201`, purchase),
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
