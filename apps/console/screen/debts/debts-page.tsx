import { hostApi } from '@bivak/contracts';
import { formatMoney, useLanguage } from '@bivak/screen';
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDebts } from '../data.ts';
import { Beside } from '../parts/beside.tsx';
import { Instant } from '../parts/instant.tsx';
import { type Column, List, Loading, RefreshFailed } from '../parts/list.tsx';
import { SearchBox } from '../parts/search-box.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { type DebtFilter, debtMatches, debtStages } from '../payments/filter.ts';
import { StandsSelect } from '../payments/stands-select.tsx';
import { declineWords } from '../words/host-words.ts';
import { DebtStory } from './debt-story.tsx';

/** Sales whose card was declined, and what is being done about each; filter and opened debt are part of the address. */
export function DebtsPage(props: {
  filter: DebtFilter;
  onFilter: (filter: DebtFilter) => void;
  opened: string | undefined;
  onOpen: (id: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const { filter } = props;
  const columns = useDebtColumns();
  const { data, error } = useDebts();
  const set = (change: DebtFilter) => props.onFilter({ ...filter, ...change });
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const list = (
    <Stack>
      <Title order={1} size="h2">
        {t('nav.debts')}
      </Title>
      <Group align="end" className="filters">
        <SearchBox
          label={t('payments.search')}
          value={filter.search}
          onSearch={(search) => set({ search })}
        />
        <StandsSelect
          stages={debtStages}
          states={hostApi.debtState.options}
          stageWords={(stage) => t(`home.${stage}`)}
          stateWords={(state) => t(`debtState.${state}`)}
          stage={filter.stage}
          state={filter.state}
          onChange={set}
        />
        {isFiltered && (
          <Button variant="subtle" onClick={() => props.onFilter({})}>
            {t('common.clearAll')}
          </Button>
        )}
      </Group>
      <List
        label={t('nav.debts')}
        columns={columns}
        rows={data?.items.filter((debt) => debtMatches(filter, debt))}
        rowKey={({ id }) => id}
        selected={props.opened}
        onSelect={props.onOpen}
        empty={isFiltered ? t('debts.noneFound') : t('debts.empty')}
        error={error}
      />
    </Stack>
  );
  const open =
    props.opened === undefined
      ? undefined
      : {
          title: props.opened,
          body: <OpenedDebt id={props.opened} />,
          onClose: () => props.onOpen(undefined),
        };
  return <Beside list={list} open={open} />;
}

function OpenedDebt({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data, error } = useDebts();
  if (data === undefined) return error === null ? <Loading /> : <RefreshFailed error={error} />;
  const debt = data.items.find((one) => one.id === id);
  if (debt !== undefined) return <DebtStory debt={debt} />;
  return (
    <Stack gap="xs">
      <Text>{t('debts.notFound')}</Text>
      {/* A debt bears its sale's number: an old one that is not listed any more is still told with its payment. */}
      <Link to="/payments/$paymentId" params={{ paymentId: id }} search={{}}>
        {t('debts.openPayment')}
      </Link>
    </Stack>
  );
}

function useDebtColumns(): readonly Column<hostApi.Debt>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  const at = (instant: string | null) => (instant === null ? t('common.none') : <Instant at={instant} />);
  return [
    {
      key: 'payment',
      title: t('payments.sale'),
      sortBy: ({ paymentId }) => paymentId,
      cell: ({ id, paymentId }) => (
        <Link to="/debts/$debtId" params={{ debtId: id }} search className="row-link">
          {paymentId}
        </Link>
      ),
    },
    {
      key: 'sum',
      title: t('payments.sum'),
      align: 'right',
      sortBy: ({ amountMinor }) => amountMinor,
      cell: (row) => formatMoney(language, row.amountMinor, row.currency),
    },
    {
      key: 'state',
      title: t('payments.state'),
      sortBy: ({ state }) => t(`debtState.${state}`),
      cell: ({ state }) => <StateBadge state={state} words={t(`debtState.${state}`)} />,
    },
    {
      key: 'reason',
      title: t('debts.reason'),
      isExtra: true,
      sortBy: ({ reason }) => declineWords(language, reason),
      cell: ({ reason }) => <span className="long">{declineWords(language, reason)}</span>,
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
      isNotOnPhone: true,
      sortBy: ({ windowEndsAt }) => windowEndsAt,
      cell: ({ windowEndsAt }) => at(windowEndsAt),
    },
  ];
}
