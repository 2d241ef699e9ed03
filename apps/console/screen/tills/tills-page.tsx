import type { hostApi } from '@bivak/contracts';
import { useRenderer } from '@bivak/screen';
import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useSettings, useTills } from '../data.ts';
import { Instant } from '../parts/instant.tsx';
import { type Column, List } from '../parts/list.tsx';
import { AlarmList } from './alarm-list.tsx';
import { quarantineText } from './quarantine-text.ts';

/** Every till as the host knows it: when it was last in contact, how far its journal has arrived, what is wrong with it. */
export function TillsPage() {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  const { data, error } = useTills();
  const columns = useTillColumns();
  const quarantine = quarantineText(data?.items ?? [], renderer);
  return (
    <Stack>
      <Title order={1} size="h2">
        {t('nav.tills')}
      </Title>
      <List
        label={t('nav.tills')}
        rows={data?.items}
        rowKey={({ tillId }) => tillId}
        empty={t('tills.empty')}
        error={error}
        columns={columns}
      />
      {quarantine !== undefined && <Text data-testid="quarantine">{quarantine}</Text>}
      <AlarmList />
    </Stack>
  );
}

function useTillColumns(): readonly Column<hostApi.TillSummary>[] {
  const { t } = useTranslation('console');
  const number = useNumber();
  const { data: settings } = useSettings();
  const urlOf = (id: string) => settings?.tills.find(({ tillId }) => tillId === id)?.url;
  return [
    {
      key: 'till',
      title: t('payments.till'),
      sortBy: ({ tillId }) => tillId,
      cell: ({ tillId }) => (
        <Link
          to="/payments/{-$paymentId}"
          params={{}}
          search={{ tillId }}
          className="row-link"
          title={t('tills.payments')}
        >
          {tillId}
        </Link>
      ),
    },
    {
      key: 'place',
      title: t('tills.place'),
      isNotOnPhone: true,
      sortBy: ({ place }) => place,
      cell: ({ place }) => <span className="long">{place}</span>,
    },
    {
      key: 'contact',
      title: t('tills.contact'),
      align: 'right',
      sortBy: ({ lastContactAt }) => lastContactAt,
      cell: ({ lastContactAt }) =>
        lastContactAt === null ? t('tills.never') : <Instant at={lastContactAt} />,
    },
    ...journalColumns(t, number),
    {
      key: 'stopList',
      title: t('tills.stopList'),
      align: 'right',
      isExtra: true,
      sortBy: ({ stopListVersion }) => stopListVersion,
      cell: ({ stopListVersion }) => stopListVersion ?? t('common.none'),
    },
    {
      key: 'alarms',
      title: t('tills.alarms'),
      align: 'right',
      sortBy: ({ alarms }) => alarms.length,
      cell: ({ alarms }) => (alarms.length === 0 ? t('tills.noAlarm') : number(alarms.length)),
    },
    {
      key: 'open',
      title: t('tills.screen'),
      cell: ({ tillId }) => {
        const url = urlOf(tillId);
        return url === undefined ? null : (
          <Anchor href={url} target="_blank" rel="noreferrer" fz="sm">
            {t('tills.open')}
          </Anchor>
        );
      },
    },
  ];
}

/** What of a till's journal has arrived, and what of that is not in the books. */
function journalColumns(
  t: TFunction<'console'>,
  number: (value: number) => string,
): readonly Column<hostApi.TillSummary>[] {
  return [
    {
      key: 'cardSales',
      title: t('tills.cardSales'),
      align: 'right',
      isNotOnPhone: true,
      sortBy: ({ cardSales }) => cardSales,
      cell: ({ cardSales }) => number(cardSales),
    },
    {
      key: 'cashSales',
      title: t('tills.cashSales'),
      align: 'right',
      isNotOnPhone: true,
      sortBy: ({ cashSales }) => cashSales,
      cell: ({ cashSales }) => number(cashSales),
    },
    {
      key: 'unaccounted',
      title: t('tills.unaccounted'),
      align: 'right',
      sortBy: ({ unaccounted }) => unaccounted.count,
      cell: ({ tillId, unaccounted: { count } }) =>
        count === 0 ? (
          number(0)
        ) : (
          <Link to="/unaccounted" search={{ tillId }} className="row-link">
            {number(count)}
          </Link>
        ),
    },
    {
      key: 'acknowledged',
      title: t('tills.acknowledged'),
      align: 'right',
      isExtra: true,
      sortBy: ({ acknowledgedSeq }) => acknowledgedSeq,
      cell: ({ acknowledgedSeq }) => number(acknowledgedSeq),
    },
  ];
}

function useNumber(): (value: number) => string {
  const { i18n } = useTranslation('console');
  const format = new Intl.NumberFormat(i18n.language);
  return (value) => format.format(value);
}
