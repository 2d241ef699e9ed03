import { hostApi } from '@bivak/contracts';
import { formatMoney, useLanguage } from '@bivak/screen';
import { Button, Group, Select, Stack, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useBankName } from '../bank-names.ts';
import { usePayments, useTills } from '../data.ts';
import { Beside } from '../parts/beside.tsx';
import { Instant } from '../parts/instant.tsx';
import { type Column, List } from '../parts/list.tsx';
import { SearchBox } from '../parts/search-box.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { type PaymentFilter, paymentStages } from './filter.ts';
import { PaymentStory } from './payment-story.tsx';
import { StandsSelect } from './stands-select.tsx';

/** Every payment of every till, the newest first; the filter and the opened payment are part of the address. */
export function PaymentsPage(props: {
  filter: PaymentFilter;
  onFilter: (filter: PaymentFilter) => void;
  opened: string | undefined;
  onOpen: (id: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const columns = usePaymentColumns();
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = usePayments(props.filter);
  const isFiltered = Object.values(props.filter).some((value) => value !== undefined);
  const list = (
    <Stack>
      <Title order={1} size="h2">
        {t('nav.payments')}
      </Title>
      <Filters filter={props.filter} onFilter={props.onFilter} />
      <List
        label={t('nav.payments')}
        columns={columns}
        rows={data?.pages.flatMap(({ items }) => items)}
        rowKey={({ id }) => id}
        selected={props.opened}
        onSelect={props.onOpen}
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
  const open =
    props.opened === undefined
      ? undefined
      : {
          title: props.opened,
          body: <PaymentStory id={props.opened} />,
          onClose: () => props.onOpen(undefined),
        };
  return <Beside list={list} open={open} />;
}

function usePaymentColumns(): readonly Column<hostApi.Payment>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  const bankName = useBankName();
  return [
    {
      key: 'sale',
      title: t('payments.sale'),
      cell: ({ id, soldAt }) => (
        <>
          <Link to="/payments/$paymentId" params={{ paymentId: id }} search className="row-link">
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
      cell: (row) => formatMoney(language, row.amountMinor, row.currency),
    },
    {
      key: 'state',
      title: t('payments.state'),
      cell: ({ state }) => <StateBadge state={state} words={t(`paymentState.${state}`)} />,
    },
    {
      key: 'bank',
      title: t('payments.bank'),
      isExtra: true,
      cell: ({ bankId }) => (bankId === null ? t('common.none') : bankName(bankId)),
    },
    {
      key: 'card',
      title: t('payments.card'),
      isExtra: true,
      cell: ({ maskedPan }) => <span className="figures">{maskedPan}</span>,
    },
    { key: 'way', title: t('payments.way'), isExtra: true, cell: ({ mode }) => t(`payments.${mode}`) },
    {
      key: 'soldAt',
      title: t('payments.soldAt'),
      align: 'right',
      isNotOnPhone: true,
      cell: ({ soldAt }) => <Instant at={soldAt} />,
    },
  ];
}

function Filters(props: { filter: PaymentFilter; onFilter: (filter: PaymentFilter) => void }) {
  const { t } = useTranslation();
  const { data: tills } = useTills();
  const set = (change: PaymentFilter) => props.onFilter({ ...props.filter, ...change });
  const tillIds = (tills?.items ?? []).map(({ tillId }) => tillId);
  const { tillId } = props.filter;
  return (
    <Group align="end" className="filters">
      <SearchBox
        label={t('payments.search')}
        value={props.filter.search}
        onSearch={(search) => set({ search })}
      />
      <StandsSelect
        stages={paymentStages}
        states={hostApi.paymentState.options}
        stageWords={(stage) => t(`home.${stage}`)}
        stateWords={(state) => t(`paymentState.${state}`)}
        stage={props.filter.stage}
        state={props.filter.state}
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
      {Object.values(props.filter).some((value) => value !== undefined) && (
        <Button variant="subtle" onClick={() => props.onFilter({})}>
          {t('common.clearAll')}
        </Button>
      )}
    </Group>
  );
}
