import type { CardMode, CardTap, OfflineLimits } from '@bivak/domain';
import { type AcceptanceResult, decideAcceptance } from '@bivak/rules';
import { isListed } from '@bivak/stoplist';
import type { LimitsStore } from '../limits/index.ts';
import type { StopListStore } from '../stoplist/index.ts';

/** What the till knows when it decides about a card. */
export interface Knowledge {
  limits: LimitsStore;
  stopList: StopListStore;
  /** The limits in force: the host's newest, or those of the configuration before the first contact. */
  limitsInForce: () => OfflineLimits;
  /** Initial key ids of readers whose card data the host does not open, as it said last. */
  unreadableReaderKeys: () => readonly string[];
  /** The newest instant in the journal. */
  newestAtMs: () => number;
}

/** The initial key id is the first eight bytes of a key serial number (ANSI X9.24-3). */
const keyIdLength = 16;

/** The decision of `@bivak/rules` about this card, from what the till knows now: both ways, with and without the host. */
export function decide(
  card: CardTap,
  totalMinor: number,
  nowMs: number,
  knowledge: Knowledge,
): Record<CardMode, AcceptanceResult> {
  const { limits, stopList } = knowledge;
  const keyId = card.ksn.slice(0, keyIdLength);
  const input = {
    nowMs,
    card,
    totalMinor,
    limits: knowledge.limitsInForce(),
    stopList: { listed: isListed(stopList.current(), card.cardReference), ageMs: stopList.ageMs(nowMs) },
    readerKey: { keyId, isOpened: !knowledge.unreadableReaderKeys().includes(keyId) },
    cardOutstanding: limits.onCard(card.cardReference),
    tillOutstanding: limits.onTill(),
    clockBehindMs: Math.max(0, knowledge.newestAtMs() - nowMs),
  };
  return {
    online: decideAcceptance({ ...input, mode: 'online' }),
    offline: decideAcceptance({ ...input, mode: 'offline' }),
  };
}
