import { isTimeZone } from '@bivak/clock';
import { currency, offlineLimits, tillId } from '@bivak/domain';
import { MAX_SALE_ID_CHARS } from '@bivak/fiscal';
import { doubleWithinMs } from '@bivak/rules';
import { z } from 'zod';

const port = z.number().int().min(0).max(65_535);
const address = z.object({ host: z.string().min(1), port });

/** Tag 1062: a bit for each tax system. */
const taxSystems = {
  general: 1,
  'simplified-on-income': 2,
  'simplified-on-profit': 4,
  'agricultural-tax': 16,
  patent: 32,
} as const;
const taxSystemNames = Object.keys(taxSystems) as [keyof typeof taxSystems, ...(keyof typeof taxSystems)[]];

/** A sale's identity has to fit a requisite of the receipt (tag 1192): what is left for the till's id, with ten million sales. */
const maxTillIdChars = MAX_SALE_ID_CHARS - '-0000000'.length;

/** The configuration file of a till. */
export const tillConfig = z.object({
  /** HTTP port of the till's API and screen, on loopback; 0 takes a free one. */
  port,
  dataDir: z.string().min(1),
  tillId: tillId.max(
    maxTillIdChars,
    `a till's id has at most ${maxTillIdChars} characters: with a sale's number it has to fit the receipt's tag 1192`,
  ),
  merchant: z.object({
    name: z.string().min(1),
    inn: z.string().regex(/^\d{10}(\d{2})?$/),
    address: z.string().min(1),
  }),
  /** Where sales take place, as the receipt says it. */
  place: z.string().min(1),
  /** IANA name: "Europe/Moscow". */
  timeZone: z.string().refine(isTimeZone, 'is no time zone such as "Europe/Moscow"'),
  currency,
  catalogueFile: z.string().min(1),
  reader: address,
  drive: address,
  registration: z.object({
    registrationNumber: z.string().regex(/^\d{16}$/),
    serialNumber: z.string().min(1).max(20),
    operatorName: z.string().min(1),
    operatorInn: z.string().regex(/^\d{10}(\d{2})?$/),
    /** By name, or as the number of tag 1062. */
    taxSystem: z.union([
      z.enum(taxSystemNames).transform((name): number => taxSystems[name]),
      z.number().int().min(1).max(63),
    ]),
  }),
  /** The host, through whatever link there is. */
  hostUrl: z.url(),
  /** The fiscal operator, through the same link. */
  operator: address,
  enrolmentCode: z.string().min(8).max(64),
  /** In force until the host has sent its own. */
  limits: offlineLimits,
  /** The same card and sum within this time are asked about: perhaps one sale rung up twice; 0: never asked. */
  askAboutDoublesWithinMs: z.number().int().min(0).max(3_600_000).default(doubleWithinMs),
  /** Who sells, as the receipt names him (tag 1021). */
  cashier: z.string().min(1).max(64),
  /** Where the built screen lies; beside this program by default. */
  screenDir: z.string().optional(),
});
export type TillConfig = z.infer<typeof tillConfig>;
