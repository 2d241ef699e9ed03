import type { hostApi } from '@bivak/contracts';
import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Command, namedWith } from '../parts/command.tsx';
import { Part } from '../parts/facts.tsx';
import { Instant } from '../parts/instant.tsx';
import { useRenderer } from '../renderer.ts';

/** What a person has to decide about attempts, with the command that records it on the host's machine. */
export function PaymentDecisions({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation('console');
  if (payment.neededDecisions.length === 0) return null;
  return (
    <Part title={t('decisions.title')}>
      {payment.neededDecisions.map((needed) => (
        <Needed key={needed.attempt} payment={payment} needed={needed} />
      ))}
    </Part>
  );
}

function Needed(props: { payment: hostApi.PaymentDetail; needed: hostApi.NeededDecision }) {
  const { t } = useTranslation('console');
  const renderer = useRenderer({ currency: props.payment.currency });
  const { attempt, bankId, cause, since, options } = props.needed;
  return (
    <Stack gap={4} data-testid={`decision-${attempt}`}>
      <Text>
        {t('decisions.what', {
          attempt,
          bank: renderer.bank(bankId),
          sum: renderer.money(props.payment.amountMinor),
          cause: renderer.disputeCause(cause),
        })}
      </Text>
      <Text size="sm" c="dimmed">
        {t('decisions.since')} <Instant at={since} />
      </Text>
      <Text size="sm">{t('decisions.how')}</Text>
      {options.map((option) => (
        <Stack key={option} gap={2}>
          <Text size="sm">{renderer.attemptDecision(option)}:</Text>
          <Command
            words={[
              'bivak',
              'host',
              'decide',
              props.payment.id,
              String(attempt),
              '--decision',
              option,
              ...namedWith(t('decisions.name'), t('decisions.why')),
            ]}
          />
        </Stack>
      ))}
    </Stack>
  );
}
