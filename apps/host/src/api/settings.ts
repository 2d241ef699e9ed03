import { currency, language, tillId, uplinkApi } from '@bivak/contracts';
import { z } from 'zod';

const percent = z.string().regex(/^\d{1,3}(\.\d{1,4})?$/, 'a percentage as text: "1.7"');

const bankSetting = z.object({
  bankId: z.string(),
  name: z.object({ ru: z.string(), en: z.string() }),
  profile: z.string(),
  host: z.string(),
  port: z.number().int(),
  terminalId: z.string().max(8),
  merchantId: z.string().max(15),
  feePercent: percent,
  onUsFeePercent: percent,
  /** Issuers whose cards are this bank's own, by code or name in the issuer table. */
  issuers: z.array(z.string()).default([]),
});
export type BankSetting = z.infer<typeof bankSetting>;

/** The host's config file. */
export const hostConfig = z.object({
  port: z.number().int(),
  dataDir: z.string(),
  /** A PostgreSQL to use; without it the host looks after an embedded one. */
  databaseUrl: z.string().optional(),
  /** The address under which cardholders reach the host. */
  publicUrl: z.url(),
  merchant: z.object({ name: z.string(), inn: z.string(), acceptorId: z.string() }),
  currency,
  timeZone: z.string(),
  banks: z.array(bankSetting).min(1),
  smsc: z.object({
    host: z.string(),
    port: z.number().int(),
    systemId: z.string(),
    password: z.string(),
    from: z.string(),
  }),
  tills: z.array(z.object({ tillId, place: z.string(), enrolmentCode: z.string() })),
  keyStore: z.object({ file: z.string(), passphraseFile: z.string() }),
  limits: uplinkApi.offlineLimits,
  bankWindowMs: z.number().int().positive(),
  recovery: z.object({
    windowMs: z.number().int().positive(),
    attemptHourLocal: z.number().int().min(0).max(23),
  }),
  language,
});
export type HostConfig = z.infer<typeof hostConfig>;
