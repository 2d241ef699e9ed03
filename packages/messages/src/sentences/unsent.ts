import type { Renderer } from '../render/renderer.ts';

/** What a till has that has not left it. Instants in milliseconds. */
export interface UnsentFacts {
  /** Journal entries, and among them accepted card sales, that the host has not acknowledged. */
  entries: number;
  sales: number;
  oldestAtMs: number | null;
  /** Documents that the fiscal operator has not confirmed; null if the drive does not answer. */
  unsentDocuments: number | null;
  nowMs: number;
}

export type UnsentClaim = 'sales-wait' | 'entries-wait' | 'documents-wait' | 'sales-sent' | 'nothing-waits';

/** What each sentence claims. */
export const unsentClaims = {
  sales: ['sales-wait'],
  entries: ['entries-wait', 'sales-sent'],
  documents: ['documents-wait'],
  'documents-unknown': ['sales-sent'],
  none: ['sales-sent', 'nothing-waits'],
} as const satisfies Readonly<Record<string, readonly UnsentClaim[]>>;
export type UnsentKey = keyof typeof unsentClaims;

/** Which sentences are said: what waits for the host, then what waits for the fiscal operator; if nothing does, that. */
function keysOf({ entries, sales, unsentDocuments }: UnsentFacts): UnsentKey[] {
  const forHost: UnsentKey[] = sales > 0 ? ['sales'] : entries > 0 ? ['entries'] : [];
  if (unsentDocuments === null) return forHost.length === 0 ? ['documents-unknown'] : forHost;
  if (unsentDocuments > 0) return [...forHost, 'documents'];
  return forHost.length === 0 ? ['none'] : forHost;
}

/** What of the till waits to be sent, a sentence for each of the two that it is sent to. */
export function unsentText(
  facts: UnsentFacts,
  { t, duration }: Renderer,
): { key: UnsentKey; sentence: string }[] {
  const { entries, sales, oldestAtMs, unsentDocuments, nowMs } = facts;
  const lasting = duration(oldestAtMs === null ? 0 : nowMs - oldestAtMs);
  const tells: Readonly<Record<UnsentKey, () => string>> = {
    sales: () => t('sentences:unsent.sales', { count: sales, lasting }),
    entries: () => t('sentences:unsent.entries', { count: entries }),
    documents: () => t('sentences:unsent.documents', { count: unsentDocuments ?? 0 }),
    'documents-unknown': () => t('sentences:unsent.documents-unknown'),
    none: () => t('sentences:unsent.none'),
  };
  return keysOf(facts).map((key) => ({ key, sentence: tells[key]() }));
}
