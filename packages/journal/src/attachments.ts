import { createHash } from 'node:crypto';
import type { IntakeFault } from '@bivak/domain';
import canonicalize from 'canonicalize';
import { z } from 'zod';

/**
 * A part of an entry that lies beside its signed text, so that it can be destroyed while the chain still verifies: the text
 * holds a commitment to it.
 */
export interface Attachment {
  /** 32 bytes of chance, hex. Without it nobody can find the content by trying all contents, not even a telephone number. */
  salt: string;
  /** Canonical JSON (RFC 8785). */
  content: string;
}

/** The attachments of an entry by name; null: destroyed, as whoever ships the entry says. */
export type Attachments = Readonly<Record<string, Attachment | null>>;

/** Commitments by name, as they stand in the envelope. */
export type Commitments = Readonly<Record<string, string>>;

const saltBytes = 32;
export const attachmentName = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/).max(30); // biome-ignore format: one rule
export const commitment = z.string().regex(/^[0-9a-f]{64}$/);
const attachment = z.strictObject({
  salt: z.string().regex(new RegExp(`^[0-9a-f]{${saltBytes * 2}}$`)),
  content: z.string(),
});

/** Makes an attachment of a value. Throws a RangeError for a salt of another length than 32 bytes. */
export function attach(value: object, salt: Uint8Array): Attachment {
  if (salt.length !== saltBytes) throw new RangeError(`a salt has ${saltBytes} bytes`);
  return { salt: Buffer.from(salt).toString('hex'), content: canonicalize(value)! };
}

/** What the salted hash is made of, before name, salt and content: no other hash of this project begins so. */
const label = 'bivak attachment 1\0';

/**
 * The commitment to an attachment, hex: SHA-256 of label, length of the name (1 byte), name, salt, content. All but the content
 * have a fixed length or say their own, so that no two attachments have the same bytes.
 */
export function commitmentTo(name: string, { salt, content }: Attachment): string {
  return createHash('sha256')
    .update(label)
    .update(Buffer.of(name.length))
    .update(name, 'latin1')
    .update(salt, 'hex')
    .update(content, 'utf8')
    .digest('hex');
}

export function commitmentsTo(attachments: Readonly<Record<string, Attachment>>): Commitments {
  return Object.fromEntries(
    Object.entries(attachments).map(([name, one]) => [name, commitmentTo(name, one)]),
  );
}

/** Reads the attachments of an entry on the wire; undefined if they have no such form. Total. */
export function readAttachments(value: unknown): Attachments | undefined {
  return z.record(attachmentName, attachment.nullable()).safeParse(value).data;
}

/**
 * What is wrong with the attachments of an entry; undefined if each to which it commits is there, or said to be destroyed, and
 * none is another. One that is neither there nor said to be destroyed was lost on the way: the entry is not taken without it.
 */
export function attachmentFault(
  commitments: Commitments,
  attachments: Attachments,
): Extract<IntakeFault, 'attachment-missing' | 'attachment-differs'> | undefined {
  for (const [name, commitment] of Object.entries(commitments)) {
    const given = Object.hasOwn(attachments, name) ? attachments[name] : undefined;
    if (given === undefined) return 'attachment-missing';
    if (given !== null && commitmentTo(name, given) !== commitment) return 'attachment-differs';
  }
  return Object.keys(attachments).every((name) => Object.hasOwn(commitments, name))
    ? undefined
    : 'attachment-differs';
}

/** Reads an attachment's content by its schema; undefined if it has no such form. Total. */
export function readContent<Schema extends z.ZodType>(
  schema: Schema,
  { content }: Pick<Attachment, 'content'>,
): z.infer<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined; // not JSON
  }
}
