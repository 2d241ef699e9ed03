import type { hostApi } from '@bivak/contracts';
import { paymentState } from '@bivak/domain';
import { Button, Group, Select, Stack, Text, Title } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePayments, useTills } from '../data.ts';
import { Instant } from '../parts/instant.tsx';
import { type Column, List } from '../parts/list.tsx';
import { useSetFilter } from '../parts/page-address.ts';
import { SearchBox } from '../parts/search-box.tsx';
import { SplitView } from '../parts/split-view.tsx';
import { useRenderer } from '../renderer.ts';
import { type PaymentFilter, paymentFilter, paymentStages } from './filter.ts';
import { PaymentDetail } from './payment-detail.tsx';
import { PaymentStateBadge } from './payment-state-badge.tsx';
import { StageOrStateSelect } from './stage-or-state-select.tsx';

/** Every payment of every till, the newest first; the filter and the opened payment are part of the address. */
export function PaymentsPage() {
  const { t } = useTranslation(['console', 'domain']);
  const { paymentId } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const columns = usePaymentColumns();
  const filter = paymentFilter(search);
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = usePayments(filter);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const open = (id: string | undefined) =>
    void navigate({ to: '/payments/{-$paymentId}', params: { paymentId: id }, search });
  const list = (
    <Stack>
      <Title order={1} size="h2">
        {t('nav.payments')}
      </Title>
      <Filters filter={filter} />
      {filter.waitKind !== undefined && <Text>{t(`domain:waitKind.${filter.waitKind}`)}</Text>}
      <List
        label={t('nav.payments')}
        columns={columns}
        rows={data?.pages.flatMap(({ items }) => items)}
        rowKey={({ id }) => id}
        selected={paymentId}
        onSelect={open}
        empty={isFiltered ? t('payments.noneFound') : t('payments.empty')}
        error={error}
      />
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('payments.more')}
        </Button>
      )}
    </Stack>
  );
  const opened =
    paymentId === undefined
      ? undefined
      : { title: paymentId, body: <PaymentDetail id={paymentId} />, onClose: () => open(undefined) };
  return <SplitView list={list} open={opened} />;
}

function usePaymentColumns(): readonly Column<hostApi.Payment>[] {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  return [
    {
      key: 'sale',
      title: t('payments.sale'),
      cell: ({ id, soldAt }) => (
        <>
          <Link to="/payments/{-$paymentId}" params={{ paymentId: id }} search className="row-link">
            {id}
          </Link>
          <span className="on-phone">
            <Instant at={soldAt} />
          </span>
        </>
      ),
    },
    {
      key: 'sum',
      title: t('payments.sum'),
      align: 'right',
      cell: (row) => renderer.money(row.amountMinor, row.currency),
    },
    {
      key: 'state',
      title: t('payments.state'),
      cell: (payment) => <PaymentStateBadge payment={payment} />,
    },
    {
      key: 'bank',
      title: t('payments.bank'),
      isExtra: true,
      cell: ({ bankId }) => (bankId === null ? t('common.none') : renderer.bank(bankId)),
    },
    {
      key: 'card',
      title: t('payments.card'),
      isExtra: true,
      cell: ({ maskedPan }) => <span className="figures">{maskedPan}</span>,
    },
    {
      key: 'acceptance',
      title: t('payments.acceptance'),
      isExtra: true,
      cell: ({ mode }) => t(`payments.${mode}`),
    },
    {
      key: 'soldAt',
      title: t('payments.soldAt'),
      align: 'right',
      isNotOnPhone: true,
      cell: ({ soldAt }) => <Instant at={soldAt} />,
    },
  ];
}

function Filters({ filter }: { filter: PaymentFilter }) {
  const { t } = useTranslation('console');
  const { data: tills } = useTills();
  const renderer = useRenderer();
  const setFilter = useSetFilter();
  const set = (change: PaymentFilter) => setFilter({ ...filter, waitKind: undefined, ...change });
  const tillIds = (tills?.items ?? []).map(({ tillId }) => tillId);
  const { tillId } = filter;
  return (
    <Group align="end" className="filters">
      <SearchBox label={t('payments.search')} value={filter.search} onSearch={(search) => set({ search })} />
      <StageOrStateSelect
        stages={paymentStages}
        states={paymentState.options}
        stageText={(stage) => t(`stages.${stage}`)}
        stateText={renderer.paymentState}
        stage={filter.stage}
        state={filter.state}
        onChange={set}
      />
      <Select
        clearable
        aria-label={t('payments.till')}
        placeholder={t('payments.anyTill')}
        value={tillId ?? null}
        data={[...new Set([...tillIds, ...(tillId === undefined ? [] : [tillId])])]}
        onChange={(chosen) => set({ tillId: chosen ?? undefined })}
      />
      {Object.values(filter).some((value) => value !== undefined) && (
        <Button variant="subtle" onClick={() => setFilter({})}>
          {t('common.clearAll')}
        </Button>
      )}
    </Group>
  );
}
