import {
  amountMinor,
  cardMode,
  count,
  currency,
  instant,
  localName,
  maskedPan,
  phone,
  refusalReason,
  saleId,
  saleMode,
  tillId,
} from '@bivak/domain';
import { z } from 'zod';

/** How an issuer answers for a card: by its balance, or always the same. */
export const issuerAnswers = ['by-balance', 'stolen', 'do-not-honour'] as const;
export const issuerAnswer = z.enum(issuerAnswers);
export type IssuerAnswer = z.infer<typeof issuerAnswer>;

/** The wallet: test cards by name. Their numbers stay inside the reader, the banks and the issuers. */
export const walletCard = z.object({
  card: z.string(),
  label: localName,
  maskedPan: z.string(),
  expiry: z.string().regex(/^\d{4}$/),
  issuerBankId: z.string().nullable(),
  balanceMinor: amountMinor,
  issuerAnswers: issuerAnswer,
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
  /** When a model or a recording goes on to its next stretch; null if the link stays as it is. */
  changesAt: instant.nullish(),
});
export type LinkState = z.infer<typeof linkState>;

/** `PUT /v1/banks/{bank}`: `down` refuses connections; `silent` takes requests and never answers; `blocked` answers that the account is blocked. */
export const bankMode = z.enum(['up', 'down', 'silent', 'blocked']);
export type BankMode = z.infer<typeof bankMode>;
/** What a bank makes of what it is asked: everything as it should, or in the ways of real ones. */
export const bankMinds = ['honest', 'ill-tempered', 'hostile'] as const;
export const bankMind = z.enum(bankMinds);
export type BankMind = z.infer<typeof bankMind>;
/** Shares (0 to 1) of single behaviours that are otherwise than in the preset. */
const bankWeights = z.record(z.string(), z.number().min(0).max(1));
export const bankSetting = z
  .strictObject({ mode: bankMode, mind: bankMind, seed: z.number().int(), weights: bankWeights })
  .partial();
export const bankSettingState = z.object({
  mode: bankMode,
  mind: bankMind,
  seed: z.number().int(),
  weights: bankWeights,
});
export type BankSettingState = z.infer<typeof bankSettingState>;
export const bankState = bankSettingState.extend({ bankId: z.string(), name: localName });

/** A line of a bank's own ledger (`GET /v1/banks/{bank}/ledger`). `reference` is the sale's identity as the message carried it. */
export const ledgerEntry = z.object({
  number: z.number().int(),
  at: instant,
  kind: z.enum([
    'debit',
    'decline',
    'reversal',
    'reversal-of-nothing',
    'refund',
    'reservation',
    'release',
    'lapse',
  ]),
  reference: saleId.or(z.string()),
  stan: z.string(),
  rrn: z.string(),
  maskedPan: z.string(),
  amountMinor,
  currency: z.string(),
  responseCode: z.string(),
});
export type LedgerEntry = z.infer<typeof ledgerEntry>;

/** `GET /v1/banks/{bank}/day-file?date=`, one JSON object a line: what has really moved on a business day of the bank. */
export const dayFileQuery = z.object({ date: z.iso.date().optional() });
export const dayFileLine = z.object({
  businessDate: z.iso.date(),
  number: z.number().int(),
  at: instant,
  kind: z.enum(['debit', 'reversal', 'refund']),
  reference: saleId.or(z.string()),
  amountMinor,
  currency: z.string(),
  maskedPan: z.string(),
  terminalId: z.string(),
  stan: z.string(),
  rrn: z.string(),
  authorisationCode: z.string().nullable(),
});
export type DayFileLine = z.infer<typeof dayFileLine>;

/** `GET /v1/said` of a bank: each message of its own, and whether it was written to anybody. */
export const bankSaid = z.object({
  at: instant,
  type: z.string(),
  responseCode: z.string().nullable(),
  stan: z.string().nullable(),
  rrn: z.string().nullable(),
  reference: z.string().nullable(),
  /** The behaviours that made it what it is. */
  by: z.array(z.string()),
  isWritten: z.boolean(),
});

