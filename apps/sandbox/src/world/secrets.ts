import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { tillIds } from './business.ts';
import { writeWhole } from './whole-file.ts';

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
const secretsSchema = z.object({
  /** Base derivation key of the readers (AES-128). */
  baseDerivationKey: hex(16),
  cardReferenceKey: hex(32),
  /** Of the banks whose messages are authenticated: one for all of them. */
  bankMacKey: hex(16),
  passphrase: z.string(),
  smsPassword: z.string(),
  enrolmentCodes: z.record(z.string(), z.string()),
});

/** Keys and passwords of one sandbox, made once. They guard test cards only. */
export type SandboxSecrets = z.infer<typeof secretsSchema>;

/** The secrets of this data folder; made at the first call, kept in a file that only its owner may read. */
export function loadSecrets(file: string): SandboxSecrets {
  if (existsSync(file)) return secretsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const secrets: SandboxSecrets = {
    baseDerivationKey: randomBytes(16).toString('hex'),
    cardReferenceKey: randomBytes(32).toString('hex'),
    bankMacKey: randomBytes(16).toString('hex'),
    passphrase: randomBytes(24).toString('base64url'),
    // SMPP 3.4 has room for eight characters of a password.
    smsPassword: randomBytes(4).toString('hex'),
    enrolmentCodes: Object.fromEntries(tillIds.map((till) => [till, randomBytes(12).toString('hex')])),
  };
  writeWhole(file, JSON.stringify(secrets, null, 2));
  return secrets;
}

/** The id of a reader's initial key (16 hex digits): the first part of every key serial number that it sends. */
export function initialKeyId(readerIndex: number): string {
  return `b17a${'0'.repeat(10)}${(readerIndex + 1).toString(16).padStart(2, '0')}`;
}
