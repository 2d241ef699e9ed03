import { z } from 'zod';

const version = z.number().int().min(0);
const entries = z.array(z.string().regex(/^[0-9a-f]{32}$/));

/** What is signed. Entries are sorted, 32 hex digits each. */
const body = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), version, issuedAtMs: version, entries }),
  z.object({
    kind: z.literal('delta'),
    fromVersion: version,
    version,
    issuedAtMs: version,
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
