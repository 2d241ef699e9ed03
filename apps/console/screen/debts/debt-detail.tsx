import type { hostApi } from '@bivak/contracts';
import { Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Facts, Part } from '../parts/facts.tsx';
import { Instant } from '../parts/instant.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { useRenderer } from '../renderer.ts';
import { DebtDecision } from './debt-decision.tsx';
import { reasonText } from './reason-text.ts';

/** One debt: why it is one, what is done about it until when, and which notices its cardholder was sent. */
export function DebtDetail({ debt }: { debt: hostApi.Debt }) {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  const at = (instant: string | null, otherwise: ReactNode) =>
    instant === null ? otherwise : <Instant at={instant} />;
  const isOver = debt.closedAt !== null;
  const isTried = debt.state === 'open' || debt.state === 'attempting';
  const next = debt.state === 'attempting' ? t('debts.underWay') : at(debt.nextAttemptAt, t('debts.none'));
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Text size="xl" fw={600} className="figures">
          {renderer.money(debt.amountMinor, debt.currency)}
        </Text>
        <StateBadge state={debt.state} text={renderer.debtState(debt.state)} />
      </Group>
      <Facts
        facts={[
          [
            t('debts.payment'),
            <Link
              key="payment"
              to="/payments/{-$paymentId}"
              params={{ paymentId: debt.paymentId }}
              search={{}}
            >
              {t('debts.openPayment')}
            </Link>,
          ],
          [t('payments.card'), debt.maskedPan],
          [t('debts.reason'), reasonText(debt, renderer)],
          ...(isTried ? ([[t('debts.retryClass'), renderer.retryClass(debt.retryClass)]] as const) : []),
          [t('debts.attempts'), debt.attemptsMade],
          [t('debts.opened'), at(debt.openedAt, null)],
          ...(isOver ? [] : ([[t('debts.next'), next]] as const)),
          [t('debts.windowEnds'), at(debt.windowEndsAt, null)],
          ...(isOver ? ([[t('debts.closed'), at(debt.closedAt, null)]] as const) : []),
        ]}
      />
      <DebtDecision debt={debt} />
      <Part title={t('debts.notices')}>
        {debt.hasContact ? null : <Text>{t('debts.noContact')}</Text>}
        {debt.hasContact && debt.notices.length === 0 && <Text c="dimmed">{t('debts.noNotices')}</Text>}
        {debt.notices.map((notice) => (
          <Group key={`${notice.kind} ${notice.at}`} justify="space-between" gap={2}>
            <Text>
              {renderer.noticeKind(notice.kind)}: {renderer.noticeState(notice.state)}
            </Text>
            <Text size="sm" c="dimmed">
              <Instant at={notice.at} />
            </Text>
          </Group>
        ))}
      </Part>
    </>
  );
}
