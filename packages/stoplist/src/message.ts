/** What is signed. Entries are sorted, 32 hex digits each. */
export type Body =
  | { kind: 'snapshot'; version: number; issuedAtMs: number; entries: string[] }
  | {
      kind: 'delta';
      fromVersion: number;
      version: number;
      issuedAtMs: number;
      added: string[];
      removed: string[];
    };

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const isVersion = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const areEntries = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string' && /^[0-9a-f]{32}$/.test(entry));

/** The signed text and its signature; undefined if the message has neither. */
export function envelope(message: string): { body: string; signature: string } | undefined {
  const outer = parse(Buffer.from(message, 'base64').toString('utf8'));
  if (typeof outer?.body !== 'string' || typeof outer.signature !== 'string') return undefined;
  return { body: outer.body, signature: outer.signature };
}

/** The signed text read; undefined if it is of no known form. */
export function body(text: string): Body | undefined {
  const value = parse(text);
  if (value === undefined || !isVersion(value.version) || !isVersion(value.issuedAtMs)) return undefined;
  const { kind, version, issuedAtMs } = value;
  if (kind === 'snapshot' && areEntries(value.entries))
    return { kind, version, issuedAtMs, entries: value.entries };
  if (
    kind === 'delta' &&
    isVersion(value.fromVersion) &&
    areEntries(value.added) &&
    areEntries(value.removed)
  ) {
    return {
      kind,
      fromVersion: value.fromVersion,
      version,
      issuedAtMs,
      added: value.added,
      removed: value.removed,
    };
  }
  return undefined;
}
