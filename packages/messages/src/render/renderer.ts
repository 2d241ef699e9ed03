import type {
  AlarmFacts,
  AttemptCause,
  AttemptDecision,
  AttemptState,
  BankHealth,
  BankSessionState,
  CardDataFault,
  Check,
  DebtDecision,
  DebtState,
  DisputeCause,
  DoubtFacts,
  ExchangeFailure,
  IntakeFault,
  LocalName,
  NoticeKind,
  NoticeShortfall,
  NoticeState,
  PaymentEvent,
  PaymentState,
  ProblemFacts,
  QuarantineReason,
  RefusalReason,
  ResponseMeaning,
  RetryClass,
  Route,
  WaitReason,
} from '@bivak/domain';
import { type Language, languageRow, nameIn } from '../languages.ts';
import { alarmText, quarantineText } from './alarms.ts';
import { type CheckText, checkText } from './checks.ts';
import { doubtText } from './doubts.ts';
import { type EventText, eventText } from './events.ts';
import { type At, createFormats } from './formats.ts';
import { type ProblemText, problemText } from './problems.ts';
import { createTranslator, type Translate } from './translator.ts';
import { waitText } from './waits.ts';

export interface RendererOptions {
  language: Language;
  /** IANA; undefined: the machine's own. */
  timeZone?: string | undefined;
  /** ISO 4217, of sums that are given without one; undefined: such a sum has no sign. */
  currency?: string | undefined;
  /** A bank's name as people know it; its id if it has none. */
  nameOfBank?: ((bankId: string) => string) | undefined;
  /** For moments ahead; there is no clock here. */
  nowMs?: number | undefined;
}

/** A reason in one sentence that can be read aloud, and what to do then. */
export interface RefusalText {
  reason: string;
  advice: string;
}

/** Says facts in one language: pure, every kind of fact with one function, each exhaustive over the domain's union. */
export interface Renderer {
  readonly language: Language;
  readonly nowMs: number | undefined;
  /** Any text by its key. */
  readonly t: Translate;
  /** The same with other options. */
  with(options: Partial<Omit<RendererOptions, 'language'>>): Renderer;
  money(amountMinor: number, currency?: string): string;
  percent(percent: string): string;
  instant(at: At, options?: { withSeconds?: boolean }): string;
  day(at: At): string;
  time(at: At): string;
  moment(at: At): string;
  ahead(at: At): string;
  /** 0 today, 1 tomorrow, by the calendar of the time zone. */
  daysAhead(at: At): number;
  duration(durationMs: number, options?: { withSeconds?: boolean }): string;
  separators(): { thousands: string; decimal: string };
  list(names: readonly string[]): string;
  localName(name: LocalName): string;
  bank(bankId: string): string;
  refusal(reason: RefusalReason): RefusalText;
  check(check: Check): CheckText;
  checks(checks: readonly Check[]): CheckText[];
  event(event: PaymentEvent): EventText;
  wait(reason: WaitReason, untilAt: string | null): string;
  route(route: Route): string;
  /** Why it is doubted that the host's store is as new as the world. */
  doubt(doubt: DoubtFacts): string;
  responseMeaning(meaning: ResponseMeaning, code: string): string;
  exchangeFailure(failure: ExchangeFailure): string;
  cardDataFault(fault: CardDataFault): string;
  paymentState(state: PaymentState): string;
  attemptState(state: AttemptState): string;
  attemptCause(cause: AttemptCause): string;
  disputeCause(cause: DisputeCause): string;
  attemptDecision(decision: AttemptDecision): string;
  debtDecision(decision: DebtDecision): string;
  noticeShortfall(shortfall: NoticeShortfall): string;
  debtState(state: DebtState): string;
  retryClass(retryClass: RetryClass): string;
  noticeKind(kind: NoticeKind): string;
  noticeState(state: NoticeState): string;
  bankHealth(health: BankHealth): string;
  bankSessionState(state: BankSessionState): string;
  alarm(alarm: AlarmFacts): string;
  intakeFault(fault: IntakeFault, afterSeq: number): string;
  quarantineReason(reason: QuarantineReason): string;
  problem(problem: ProblemFacts): ProblemText;
}

/** A renderer with all texts: what processes use. A screen has its own, over the texts that it brought ({@link rendererOver}). */
export const createRenderer = (options: RendererOptions): Renderer =>
  rendererOver(createTranslator(options.language), options);

