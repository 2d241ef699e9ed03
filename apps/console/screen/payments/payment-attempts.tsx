import type { hostApi } from '@bivak/contracts';
import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Part } from '../parts/facts.tsx';
import { Instant } from '../parts/instant.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { useRenderer } from '../renderer.ts';

/** Each attempt at a bank: why it was made, why there, and what came of it. */
export function PaymentAttempts({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation('console');
  if (payment.attempts.length === 0) return null;
  return (
    <Part title={t('payments.attempts')}>
      {payment.attempts.map((attempt) => (
        <Attempt key={attempt.number} attempt={attempt} currency={payment.currency} />
      ))}
    </Part>
  );
}

function Attempt({ attempt, currency }: { attempt: hostApi.Attempt; currency: string }) {
  const { t } = useTranslation('console');
  const renderer = useRenderer({ currency });
  const { number, bankId, state, cause, route, responseCode, meaning, feeMinor, reversalTries } = attempt;
  return (
    <Stack gap={2} py={4} data-testid={`attempt-${number}`}>
      <Group gap="sm">
        <Text fw={600}>
          {number}. {renderer.bank(bankId)}
        </Text>
        <StateBadge state={state} text={renderer.attemptState(state)} />
      </Group>
      <Text size="sm">
        {renderer.attemptCause(cause)} · {renderer.route(route)}
      </Text>
      {responseCode !== null && (
        <Text size="sm">
          {t('payments.code')} {responseCode}
          {meaning === null ? '' : `: ${renderer.responseMeaning(meaning, responseCode)}`}
        </Text>
      )}
      {reversalTries > 0 && <Text size="sm">{t('payments.reversalTries', { count: reversalTries })}</Text>}
      <Text size="sm" c="dimmed" className="figures">
        STAN {attempt.stan} · RRN {attempt.rrn} · <Instant at={attempt.storedAt} withSeconds />
        {/* A bank takes a fee for what it has debited, and for nothing else. */}
        {state === 'approved' && feeMinor !== null
          ? ` · ${t('payments.fee')} ${renderer.money(feeMinor)}`
          : ''}
      </Text>
    </Stack>
  );
}
