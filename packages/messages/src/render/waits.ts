import type { WaitKind, WaitReason } from '@bivak/domain';
import type { Renderer } from './renderer.ts';

type Tell<Kind extends WaitKind> = (
  reason: Extract<WaitReason, { kind: Kind }>,
  until: string | undefined,
  renderer: Renderer,
) => string;

const ofBanks =
  (kind: 'banks-blocked' | 'banks-unreachable' | 'banks-in-trouble') =>
  ({ bankIds }: { bankIds: string[] }, until: string | undefined, { t, bank, list }: Renderer): string => {
    const banks = list(bankIds.map(bank));
    return until === undefined ? t(`wait.${kind}.now`, { banks }) : t(`wait.${kind}.until`, { banks, until });
  };

const tells: { [Kind in WaitKind]: Tell<Kind> } = {
  'answer-pending': ({ bankId }, until, { t, bank }) =>
    until === undefined
      ? t('wait.answer-pending.now', { bank: bank(bankId) })
      : t('wait.answer-pending.until', { bank: bank(bankId), until }),
  'reversal-unconfirmed': ({ bankId, tries: count }, until, { t, bank }) =>
    until === undefined
      ? t('wait.reversal-unconfirmed.now', { bank: bank(bankId), count })
      : t('wait.reversal-unconfirmed.until', { bank: bank(bankId), count, until }),
  'debit-not-seen-yet': ({ bankId, tries: count }, until, { t, bank }) =>
    until === undefined
      ? t('wait.debit-not-seen-yet.now', { bank: bank(bankId), count })
      : t('wait.debit-not-seen-yet.until', { bank: bank(bankId), count, until }),
  'completion-unconfirmed': ({ bankId, tries: count }, until, { t, bank }) =>
    until === undefined
      ? t('wait.completion-unconfirmed.now', { bank: bank(bankId), count })
      : t('wait.completion-unconfirmed.until', { bank: bank(bankId), count, until }),
  'decision-needed': ({ bankId, attempt }, _, { t, bank }) =>
    t('wait.decision-needed.now', { bank: bank(bankId), attempt }),
  'perhaps-debited': (_, __, { t }) => t('wait.perhaps-debited.now'),
  'store-in-doubt': (_, __, { t }) => t('wait.store-in-doubt.now'),
  'banks-blocked': ofBanks('banks-blocked'),
  'banks-unreachable': ofBanks('banks-unreachable'),
  'banks-in-trouble': ofBanks('banks-in-trouble'),
  'scheme-budget': ({ scheme: code }, until, { t }) => {
    const scheme = t(`scheme.${code}`);
    return until === undefined
      ? t('wait.scheme-budget.now', { scheme })
      : t('wait.scheme-budget.until', { scheme, until });
  },
  'card-data-unreadable': ({ fault }, until, { t, cardDataFault }) =>
    until === undefined
      ? t('wait.card-data-unreadable.now', { fault: cardDataFault(fault) })
      : t('wait.card-data-unreadable.until', { fault: cardDataFault(fault), until }),
};

/** Why a payment waits, and until when if that is known. */
export function waitText(renderer: Renderer, reason: WaitReason, untilAt: string | null): string {
  const tell = tells[reason.kind] as Tell<WaitKind>;
  return tell(reason, untilAt === null ? undefined : renderer.instant(untilAt), renderer);
}
