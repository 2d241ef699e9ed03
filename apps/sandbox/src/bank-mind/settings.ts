import { sandboxApi } from '@bivak/contracts';
import { z } from 'zod';
import { answerShapes } from './answer-shapes.ts';
import { completionBehaviours, inquiryBehaviours } from './completion-behaviours.ts';
import { debitBehaviours } from './debit-behaviours.ts';
import { refundBehaviours, reversalBehaviours } from './reversal-behaviours.ts';
import { handshakeBehaviours, ownBehaviours, signOnBehaviours, traits } from './session-behaviours.ts';

export const mindNames = sandboxApi.bankMinds;
type MindName = sandboxApi.BankMind;

/** Every behaviour by its name, with what it is. */
export const behaviourNames: readonly string[] = [
  ...debitBehaviours,
  ...reversalBehaviours,
  ...refundBehaviours,
  ...completionBehaviours,
  ...inquiryBehaviours,
  ...answerShapes,
  ...signOnBehaviours,
  ...handshakeBehaviours,
  ...ownBehaviours,
  ...traits,
].map(({ name }) => name);

/**
 * Shares from 0 to 1. Of the behaviours for a debit, a reversal, a refund and a sign-on at most one is taken for each message,
 * and what is missing to 1 is the share of those that go as they should; shapes of answers and what a bank does of its own
 * accord are thrown for one by one.
 */
export const weights = z.record(
  z.string().refine((name) => behaviourNames.includes(name), 'no behaviour has this name'),
  z.number().min(0).max(1),
);
export type Weights = z.infer<typeof weights>;

/** How a bank is set: a preset, the seed of its chances, and what is otherwise than in the preset. */
export const mindSetting = z.strictObject({
  mind: z.enum(mindNames).default('honest'),
  seed: z.number().int().default(1),
  weights: weights.default({}),
  /** How long an answer takes to begin with; without it as in the preset. */
  latencyMs: z
    .strictObject({ min: z.number().int().min(0), max: z.number().int().min(0) })
    .refine(({ min, max }) => min <= max, 'min is over max')
    .optional(),
});
export type MindSetting = z.infer<typeof mindSetting>;

const hostile: Weights = {
  'approves-by-another-code': 0.05,
  'says-an-odd-code': 0.06,
  'approves-a-part': 0.04,
  'in-progress': 0.03,
  'declines-then-approves': 0.04,
  'trouble-then-approves': 0.05,
  trouble: 0.05,
  declines: 0.03,
  'sent-twice-by-a-gateway': 0.03,
  'posts-later': 0.03,
  'debits-after-saying-25': 0.04,
  'debits-after-confirming': 0.03,
  'keeps-its-answer': 0.03,
  'never-sees-it': 0.03,
  'closes-after-debit': 0.02,
  slow: 0.03,
  'answers-after-hours': 0.02,
  'debits-after-hours': 0.02,
  'says-odd-code-to-reversal': 0.12,
  'never-confirms': 0.03,
  'leaves-reversal-unanswered': 0.08,
  'never-answers-reversals': 0.02,
  'does-not-know-yesterday': 0.3,
  'does-not-know-it-yet': 0.05,
  'slow-to-reverse': 0.05,
  'reverses-later': 0.03,
  'reverses-the-reversal': 0.03,
  'keeps-refund-answer': 0.1,
  'slow-refund': 0.1,
  'refuses-refund': 0.1,
  'loses-completion': 0.05,
  'keeps-completion-answer': 0.05,
  'never-answers-completions': 0.01,
  'slow-to-complete': 0.05,
  'completes-later': 0.03,
  'declines-completion': 0.05,
  'declines-then-completes': 0.03,
  'trouble-at-completion': 0.05,
  'says-an-odd-code-to-completion': 0.05,
  'ignores-inquiry': 0.2,
  'denies-at-inquiry': 0.2,
  'says-an-odd-code-to-inquiry': 0.1,
  'wrong-code': 0.02,
  'no-code': 0.02,
  'cuts-handshake': 0.1,
  'own-rrn': 0.03,
  'no-rrn': 0.02,
  'own-stan': 0.01,
  'minimal-echo': 0.03,
  'no-amount': 0.04,
  'no-reference': 0.03,
  'wrong-type': 0.02,
  'advice-answered-as-request': 0.03,
  'blank-code-38': 0.05,
  'code-38-in-decline': 0.03,
  'wrong-sum': 0.01,
  'wrong-currency': 0.01,
  'wrong-reference': 0.01,
  'more-fields': 0.1,
  doubled: 0.03,
  unreadable: 0.01,
  'sloppy-fields': 0.03,
  cut: 0.01,
  'wrong-length': 0.003,
  'in-pieces': 0.05,
  swapped: 0.02,
  'refuses-sign-on': 0.1,
  'ignores-sign-on': 0.05,
  'closes-at-sign-on': 0.05,
  'slow-to-sign-on': 0.05,
  'keep-alive': 0.2,
  'echo-request': 0.1,
  'sign-on-request': 0.02,
  'key-exchange': 0.03,
  'cut-over': 0.02,
  'sign-off': 0.01,
  'own-reversal': 0.02,
  'own-advice': 0.03,
  reconciliation: 0.02,
  'unknown-request': 0.02,
  'fail-over': 0.01,
  'drops-connection': 0.02,
  'unreadable-message': 0.02,
  garbage: 0.005,
  'repeats-old-answer': 0.03,
  'answers-nobody': 0.02,
  'refuses-a-card': 0.02,
  'lost-an-issuer': 0.02,
};

/** In no preset more often than never: what they do is shown by the day file and by nothing on the wire. */
export const undecidableOnTheWire: readonly string[] = ['denies-for-ever', 'confirms-and-does-nothing'];

/** What a bank that is merely old and tired never does. */
const notIllTempered: readonly string[] = [
  'debits-after-confirming',
  'reverses-the-reversal',
  'wrong-sum',
  'wrong-currency',
  'wrong-reference',
  'swapped',
  'wrong-length',
  'garbage',
  'never-answers-reversals',
];
const illTempered: Weights = Object.fromEntries(
  Object.entries(hostile).map(([name, share]) => [name, notIllTempered.includes(name) ? 0 : share / 4]),
);

export const presets: Readonly<Record<MindName, Weights>> = {
  honest: {},
  'ill-tempered': illTempered,
  hostile,
};

/** The share of a behaviour under a setting. */
export function shareOf({ mind, weights: changed }: MindSetting, name: string): number {
  return changed[name] ?? presets[mind][name] ?? 0;
}

const latencyMs: Readonly<Record<MindName, { min: number; max: number }>> = {
  honest: { min: 5, max: 40 },
  'ill-tempered': { min: 0, max: 900 },
  hostile: { min: 0, max: 2_500 },
};

/** How long an answer takes to begin with. */
export const latencyOf = ({ mind, latencyMs: set }: MindSetting): { min: number; max: number } =>
  set ?? latencyMs[mind];
