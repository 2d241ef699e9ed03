import type { hostApi } from '@bivak/contracts';
import { Button, Code, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRejected } from '../data.ts';
import { Instant } from '../parts/instant.tsx';
import { Loading, RefreshFailed } from '../parts/list.tsx';
import { useRenderer } from '../renderer.ts';

/** Entries that were not taken into a journal: they are still at their till, and so is what is behind them. */
export function RejectedEntries({ tillId }: { tillId: string | undefined }) {
  const { t } = useTranslation('console');
  const { data, error, hasNextPage, fetchNextPage } = useRejected(tillId);
  const entries = data?.pages.flatMap(({ items }) => items);
  return (
    <Stack component="section" aria-label={t('rejected.title')} gap="sm" mt="lg">
      <Title order={2} size="h3">
        {t('rejected.title')}
      </Title>
      <Text size="sm" c="dimmed">
        {t('rejected.about')}
      </Text>
      {error !== null && <RefreshFailed error={error} isStale={data !== undefined} />}
      {entries === undefined ? error === null && <Loading /> : null}
      {entries?.length === 0 && <Text c="dimmed">{t('rejected.none')}</Text>}
      {entries?.map((entry) => (
        <Rejected key={`${entry.tillId} ${entry.afterSeq} ${entry.entryHash}`} entry={entry} />
      ))}
      {hasNextPage && (
        <Button variant="light" w="max-content" onClick={() => void fetchNextPage()}>
          {t('payments.more')}
        </Button>
      )}
    </Stack>
  );
}

const shownLength = 400;

function Rejected({ entry }: { entry: hostApi.RejectedEntry }) {
  const renderer = useRenderer();
  const { tillId, afterSeq, fault, rejectedAt } = entry;
  return (
    <Stack
      component="article"
      gap={4}
      className="unaccounted-line"
      data-testid={`rejected-${tillId}-${afterSeq}`}
    >
      <Text>
        {tillId}: {renderer.intakeFault(fault, afterSeq)}, <Instant at={rejectedAt} />
      </Text>
      <Code block>{entry.entry.slice(0, shownLength)}</Code>
    </Stack>
  );
}
