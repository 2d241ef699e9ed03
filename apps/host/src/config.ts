import { bankProfile } from '@bivak/bank-profiles';
import { isTimeZone } from '@bivak/clock';
import { hostApi, uplinkApi } from '@bivak/contracts';
import { currency, offlineLimits, percent, tillId } from '@bivak/domain';
import { language } from '@bivak/messages';
import { z } from 'zod';
import { supportsCurrency } from './banks/index.ts';

/** Found at the start and not at the first payment. */
const timeZone = z.string().refine(isTimeZone, 'is no time zone of the IANA list ("Europe/Moscow")');
const bankCurrency = currency.refine(
  supportsCurrency,
  'is a currency in which no message to a bank can be made',
);
const profile = z.string().superRefine((name, context) => {
  try {
    bankProfile(name);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

const areDifferent = (ids: readonly string[]): boolean => new Set(ids).size === ids.length;

const bankSetting = z.object({
  bankId: z.string(),
  name: hostApi.bank.shape.name,
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
  currency: bankCurrency,
  timeZone,
  banks: z
    .array(bankSetting)
    .min(1)
    .refine((banks) => areDifferent(banks.map(({ bankId }) => bankId)), 'names a bankId twice'),
  smsc: z.object({
    host: z.string(),
    port: z.number().int(),
    systemId: z.string(),
    password: z.string(),
    from: z.string(),
  }),
  tills: z
    .array(z.object({ tillId, place: z.string(), enrolmentCode: uplinkApi.enrolment.shape.code }))
    .refine((tills) => areDifferent(tills.map(({ tillId }) => tillId)), 'names a tillId twice'),
  keyStore: z.object({ file: z.string(), passphraseFile: z.string() }),
  limits: offlineLimits,
  bankWindowMs: z.number().int().positive(),
  recovery: z.object({
    windowMs: z.number().int().positive(),
    attemptHourLocal: z.number().int().min(0).max(23),
  }),
  language,
});
export type HostConfig = z.infer<typeof hostConfig>;
