import { amountMinor, currency, instant, phone, saleId, tillId } from '@bivak/domain';
import { z } from 'zod';

/** The wallet: test cards by name. Their numbers stay inside the reader, the banks and the issuers. */
export const walletCard = z.object({
  card: z.string(),
  label: z.object({ ru: z.string(), en: z.string() }),
  maskedPan: z.string(),
  expiry: z.string().regex(/^\d{4}$/),
  issuerBankId: z.string().nullable(),
  balanceMinor: amountMinor,
  issuerAnswers: z.enum(['by-balance', 'stolen', 'do-not-honour']),
  phone: phone.nullable(),
});
export type WalletCard = z.infer<typeof walletCard>;

/** `POST /v1/reader/{till}/present` */
export const present = z.strictObject({ card: z.string().min(1) });

/** `PUT /v1/link/{till}`; `trace` plays recorded or modelled link samples from now on. A latency is there and back. */
export const linkSetting = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('up'),
    kbps: z.number().positive().optional(),
    latencyMs: z.number().min(0).optional(),
  }),
  z.strictObject({ mode: z.literal('down') }),
  z.strictObject({ mode: z.literal('model'), seed: z.number().int().optional() }),
  z.strictObject({
    mode: z.literal('trace'),
    samples: z
      .array(
        z.strictObject({
          duration_ms: z.number().min(0).max(1_000_000_000_000),
          bandwidth_kbps: z.number().min(0),
          latency_ms: z.number().min(0),
        }),
      )
      .min(1)
      .max(100_000)
      .refine((samples) => samples.some(({ duration_ms }) => duration_ms > 0), 'no sample lasts any time'),
  }),
]);
export type LinkSetting = z.infer<typeof linkSetting>;
export const linkState = z.object({
  tillId,
  mode: z.enum(['up', 'down', 'model', 'trace']),
  passing: z.boolean(),
  kbps: z.number(),
  latencyMs: z.number(),
  bytesUp: z.number().int(),
  bytesDown: z.number().int(),
  /** When a model or a recording goes on to its next stretch; null where the link stays as it is. */
  changesAt: instant.nullish(),
});
export type LinkState = z.infer<typeof linkState>;

/** `PUT /v1/banks/{bank}`: `down` refuses connections; `silent` takes requests and never answers; `blocked` answers that the account is blocked. */
export const bankMode = z.enum(['up', 'down', 'silent', 'blocked']);
export const bankSetting = z.strictObject({ mode: bankMode });
export const bankState = z.object({
  bankId: z.string(),
  name: z.object({ ru: z.string(), en: z.string() }),
  mode: bankMode,
});

/** A line of a bank's own ledger (`GET /v1/banks/{bank}/ledger`). `reference` is the sale's identity as the message carried it. */
export const ledgerEntry = z.object({
  number: z.number().int(),
  at: instant,
  kind: z.enum(['debit', 'decline', 'reversal', 'reversal-of-nothing']),
  reference: saleId.or(z.string()),
  stan: z.string(),
  rrn: z.string(),
  maskedPan: z.string(),
  amountMinor,
  currency: z.string(),
  responseCode: z.string(),
});
export type LedgerEntry = z.infer<typeof ledgerEntry>;

/** `PUT /v1/accounts/{card}` */
export const accountSetting = z.strictObject({
  balanceMinor: amountMinor.optional(),
  issuerAnswers: z.enum(['by-balance', 'stolen', 'do-not-honour']).optional(),
});

/** `POST /v1/clock`: any of these, in this order. `advanceMs` jumps; `speed` is virtual per real time; `at` jumps to an instant ahead. */
export const clockChange = z.strictObject({
  advanceMs: z.number().int().min(0).optional(),
  at: instant.optional(),
  speed: z.number().min(0).max(100_000).optional(),
});
export const clockState = z.object({ now: instant, speed: z.number() });
export type ClockState = z.infer<typeof clockState>;

/** `GET /v1/sms`: the SMS centre's own log, whole messages (segments joined). */
export const sms = z.object({
  number: z.number().int(),
  at: instant,
  from: z.string(),
  to: z.string(),
  text: z.string(),
  segments: z.number().int(),
});
export type Sms = z.infer<typeof sms>;

/** `GET /v1/fiscal-operator/documents`: what the fiscal operator has archived, by drive. */
export const fiscalDocument = z.object({
  driveNumber: z.string(),
  documentNumber: z.number().int(),
  kind: z.enum([
    'registration',
    'open-shift',
    'receipt',
    'close-shift',
    'state-report',
    'correction',
    'close-archive',
    'other',
  ]),
  signedAt: instant,
  receivedAt: instant,
  fiscalSign: z.number().int(),
  totalMinor: amountMinor.nullable(),
  cardMinor: amountMinor.nullable(),
  cashMinor: amountMinor.nullable(),
  /** The sale's identity, from the receipt's additional requisite (tag 1192); null where it has none. */
  saleId: z.string().nullable(),
  currency: currency.optional(),
});
export type FiscalDocument = z.infer<typeof fiscalDocument>;

/** `GET /v1/processes`, `POST /v1/processes/{name}` {action}: pull the plug (kill -9) and start again. */
export const processState = z.object({
  name: z.string(),
  state: z.enum(['starting', 'running', 'stopped']),
  pid: z.number().int().nullable(),
  url: z.string().nullable(),
  starts: z.number().int(),
});
export const processAction = z.strictObject({ action: z.enum(['kill', 'start']) });
export type ProcessState = z.infer<typeof processState>;

/** `GET /v1/tills`: where each till answers. */
export const tillAddress = z.object({ tillId, url: z.string() });
export type TillAddress = z.infer<typeof tillAddress>;

/** `GET /v1/story`: a line of the story as far as it has been played; `text` is in the language in which it is told. */
export const storyEvent = z.object({
  number: z.number().int(),
  at: instant,
  /** "prelude", "1" … "5", "end". */
  step: z.string(),
  text: z.string(),
  en: z.string(),
  ru: z.string(),
});
export type StoryEvent = z.infer<typeof storyEvent>;
/** `failed` has the claims that did not hold. */
export const story = z.object({
  state: z.enum(['not-played', 'playing', 'interrupted', 'held', 'failed']),
  items: z.array(storyEvent),
  failed: z.array(z.string()),
});
export type Story = z.infer<typeof story>;

/** The last line of `npm start -- --once`. */
export const storyFigures = z.object({
  sales: z.number().int(),
  cardSales: z.number().int(),
  refused: z.record(z.string(), z.number().int()),
  fiscalDocuments: z.number().int(),
  collected: z.number().int(),
  collectedMinor: amountMinor,
  debts: z.number().int(),
  recovered: z.number().int(),
  stopListed: z.number().int(),
  sms: z.number().int(),
  reversals: z.number().int(),
  doubleDebited: z.number().int(),
  lost: z.number().int(),
});
export type StoryFigures = z.infer<typeof storyFigures>;
