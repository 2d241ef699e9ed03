import { hostApi } from '@bivak/contracts';
import { formatInstant, formatMoney, useLanguage } from '@bivak/screen';
import { Button, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type PaymentFilter, usePayments, useTills } from '../data.ts';
import { Beside } from '../parts/beside.tsx';
import { type Column, List } from '../parts/list.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { PaymentStory } from './payment-story.tsx';

/** Every payment of every till, the newest first; the filter and the opened payment are part of the address. */
export function PaymentsPage(props: {
  filter: PaymentFilter;
  onFilter: (filter: PaymentFilter) => void;
  opened: string | undefined;
  onOpen: (id: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const columns = usePaymentColumns();
  const { data, isError, hasNextPage, fetchNextPage, isFetchingNextPage } = usePayments(props.filter);
  const rows = data?.pages.flatMap(({ items }) => items);
  const list = (
    <Stack>
      <Title order={1} size="h2">
        {t('nav.payments')}
      </Title>
      <Filters filter={props.filter} onFilter={props.onFilter} />
      <List
        label={t('nav.payments')}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        selected={props.opened}
        onSelect={props.onOpen}
        empty={t('payments.empty')}
        isError={isError}
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
  return [
    {
      key: 'sale',
      title: t('payments.sale'),
      cell: ({ id }) => (
        <Text fw={600} className="identity">
          {id}
        </Text>
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
    { key: 'bank', title: t('payments.bank'), cell: ({ bankId }) => bankId ?? t('common.none') },
    {
      key: 'card',
      title: t('payments.card'),
      cell: ({ maskedPan }) => <span className="figures">{maskedPan}</span>,
    },
    { key: 'way', title: t('payments.way'), cell: ({ mode }) => t(`payments.${mode}`) },
    {
      key: 'soldAt',
      title: t('payments.soldAt'),
      align: 'right',
      cell: ({ soldAt }) => formatInstant(language, soldAt),
    },
  ];
}

function Filters(props: { filter: PaymentFilter; onFilter: (filter: PaymentFilter) => void }) {
  const { t } = useTranslation();
  const { data: tills } = useTills();
  const set = (change: PaymentFilter) => props.onFilter({ ...props.filter, ...change });
  return (
    <Group align="end">
      <TextInput
        flex={1}
        miw={240}
        type="search"
        aria-label={t('payments.search')}
        placeholder={t('payments.search')}
        defaultValue={props.filter.search ?? ''}
        onChange={(event) => set({ search: event.currentTarget.value || undefined })}
      />
      <Select
        clearable
        aria-label={t('payments.state')}
        placeholder={t('payments.anyState')}
        value={props.filter.state ?? null}
        data={hostApi.paymentState.options.map((state) => ({
          value: state,
          label: t(`paymentState.${state}`),
        }))}
        onChange={(state) => set({ state: state ?? undefined })}
      />
      <Select
        clearable
        aria-label={t('payments.till')}
        placeholder={t('payments.anyTill')}
        value={props.filter.tillId ?? null}
        data={(tills?.items ?? []).map(({ tillId }) => tillId)}
        onChange={(tillId) => set({ tillId: tillId ?? undefined })}
      />
    </Group>
  );
}
