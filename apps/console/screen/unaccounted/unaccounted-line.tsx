import type { hostApi } from '@bivak/contracts';
import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Command, namedWith } from '../parts/command.tsx';
import { Instant } from '../parts/instant.tsx';
import { useRenderer } from '../renderer.ts';

/** One entry: which sale, for how much, why it is no payment, since when, and what to do about it. */
export function UnaccountedLine({ line }: { line: hostApi.UnaccountedLine }) {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  const { tillId, seq, saleId, amountMinor, currency, reason } = line;
  const why =
    reason.kind === 'waiting' ? t('unaccounted.waiting') : asSentence(renderer.quarantineReason(reason));
  return (
    <Stack
      component="article"
      gap={6}
      className="unaccounted-line"
      data-testid={`line-${tillId}-${seq}`}
      data-reason={reason.kind}
    >
      <Group justify="space-between" gap="xs">
        <Text fw={600}>{saleId ?? t('unaccounted.entry', { seq, till: tillId })}</Text>
        <Text fw={600} className="figures">
          {amountMinor === null || currency === null
            ? t('unaccounted.noSum')
            : renderer.money(amountMinor, currency)}
        </Text>
      </Group>
      <Text>{why}</Text>
      <Text size="sm" c="dimmed">
        {t('unaccounted.where', { till: tillId, seq })}, {t('unaccounted.since')} <Instant at={line.since} />
        {line.isCardSale ? '' : `. ${t('unaccounted.noSale')}`}
      </Text>
      {line.decided === null ? <ToDo line={line} /> : <Decided decided={line.decided} />}
    </Stack>
  );
}

/** A reason as it stands in a longer sentence elsewhere, alone. */
const asSentence = (reason: string): string => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;

function ToDo({ line }: { line: hostApi.UnaccountedLine }) {
  const { t } = useTranslation(['console', 'domain']);
  const { tillId, seq, options, reason } = line;
  return (
    <>
      <Text size="sm">{t(`unaccounted.todo.${reason.kind}`)}</Text>
      {options.map((option) => (
        <Stack key={option} gap={2}>
          <Text size="sm">{t(`domain:entryDecision.${option}`)}:</Text>
          <Command
            words={[
              'bivak',
              'host',
              'decide-entry',
              tillId,
              String(seq),
              '--decision',
              option,
              ...namedWith(t('decisions.name'), t('decisions.why')),
            ]}
          />
        </Stack>
      ))}
    </>
  );
}

function Decided({ decided }: { decided: NonNullable<hostApi.UnaccountedLine['decided']> }) {
  const { t } = useTranslation(['console', 'domain']);
  return (
    <Text size="sm">
      {t('unaccounted.decided', {
        by: decided.by,
        decision: t(`domain:entryDecision.${decided.decision}`),
        why: decided.why,
      })}{' '}
      <Instant at={decided.at} />
    </Text>
  );
}
