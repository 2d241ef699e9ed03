import { z } from 'zod';

const version = z.number().int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const entries = z.array(z.string().regex(/^[0-9a-f]{32}$/));

/** Of every message: the list to which it leads, and the epoch of the store that has published it. */
const leadsTo = { epochId: z.string(), version, issuedAtMs: version, hash };

/** What is signed. Entries are sorted, 32 hex digits each. */
const body = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), ...leadsTo, entries }),
  z.object({
    kind: z.literal('delta'),
    /** The list to which it may be applied, and no other. */
    fromVersion: version,
    fromHash: hash,
    ...leadsTo,
    added: entries,
    removed: entries,
  }),
]);
export type Body = z.infer<typeof body>;

const envelope = z.object({ body: z.string(), signature: z.string() });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The signed text and its signature; undefined if the message has neither. */
export const readEnvelope = (message: string): z.infer<typeof envelope> | undefined =>
  envelope.safeParse(parseJson(Buffer.from(message, 'base64').toString('utf8'))).data;

/** Reads the signed text; undefined if it is of no known form. */
export const readBody = (text: string): Body | undefined => body.safeParse(parseJson(text)).data;
