import { bankProfile } from '@bivak/bank-profiles';
import { isTimeZone } from '@bivak/clock';
import { hostApi, uplinkApi } from '@bivak/contracts';
import { currency, offlineLimits, percent, tillId } from '@bivak/domain';
import { language } from '@bivak/messages';
import { z } from 'zod';
import { contractFault, supportsCurrency } from './banks/index.ts';

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

const bankHost = z.object({ host: z.string(), port: z.number().int() });
const merchantCategoryCode = z.string().regex(/^\d{4}$/);
/** The longest that a bank may take to answer: well within the time for which a payment is claimed. */
const maxAnswerMs = 45_000;
const waitMs = z.number().int().min(100);
const timeouts = z
  .strictObject({
    connectMs: waitMs,
    answerMs: waitMs.max(maxAnswerMs),
    networkMs: waitMs.max(maxAnswerMs),
    echoEveryMs: waitMs,
  })
  .partial();

const areDifferent = (ids: readonly string[]): boolean => new Set(ids).size === ids.length;

const bankContract = z.object({
  bankId: z.string(),
  name: hostApi.bank.shape.name,
  profile,
  ...bankHost.shape,
  /** Where the same bank is reached if it cannot be at the first address. */
  secondAddress: bankHost.optional(),
  /** For a bank that is reached by TLS: files in PEM. `caFile` alone is trusted; the bank's certificate has to be for `serverName`. */
  tls: z
    .strictObject({
      caFile: z.string(),
      certificateFile: z.string(),
      keyFile: z.string(),
      serverName: z.string(),
    })
    .optional(),
  /** For a bank whose messages are authenticated: a file that holds the key in hex. */
  macKeyFile: z.string().optional(),
  /** Instead of the profile's. */
  timeouts: timeouts.optional(),
  /** Instead of the merchant's: what this contract calls its trade. */
  merchantCategoryCode: merchantCategoryCode.optional(),
  terminalId: z.string().min(1).max(8),
  merchantId: z.string().min(1).max(15),
  feePercent: percent,
  onUsFeePercent: percent,
  /** Issuers whose cards are this bank's own, by code or name in the issuer table. */
  issuers: z.array(z.string()).default([]),
});

/** One that its profile has no use for, or lacks something for, is found at the start. */
const bankSetting = bankContract.superRefine((bank, context) => {
  const fault = contractFault(bank);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});
export type BankSetting = z.infer<typeof bankSetting>;

/** The host's config file. */
export const hostConfig = z.object({
  port: z.number().int(),
  dataDir: z.string(),
  /** A PostgreSQL to use; without it the host looks after an embedded one. */
  databaseUrl: z.string().optional(),
  /**
   * Where this host remembers, beside the store, what it has sent: not on the store's disk, and in no backup; in `dataDir` if
   * nothing is said.
   */
  witnessFile: z.string().optional(),
  /** The address under which the other hosts of the store reach this one; loopback if nothing is said. */
  peerUrl: z.url().optional(),
  /** The address under which cardholders reach the host. */
  publicUrl: z.url(),
  merchant: z.object({
    name: z.string(),
    inn: z.string(),
    acceptorId: z.string(),
    /** What it sells: ISO 18245, as messages to banks have it. */
    categoryCode: merchantCategoryCode,
  }),
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
  /**
   * `dataKeys`: the folder of the keys under which card data is encrypted, shared by the hosts of a store and in no backup; beside
   * the key file if nothing is said.
   */
  keyStore: z.object({ file: z.string(), passphraseFile: z.string(), dataKeys: z.string().optional() }),
  /** So long a paid card is kept (number and expiry, encrypted) for refunds and disputes. */
  returnWindowMs: z
    .number()
    .int()
    .positive()
    .default(60 * 86_400_000),
  limits: offlineLimits,
  bankWindowMs: z.number().int().positive(),
  recovery: z.object({
    windowMs: z.number().int().positive(),
    attemptHourLocal: z.number().int().min(0).max(23),
  }),
  language,
});
export type HostConfig = z.infer<typeof hostConfig>;
