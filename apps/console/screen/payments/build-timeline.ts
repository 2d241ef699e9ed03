import type { hostApi } from '@bivak/contracts';
import { isPaidDebt, type TimelineEntry } from '@bivak/domain';
import type { EventText, Renderer } from '@bivak/messages';

/** One line of a payment's timeline; `isAhead` if it is still to come. */
export interface TimelineLine extends EventText {
  at: string;
  isAhead?: boolean;
}

/** What a payment's timeline is built from. */
export interface TimelineFacts {
  payment: Pick<hostApi.PaymentDetail, 'timeline' | 'checks'>;
  debt: hostApi.Debt | undefined;
  /** Since when the card is stop-listed for this debt. */
  listedAt: string | undefined;
  /** Undefined until it is known: nothing is said to lie ahead. */
  nowMs: number | undefined;
}

/**
 * A payment from the counter to the money: what has happened to it, what its debt adds (notices, stop-list), and what is
 * still to come, by time.
 */
export function buildTimeline(facts: TimelineFacts, renderer: Renderer): TimelineLine[] {
  const { payment, debt, listedAt } = facts;
  const { t } = renderer;
  const ofPayment = payment.timeline.map((entry, index): TimelineLine => {
    const added = addedReason(entry, index, facts, renderer);
    return { at: entry.at, ...renderer.event(entry), ...(added === undefined ? {} : { why: added }) };
  });
  const ofDebt = (debt?.notices ?? []).map((notice) => noticeLine(notice, renderer));
  if (listedAt !== undefined)
    ofDebt.push({
      at: listedAt,
      what: t('console:timeline.listed'),
      why: t('console:timeline.listedWhy'),
      sign: 'bad',
    });
  const past = [...ofPayment, ...ofDebt].toSorted((a, b) => a.at.localeCompare(b.at));
  return [...past, ...ahead(facts, renderer)];
}

const noticeLine = (
  { kind, at, state }: hostApi.Debt['notices'][number],
  { t, noticeKind, noticeState }: Renderer,
): TimelineLine => ({
  at,
  what: t('console:timeline.notice', { kind: noticeKind(kind) }),
  why: noticeState(state),
  sign: state === 'failed' ? 'bad' : 'plain',
});

/** How a cycle ends without the money. */
const uncollected: readonly TimelineEntry['kind'][] = ['declined', 'not-reached'];

/** The reason that the event itself does not bear, but the payment's checks or its debt do. */
function addedReason(
  entry: TimelineEntry,
  index: number,
  { payment, debt }: TimelineFacts,
  renderer: Renderer,
): string | undefined {
  if (entry.kind === 'accepted' && entry.data.mode === 'offline') return checksText(payment.checks, renderer);
  if (debt === undefined) return undefined;
  const isSame = (kind: TimelineEntry['kind']): boolean =>
    uncollected.includes(entry.kind) ? uncollected.includes(kind) : kind === entry.kind;
  const places = payment.timeline.flatMap(({ kind }, place) => (isSame(kind) ? [place] : []));
  const [isFirst, isLast] = [places[0] === index, places.at(-1) === index];
  if (entry.kind === 'declined' || entry.kind === 'not-reached')
    return declineText(debt, { isFirst, isLast }, renderer);
  if (entry.kind === 'collected' && isLast && isPaidDebt(debt.state))
    return renderer.t(
      debt.state === 'recovered' ? 'console:timeline.recovered' : 'console:timeline.paidAfterListing',
    );
  return undefined;
}

/** How the checks of the acceptance came out: that all passed, or which did not; undefined if none is known. */
export function checksText(checks: hostApi.PaymentDetail['checks'], renderer: Renderer): string | undefined {
  const failed = checks.filter(({ passed }) => !passed);
  if (failed.length > 0)
    return renderer.t('console:payments.checksFailed', {
      checks: renderer.list(failed.map((check) => renderer.check(check).name)),
    });
  if (checks.length === 0) return undefined;
  return renderer.t('console:payments.checksPassed', { count: checks.length });
}

/** The first decline opens the debt; what is done about it now is said at the last one, as long as the debt is not over. */
function declineText(
  debt: hostApi.Debt,
  { isFirst, isLast }: { isFirst: boolean; isLast: boolean },
  { t, instant }: Renderer,
): string | undefined {
  const sentences = [];
  if (isFirst) sentences.push(t('console:timeline.becomesDebt'));
  const isPlanned = debt.state === 'attempting' || debt.nextAttemptAt !== null;
  const isTriedAgain = debt.retryClass !== 'never' && debt.retryClass !== 'mend-data';
  const plan = isTriedAgain && !isPlanned ? 'unplanned' : debt.retryClass;
  if (isLast && (debt.state === 'open' || debt.state === 'attempting'))
    sentences.push(t(`console:timeline.retry.${plan}`, { ends: instant(debt.windowEndsAt) }));
  if (isLast && debt.state === 'stop-listed' && debt.retryClass === 'never')
    sentences.push(t('console:timeline.retry.never'));
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

/** What is still to come: only of a debt that is open, and only what has not passed. */
function ahead({ debt, listedAt, nowMs }: TimelineFacts, { t }: Renderer): TimelineLine[] {
  if (debt === undefined || nowMs === undefined || listedAt !== undefined) return [];
  if (debt.state !== 'open' && debt.state !== 'attempting') return [];
  const lines: (Omit<TimelineLine, 'at'> & { at: string | null })[] = [
    { at: debt.nextAttemptAt, what: t('console:timeline.nextAttempt'), sign: 'plain', isAhead: true },
    { at: debt.windowEndsAt, what: t('console:timeline.stopListAhead'), sign: 'plain', isAhead: true },
  ];
  return lines.filter((line): line is TimelineLine => line.at !== null && Date.parse(line.at) > nowMs);
}