/** `PUT /v1/accounts/{card}` */
export const accountSetting = z.strictObject({
  balanceMinor: amountMinor.optional(),
  issuerAnswers: issuerAnswer.optional(),
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
  /** The sale's identity, from the receipt's additional requisite (tag 1192); null if it has none. */
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

/** The chapters of the scenario, in their order. */
export const scenarioSteps = [
  'prelude',
  'tunnel',
  'reports',
  'arrival',
  'week',
  'stop-list',
  'sums',
] as const;
export const scenarioStep = z.enum(scenarioSteps);
export type ScenarioStep = z.infer<typeof scenarioStep>;

const none = z.object({});
const ofTill = z.object({ tillId });
const ofBank = z.object({ bankId: z.string() });
const ofProcess = z.object({ process: z.string() });
const counted = z.object({ count });
/** A sum in minor units, and the card that paid it; null if it was cash. */
const atCounter = { tillId, totalMinor: amountMinor, currency, maskedPan: maskedPan.nullable() };

/** What the scenario notes as it goes, each with its facts. The words are in the namespace `scenario` of `@bivak/messages`. */
export const scenarioNotes = {
  'sale-accepted': z.object({ ...atCounter, saleId, mode: saleMode }),
  'sale-refused': z.object({ ...atCounter, saleId, reason: refusalReason }),
  'tills-ready': none,
  'link-cut': none,
  'item-report': z.object({ tillId, items: count, sales: count }),
  'process-killed': ofProcess,
  'process-back': ofProcess,
  'bank-down': ofBank,
  'bank-silent': ofBank,
  'bank-answers-again': ofBank,
  'journals-shipped': none,
  'sms-sent': z.object({ to: phone, number: z.number().int() }),
  'salary-arrived': none,
  'attempt-requested': none,
} as const;
export type ScenarioNote = keyof typeof scenarioNotes;

/** What the scenario claims, each with what was found. */
export const scenarioClaims = {
  'unknown-stolen-card-accepted': none,
  'stolen-card-listed': none,
  'accepted-offline': counted,
  'listed-card-refused': none,
  'expired-card-refused': none,
  'online-only-card-refused': none,
  'over-sale-limit-refused': none,
  'large-sale-accepted': none,
  'over-card-limit-refused': none,
  'reports-agree': counted,
  'reversed-before-elsewhere': counted,
  'own-cards-on-us': z.object({ bankId: z.string(), sales: count, onUs: count }),
  'own-cards-elsewhere': z.object({ bankId: z.string(), elsewhere: count }),
  collected: counted,
  'receipts-at-operator': counted,
  'debts-opened': none,
  'collected-in-the-morning': z.object({ declines: count }),
  'paid-at-once': none,
  'not-listed-before-the-end': none,
  'listed-at-the-end': z.object({ declines: count, messages: count }),
  'stolen-card-never-retried': none,
  'listed-card-refused-again': ofTill,
  'paid-off-the-list': none,
  'accepted-again': z.object({ mode: cardMode }),
  'no-double-debit': none,
  'nothing-lost': none,
  'receipt-for-each-sale': none,
} as const;
export type ScenarioClaim = keyof typeof scenarioClaims;
const claims = Object.keys(scenarioClaims) as [ScenarioClaim, ...ScenarioClaim[]];

/** What the scenario waits for; it breaks off if that does not happen in good time. */
export const scenarioWaits = [
  'tills-notice-link',
  'tills-notice-cut',
  'stop-list-at-tills',
  'stolen-card-listed',
  'silent-bank-debited',
  'journals-shipped',
  'only-reversals-left',
  'payments-decided',
  'documents-at-operator',
  'debts-opened',
  'second-debt-paid',
  'third-debt-paid',
  'everything-arrived',
  'host-idle',
  'due-work-done',
] as const;
export const scenarioWait = z.enum(scenarioWaits);
export type ScenarioWait = z.infer<typeof scenarioWait>;

/** An event of the scenario: facts alone. A claim has whether it held. */
export type ScenarioEvent = { number: number; at: string; step: ScenarioStep } & (
  | { kind: 'chapter' }
  | { [Key in ScenarioNote]: { kind: 'note'; key: Key; values: ScenarioValues<Key> } }[ScenarioNote]
  | {
      [Key in ScenarioClaim]: { kind: 'claim'; key: Key; values: ScenarioValues<Key>; holds: boolean };
    }[ScenarioClaim]
);
export type ScenarioValues<Key extends ScenarioNote | ScenarioClaim> = Key extends ScenarioNote
  ? z.infer<(typeof scenarioNotes)[Key]>
  : Key extends ScenarioClaim
    ? z.infer<(typeof scenarioClaims)[Key]>
    : never;

const place = { number: z.number().int(), at: instant, step: scenarioStep };
const notes = Object.entries(scenarioNotes).map(([key, values]) =>
  z.object({ ...place, kind: z.literal('note'), key: z.literal(key), values }),
);
const held = Object.entries(scenarioClaims).map(([key, values]) =>
  z.object({ ...place, kind: z.literal('claim'), key: z.literal(key), values, holds: z.boolean() }),
);
export const scenarioEvent = z.union([
  z.object({ ...place, kind: z.literal('chapter') }),
  ...notes,
  ...held,
]) as unknown as z.ZodType<ScenarioEvent>;

export const scenarioStates = ['not-played', 'playing', 'interrupted', 'held', 'failed'] as const;

/** `GET /v1/scenario`: the scenario as far as it has been played. */
export const scenario = z.object({
  state: z.enum(scenarioStates),
  items: z.array(scenarioEvent),
  /** The claims that did not hold. */
  failed: z.array(z.enum(claims)),
  /** What it waited for when it broke off; null if it did not, or for another cause. */
  brokeOffAt: scenarioWait.nullable(),
});
export type Scenario = z.infer<typeof scenario>;

/** The last line of `npm start -- --once`. */
export const scenarioFigures = z.object({
  sales: count,
  cardSales: count,
  refused: z.record(z.string(), count),
  fiscalDocuments: count,
  collected: count,
  collectedMinor: amountMinor,
  debts: count,
  recovered: count,
  stopListed: count,
  sms: count,
  reversals: count,
  doubleDebited: count,
  lost: count,
});
export type ScenarioFigures = z.infer<typeof scenarioFigures>;
