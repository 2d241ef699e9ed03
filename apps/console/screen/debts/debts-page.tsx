import type { hostApi } from '@bivak/contracts';
import { debtState } from '@bivak/domain';
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDebts } from '../data.ts';
import { Instant } from '../parts/instant.tsx';
import { type Column, List, Loading, RefreshFailed } from '../parts/list.tsx';
import { useSetFilter } from '../parts/page-address.ts';
import { SearchBox } from '../parts/search-box.tsx';
import { SplitView } from '../parts/split-view.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { type DebtFilter, debtFilter, debtMatches, debtStages } from '../payments/filter.ts';
import { StageOrStateSelect } from '../payments/stage-or-state-select.tsx';
import { useRenderer } from '../renderer.ts';
import { DebtDetail } from './debt-detail.tsx';
import { reasonText } from './reason-text.ts';

/** Sales whose card was declined, and what is being done about each; filter and opened debt are part of the address. */
export function DebtsPage() {
  const { t } = useTranslation('console');
  const { debtId } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const columns = useDebtColumns();
  const filter = debtFilter(search);
  const { data, error } = useDebts();
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const open = (id: string | undefined) =>
    void navigate({ to: '/debts/{-$debtId}', params: { debtId: id }, search });
  const list = (
    <Stack>
      <Title order={1} size="h2">
        {t('nav.debts')}
      </Title>
      <Filters filter={filter} isFiltered={isFiltered} />
      <List
        label={t('nav.debts')}
        columns={columns}
        rows={data?.items.filter((debt) => debtMatches(filter, debt))}
        rowKey={({ id }) => id}
        selected={debtId}
        onSelect={open}
        empty={isFiltered ? t('debts.noneFound') : t('debts.empty')}
        error={error}
      />
    </Stack>
  );
  const opened =
    debtId === undefined
      ? undefined
      : { title: debtId, body: <OpenedDebt id={debtId} />, onClose: () => open(undefined) };
  return <SplitView list={list} open={opened} />;
}

function Filters({ filter, isFiltered }: { filter: DebtFilter; isFiltered: boolean }) {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  const setFilter = useSetFilter();
  const set = (change: DebtFilter) => setFilter({ ...filter, ...change });
  return (
    <Group align="end" className="filters">
      <SearchBox
        label={t('payments.search')}
        value={filter.search}
        onSearch={(text) => set({ search: text })}
      />
      <StageOrStateSelect
        stages={debtStages}
        states={debtState.options}
        stageText={(stage) => t(`stages.${stage}`)}
        stateText={renderer.debtState}
        stage={filter.stage}
        state={filter.state}
        onChange={set}
      />
      {isFiltered && (
        <Button variant="subtle" onClick={() => setFilter({})}>
          {t('common.clearAll')}
        </Button>
      )}
    </Group>
  );
}

function OpenedDebt({ id }: { id: string }) {
  const { t } = useTranslation('console');
  const { data, error } = useDebts();
  if (data === undefined) return error === null ? <Loading /> : <RefreshFailed error={error} />;
  const debt = data.items.find((one) => one.id === id);
  if (debt !== undefined) return <DebtDetail debt={debt} />;
  return (
    <Stack gap="xs">
      <Text>{t('debts.notFound')}</Text>
      {/* A debt bears its sale's number: an old one that is not listed any more is still shown with its payment. */}
      <Link to="/payments/{-$paymentId}" params={{ paymentId: id }} search={{}}>
        {t('debts.openPayment')}
      </Link>
    </Stack>
  );
}

function useDebtColumns(): readonly Column<hostApi.Debt>[] {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  const at = (instant: string | null) => (instant === null ? t('common.none') : <Instant at={instant} />);
  return [
    {
      key: 'payment',
      title: t('payments.sale'),
      sortBy: ({ paymentId }) => paymentId,
      cell: ({ id, paymentId }) => (
        <Link to="/debts/{-$debtId}" params={{ debtId: id }} search className="row-link">
          {paymentId}
        </Link>
      ),
    },
    {
      key: 'sum',
      title: t('payments.sum'),
      align: 'right',
      sortBy: ({ amountMinor }) => amountMinor,
      cell: (row) => renderer.money(row.amountMinor, row.currency),
    },
    {
      key: 'state',
      title: t('payments.state'),
      sortBy: ({ state }) => renderer.debtState(state),
      cell: ({ state }) => <StateBadge state={state} text={renderer.debtState(state)} />,
    },
    {
      key: 'reason',
      title: t('debts.reason'),
      isExtra: true,
      sortBy: (row) => reasonText(row, renderer),
      cell: (row) => <span className="long">{reasonText(row, renderer)}</span>,
    },
    {
      key: 'attempts',
      title: t('debts.attempts'),
      align: 'right',
      isExtra: true,
      sortBy: ({ attemptsMade }) => attemptsMade,
      cell: ({ attemptsMade }) => attemptsMade,
    },
    {
      key: 'next',
      title: t('debts.next'),
      align: 'right',
      isExtra: true,
      sortBy: ({ nextAttemptAt }) => nextAttemptAt,
      cell: ({ nextAttemptAt }) => at(nextAttemptAt),
    },
    {
      key: 'ends',
      title: t('debts.windowEnds'),
      align: 'right',
      isExtra: true,
      sortBy: ({ windowEndsAt }) => windowEndsAt,
      cell: ({ windowEndsAt }) => at(windowEndsAt),
    },
  ];
}
