import { bankProfile } from '@bivak/bank-profiles';
import { currency, language, tillId, uplinkApi } from '@bivak/contracts';
import { z } from 'zod';
import { supportsCurrency } from '../banks/index.ts';

const percent = z.string().regex(/^\d{1,3}(\.\d{1,4})?$/, 'a percentage as text: "1.7"');

/** What a host could not work with and would find out about only at its first payment. */
const timeZone = z.string().refine(isTimeZone, 'is no time zone of the IANA list ("Europe/Moscow")');
const settledCurrency = currency.refine(supportsCurrency, 'is a currency that no bank here settles');
const profile = z.string().superRefine((name, context) => {
  try {
    bankProfile(name);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const areDifferent = (ids: readonly string[]): boolean => new Set(ids).size === ids.length;

const bankSetting = z.object({
  bankId: z.string(),
  name: z.object({ ru: z.string(), en: z.string() }),
  profile,
  host: z.string(),
  port: z.number().int(),
  terminalId: z.string().min(1).max(8),
  merchantId: z.string().min(1).max(15),
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
  currency: settledCurrency,
  timeZone,
  banks: z
    .array(bankSetting)
    .min(1)
    .refine((banks) => areDifferent(banks.map(({ bankId }) => bankId)), 'a bankId stands here twice'),
  smsc: z.object({
    host: z.string(),
    port: z.number().int(),
    systemId: z.string(),
    password: z.string(),
    from: z.string(),
  }),
  tills: z
    .array(z.object({ tillId, place: z.string(), enrolmentCode: uplinkApi.enrolment.shape.code }))
    .refine((tills) => areDifferent(tills.map(({ tillId }) => tillId)), 'a tillId stands here twice'),
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
