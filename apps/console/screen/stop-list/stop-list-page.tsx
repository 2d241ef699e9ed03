import { Group, Stack, Text, Title } from '@mantine/core';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useStopList } from '../data.ts';
import { reasonText } from '../debts/reason-text.ts';
import { Instant } from '../parts/instant.tsx';
import { List } from '../parts/list.tsx';
import { useSetFilter } from '../parts/page-address.ts';
import { SearchBox } from '../parts/search-box.tsx';
import { searchMatches } from '../payments/filter.ts';
import { useRenderer } from '../renderer.ts';

/** The cards that tills refuse now, and why. */
export function StopListPage() {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  const setFilter = useSetFilter();
  const { search } = useSearch({ strict: false });
  const { data, error } = useStopList();
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          {t('nav.stopList')}
        </Title>
        {data !== undefined && (
          <Text c="dimmed">
            {t('stopList.version', { version: data.version })}
            {data.issuedAt === null ? null : (
              <>
                , <Instant at={data.issuedAt} />
              </>
            )}
          </Text>
        )}
      </Group>
      <Group className="filters">
        <SearchBox
          label={t('stopList.search')}
          value={search}
          onSearch={(text) => setFilter({ search: text })}
        />
      </Group>
      <List
        label={t('nav.stopList')}
        rows={data?.entries.filter(({ maskedPan, debtId }) => searchMatches(search, debtId ?? '', maskedPan))}
        rowKey={({ cardReference }) => cardReference}
        empty={search === undefined ? t('stopList.empty') : t('stopList.noneFound')}
        error={error}
        columns={[
          {
            key: 'card',
            title: t('stopList.card'),
            sortBy: ({ maskedPan }) => maskedPan,
            cell: ({ maskedPan }) => (
              <Text fw={600} size="sm">
                {maskedPan ?? t('common.none')}
              </Text>
            ),
          },
          {
            key: 'reason',
            title: t('stopList.reason'),
            sortBy: (row) => reasonText(row, renderer),
            cell: (row) => <span className="long">{reasonText(row, renderer)}</span>,
          },
          {
            key: 'debt',
            title: t('stopList.debt'),
            sortBy: ({ debtId }) => debtId,
            cell: ({ debtId }) =>
              debtId === null ? (
                t('common.none')
              ) : (
                <Link to="/debts/{-$debtId}" params={{ debtId }} search={{}} className="row-link">
                  {debtId}
                </Link>
              ),
          },
          {
            key: 'since',
            title: t('stopList.since'),
            align: 'right',
            isNotOnPhone: true,
            sortBy: ({ since }) => since,
            cell: ({ since }) => <Instant at={since} />,
          },
          {
            key: 'reference',
            title: t('stopList.reference'),
            isExtra: true,
            cell: ({ cardReference }) => <code title={cardReference}>{cardReference.slice(0, 12)}…</code>,
          },
        ]}
      />
    </Stack>
  );
}