/** A renderer over a translator that is there already. */
export function rendererOver(t: Translate, options: RendererOptions & { locale?: string }): Renderer {
  const renderer: Renderer = {
    language: options.language,
    nowMs: options.nowMs,
    t,
    with: (others) => rendererOver(t, { ...options, ...others }),
    ...formatsOf(options),
    localName: (name) => nameIn(name, options.language),
    bank: options.nameOfBank ?? ((bankId) => bankId),
    ...statesOf(t),
    refusal: (reason) => ({ reason: t(`refusal.${reason}.reason`), advice: t(`refusal.${reason}.advice`) }),
    check: (check) => checkText(renderer, check),
    checks: (checks) => checks.map((check) => checkText(renderer, check)),
    event: (event) => eventText(renderer, event),
    wait: (reason, untilAt) => waitText(renderer, reason, untilAt),
    doubt: (doubt) => doubtText(renderer, doubt),
    route: ({ kind, feePercent, isFailing }) =>
      t(isFailing ? `route.${kind}-failing` : `route.${kind}`, { percent: renderer.percent(feePercent) }),
    responseMeaning: (meaning, code) => t(`responseMeaning.${meaning}`, { code }),
    exchangeFailure: (failure) => exchangeFailureText(renderer, failure),
    alarm: (alarm) => alarmText(renderer, alarm),
    quarantineReason: (reason) => quarantineText(renderer, reason),
    problem: (problem) => problemText(renderer, problem),
  };
  return renderer;
}

type Formatted = Pick<
  Renderer,
  | 'money'
  | 'percent'
  | 'instant'
  | 'day'
  | 'time'
  | 'moment'
  | 'ahead'
  | 'daysAhead'
  | 'duration'
  | 'separators'
  | 'list'
>;

function formatsOf(options: RendererOptions & { locale?: string }): Formatted {
  const { timeZone, currency, nowMs } = options;
  const formats = createFormats(options.locale ?? languageRow(options.language).locale, timeZone);
  const now = (): number => {
    if (nowMs === undefined) throw new Error('a moment ahead needs nowMs');
    return nowMs;
  };
  return {
    ...formats,
    money: (amountMinor, of = currency) => formats.money(amountMinor, of),
    instant: (at, { withSeconds = false } = {}) => formats.instant(at, withSeconds),
    ahead: (at) => formats.ahead(at, now()),
    daysAhead: (at) => formats.daysAhead(at, now()),
    duration: (durationMs, { withSeconds = false } = {}) => formats.duration(durationMs, withSeconds),
  };
}

/** What is one text for each member of its union. */
function statesOf(t: Translate) {
  return {
    cardDataFault: (fault: CardDataFault) => t(`cardDataFault.${fault}`),
    paymentState: (state: PaymentState) => t(`paymentState.${state}`),
    attemptState: (state: AttemptState) => t(`attemptState.${state}`),
    attemptCause: (cause: AttemptCause) => t(`attemptCause.${cause}`),
    disputeCause: (cause: DisputeCause) => t(`disputeCause.${cause}`),
    attemptDecision: (decision: AttemptDecision) => t(`attemptDecision.${decision}`),
    debtDecision: (decision: DebtDecision) => t(`debtDecision.${decision}`),
    noticeShortfall: (shortfall: NoticeShortfall) => t(`noticeShortfall.${shortfall}`),
    debtState: (state: DebtState) => t(`debtState.${state}`),
    retryClass: (retryClass: RetryClass) => t(`retryClass.${retryClass}`),
    noticeKind: (kind: NoticeKind) => t(`noticeKind.${kind}`),
    noticeState: (state: NoticeState) => t(`noticeState.${state}`),
    bankHealth: (health: BankHealth) => t(`bankHealth.${health}`),
    bankSessionState: (state: BankSessionState) => t(`bankSessionState.${state}`),
    intakeFault: (fault: IntakeFault, seq: number) => t(`intakeFault.${fault}`, { seq }),
  };
}

const exchangeFailureText = ({ t, duration }: Renderer, failure: ExchangeFailure): string =>
  failure.kind === 'no-answer'
    ? t('exchangeFailure.no-answer', { timeout: duration(failure.timeoutMs, { withSeconds: true }) })
    : t(`exchangeFailure.${failure.kind}`);
