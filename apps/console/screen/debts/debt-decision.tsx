import type { hostApi } from '@bivak/contracts';
import { Code, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Part } from '../parts/facts.tsx';
import { Instant } from '../parts/instant.tsx';
import { useRenderer } from '../renderer.ts';

/** What a person has to decide about a debt's card, with the command that records it on the host's machine; or what he has. */
export function DebtDecision({ debt }: { debt: hostApi.Debt }) {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  const { neededDecision: needed, decision } = debt;
  if (decision !== null)
    return (
      <Text data-testid="debt-decided">
        {t('decisions.decided', {
          by: decision.by,
          decision: renderer.debtDecision(decision.decision),
          why: decision.why,
        })}{' '}
        <Instant at={decision.at} />
      </Text>
    );
  if (needed === null) return null;
  return (
    <Part title={t('decisions.title')}>
      <Stack gap={4} data-testid="debt-decision">
        <Text>
          {t('decisions.whatDebt', {
            sum: renderer.money(debt.amountMinor, debt.currency),
            shortfall: renderer.noticeShortfall(needed.shortfall),
          })}{' '}
          <Instant at={needed.since} />
        </Text>
        <Text size="sm">{t('decisions.howDebt')}</Text>
        {needed.options.map((option) => (
          <Stack key={option} gap={2}>
            <Text size="sm">{renderer.debtDecision(option)}:</Text>
            <Code block>
              {`bivak host decide ${debt.paymentId} --decision ${option} --by ${t('decisions.name')} --why ${t('decisions.why')}`}
            </Code>
          </Stack>
        ))}
      </Stack>
    </Part>
  );
}
