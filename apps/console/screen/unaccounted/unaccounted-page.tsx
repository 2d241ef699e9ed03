import type { hostApi } from '@bivak/contracts';
import { useRenderer } from '@bivak/screen';
import { Button, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMoney, useUnaccounted } from '../data.ts';
import { Loading, RefreshFailed } from '../parts/list.tsx';
import { useSetFilter } from '../parts/page-address.ts';
import { filterOf } from '../payments/filter.ts';
import { unaccountedText } from './figure-text.ts';
import { RejectedEntries } from './rejected-entries.tsx';
import { UnaccountedLine } from './unaccounted-line.tsx';

type State = 'open' | 'ended';

/** What was accepted and is not in the books, entry by entry: why, since when, and what to do; and what people have decided. */
export function UnaccountedPage() {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  const { data: money } = useMoney();
  const { tillId } = filterOf(useSearch({ strict: false }));
  const setFilter = useSetFilter();
  const [state, setState] = useState<State>('open');
  return (
    <Stack>
      <Title order={1} size="h2">
        {t('unaccounted.title')}
      </Title>
      {money !== undefined && (
        <Text data-testid="unaccounted-figure" data-count={money.unaccounted.count}>
          {unaccountedText(money, renderer)}
        </Text>
      )}
      <SegmentedControl
        w="max-content"
        value={state}
        onChange={(value) => setState(value as State)}
        data={(['open', 'ended'] as const).map((value) => ({
          value,
          label: t(`unaccounted.state.${value}`),
        }))}
      />
      {tillId !== undefined && (
        <Button variant="light" w="max-content" onClick={() => setFilter({})}>
          {t('unaccounted.onlyTill', { till: tillId })}
        </Button>
      )}
      <Lines tillId={tillId} state={state} />
      <RejectedEntries tillId={tillId} />
    </Stack>
  );
}

function Lines({ tillId, state }: { tillId: string | undefined; state: State }) {
  const { t } = useTranslation('console');
  const { data, error, hasNextPage, fetchNextPage } = useUnaccounted({ tillId, state });
  if (data === undefined) return error === null ? <Loading /> : <RefreshFailed error={error} />;
  const lines = data.pages.flatMap(({ items }) => items);
  return (
    <Stack component="section" aria-label={t('unaccounted.title')} gap="sm">
      {error === null ? null : <RefreshFailed error={error} isStale />}
      {lines.length === 0 && <Text c="dimmed">{t(`unaccounted.none.${state}`)}</Text>}
      {lines.map((line: hostApi.UnaccountedLine) => (
        <UnaccountedLine key={`${line.tillId} ${line.seq}`} line={line} />
      ))}
      {hasNextPage && (
        <Button variant="light" w="max-content" onClick={() => void fetchNextPage()}>
          {t('payments.more')}
        </Button>
      )}
    </Stack>
  );
}
