import { useLanguage } from '@bivak/screen';
import { Anchor, Stack, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSettings, useTills } from '../data.ts';
import { Instant } from '../parts/instant.tsx';
import { List } from '../parts/list.tsx';
import { alarmWords } from '../words/host-words.ts';

/** Every till as the host knows it: when it was last in contact and how far its journal has arrived. */
export function TillsPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data, error } = useTills();
  const { data: settings } = useSettings();
  const number = new Intl.NumberFormat(language);
  const urlOf = (id: string) => settings?.tills.find(({ tillId }) => tillId === id)?.url;
  const at = (instant: string | null) => (instant === null ? t('tills.never') : <Instant at={instant} />);
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
        columns={[
          {
            key: 'till',
            title: t('payments.till'),
            sortBy: ({ tillId }) => tillId,
            cell: ({ tillId }) => (
              <Link to="/payments" search={{ tillId }} className="row-link" title={t('tills.payments')}>
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
            cell: ({ lastContactAt }) => at(lastContactAt),
          },
          {
            key: 'sales',
            title: t('tills.sales'),
            align: 'right',
            isNotOnPhone: true,
            sortBy: ({ sales }) => sales,
            cell: ({ sales }) => number.format(sales),
          },
          {
            key: 'acknowledged',
            title: t('tills.acknowledged'),
            align: 'right',
            isExtra: true,
            sortBy: ({ acknowledgedSeq }) => acknowledgedSeq,
            cell: ({ acknowledgedSeq }) => number.format(acknowledgedSeq),
          },
          {
            key: 'stopList',
            title: t('tills.stopList'),
            align: 'right',
            isExtra: true,
            sortBy: ({ stopListVersion }) => stopListVersion,
            cell: ({ stopListVersion }) => stopListVersion ?? t('common.none'),
          },
          {
            key: 'alarm',
            title: t('tills.alarm'),
            sortBy: ({ alarm }) => alarm?.at ?? null,
            cell: ({ alarm }) =>
              alarm === null ? (
                t('tills.noAlarm')
              ) : (
                <span className="long">
                  {alarmWords(language, alarm.what)}, {at(alarm.at)}
                </span>
              ),
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
        ]}
      />
    </Stack>
  );
}
