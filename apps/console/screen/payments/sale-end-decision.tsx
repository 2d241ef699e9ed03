import type { hostApi } from '@bivak/contracts';
import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Command, namedWith } from '../parts/command.tsx';
import { Part } from '../parts/facts.tsx';
import { Instant } from '../parts/instant.tsx';
import { useRenderer } from '../renderer.ts';

/** What a person has to decide about a sale whose till never wrote its end, with the command that records it. */
export function SaleEndDecision({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation(['console', 'domain']);
  const renderer = useRenderer();
  const needed = payment.neededEndDecision;
  if (needed === null) return null;
  return (
    <Part title={t('decisions.title')}>
      <Stack gap={4} data-testid="sale-end-decision">
        <Text>
          {t('decisions.whatEnd', {
            till: payment.tillId,
            sum: renderer.money(payment.amountMinor, payment.currency),
          })}
        </Text>
        <Text size="sm" c="dimmed">
          {t('decisions.since')} <Instant at={needed.since} />
        </Text>
        <Text size="sm">{t('decisions.howEnd')}</Text>
        {needed.options.map((option) => (
          <Stack key={option} gap={2}>
            <Text size="sm">{t(`domain:saleEndDecision.${option}`)}:</Text>
            <Command
              words={[
                'bivak',
                'host',
                'decide-sale',
                payment.id,
                '--decision',
                option,
                ...namedWith(t('decisions.name'), t('decisions.why')),
              ]}
            />
          </Stack>
        ))}
      </Stack>
    </Part>
  );
}
