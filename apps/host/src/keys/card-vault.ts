import {
  CardDataError,
  cardReference,
  initialKeyDerivation,
  lend,
  maskPan,
  openTrack2,
  type Purchase,
  type Track2,
} from '@bivak/card';
import type { CardDataFault, CardSummary } from '@bivak/domain';
import type { DataKeys } from './data-keys.ts';
import type { OpenKeys } from './key-file.ts';
import { seal, unseal } from './sealing.ts';

/** A card while it is open; the digits are ASCII. Nothing of it may be kept, and no text be made of the number. */
export interface OpenedCard {
  pan: Uint8Array;
  /** Null once it is destroyed: a later message says number and expiry only. */
  track2: Uint8Array | null;
}

/** A card that a message is about. It is opened while `use` runs, and overwritten afterwards. */
export interface CardHandle {
  /** YYMM */
  expiry: string;
  panLength: number;
  /** Null if its track is destroyed. */
  trackLength: number | null;
  use<Result>(act: (card: OpenedCard) => Result): Result;
}

/** The two data keys of a sale: one for the track, which is destroyed first, and one for number and expiry. */
export interface CardKeys {
  track: string;
  account: string;
}

/** A card as a payment keeps it: each part encrypted under a data key of its own; null once it is destroyed. */
export interface KeptCard {
  track: KeptPart | null;
  account: KeptPart | null;
}
export interface KeptPart {
  dataKey: string;
  /** Base64. */
  sealed: string;
}

/** What a reader has sealed, and what the sale says of it. */
export interface SealedTap {
  summary: CardSummary;
  ciphertext: string;
  purchase: Purchase;
}

/** What may be done with card data. Nothing of it leaves but through a {@link CardHandle}. */
export interface CardVault {
  /** Encrypts what has arrived beside an entry under a data key of its own; base64. */
  sealArrived(dataKey: string, content: string): string;
  openArrived(dataKey: string, sealed: string): string;
  /**
   * Opens what a reader has sealed for this purchase, checks that it is the card which the sale says, and keeps it for the
   * payment. Throws CardDataError with what is wrong.
   */
  keep(tap: SealedTap, keys: CardKeys, paymentId: string): KeptCard;
  /** The card of a payment. Throws CardDataError if it cannot be opened. */
  open(kept: KeptCard, payment: { paymentId: string; cardReference: string }): CardHandle;
}

const separator = 0x3d; // =
const expiryLength = 4;

/** The base derivation key is overwritten where it was given: it goes on in one place. */
export function cardVault(
  { baseDerivationKey, cardReferenceKey }: Pick<OpenKeys, 'baseDerivationKey' | 'cardReferenceKey'>,
  keys: DataKeys,
): CardVault {
  const initialKeyOf = initialKeyDerivation(baseDerivationKey);
  baseDerivationKey.fill(0);
  const sealPart = (dataKey: string, clear: Uint8Array, context: string): KeptPart => ({
    dataKey,
    sealed: keys.use(dataKey, (key) => seal(key, clear, context)).toString('base64'),
  });
  const openPart = ({ dataKey, sealed }: KeptPart, context: string): Buffer => {
    const clear = keys.use(dataKey, (key) => unseal(key, Buffer.from(sealed, 'base64'), context));
    if (clear === undefined) throw new CardDataError('altered-or-other-key');
    return clear;
  };
  return {
    sealArrived: (dataKey, content) => sealPart(dataKey, Buffer.from(content), arrivedContext).sealed,
    openArrived: (dataKey, sealed) => openPart({ dataKey, sealed }, arrivedContext).toString('utf8'),
    keep: ({ summary, ciphertext, purchase }, { track, account }, paymentId) =>
      openTrack2(initialKeyOf, { ksn: summary.ksn, ciphertext, purchase }, (card) => {
        const fault = differenceOf(card, summary, cardReferenceKey);
        if (fault !== undefined) throw new CardDataError(fault);
        const { pan, expiry, track2 } = card;
        const accountData = Buffer.concat([pan, Buffer.from(`=${expiry}`, 'latin1')]);
        return {
          track: sealPart(track, track2, trackContext(paymentId)),
          account: lend(accountData, () => sealPart(account, accountData, accountContext(paymentId))),
        };
      }),
    open(kept, { paymentId, cardReference: reference }) {
      const part = kept.track ?? kept.account;
      if (part === null) throw new CardDataError('destroyed');
      const isTrack = kept.track !== null;
      const context = isTrack ? trackContext(paymentId) : accountContext(paymentId);
      const read = <Result>(act: (clear: Uint8Array, pan: Uint8Array) => Result): Result =>
        lend(openPart(part, context), (clear) => {
          const pan = clear.subarray(0, clear.indexOf(separator));
          if (cardReference(cardReferenceKey, pan) !== reference)
            throw new CardDataError('other-card-than-reference');
          return act(clear, pan);
        });
      return read((clear, { length: panLength }) => ({
        expiry: expiryIn(clear, panLength),
        panLength,
        trackLength: isTrack ? clear.length : null,
        use: (act) => read((whole, pan) => act({ pan, track2: isTrack ? whole : null })),
      }));
    },
  };
}

const arrivedContext = 'arrived';
const trackContext = (paymentId: string): string => `track ${paymentId}`;
const accountContext = (paymentId: string): string => `account ${paymentId}`;

const expiryIn = (clear: Uint8Array, panLength: number): string =>
  Buffer.from(clear.subarray(panLength + 1, panLength + 1 + expiryLength)).toString('latin1');

/** How the card that was sealed differs from what the sale says of it. */
function differenceOf(
  { pan, expiry, serviceCode }: Track2,
  summary: CardSummary,
  referenceKey: Uint8Array,
): CardDataFault | undefined {
  if (cardReference(referenceKey, pan) !== summary.cardReference) return 'other-card-than-reference';
  if (maskPan(pan) !== summary.maskedPan) return 'other-mask';
  if (expiry !== summary.expiry) return 'other-expiry';
  return serviceCode === summary.serviceCode ? undefined : 'other-service-code';
}
