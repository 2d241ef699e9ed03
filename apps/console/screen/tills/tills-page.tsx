import { formatInstant, useLanguage } from '@bivak/screen';
import { Anchor, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSettings, useTills } from '../data.ts';
import { List } from '../parts/list.tsx';

/** Every till as the host knows it: when it was last in contact and how far its journal has arrived. */
export function TillsPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data, isError } = useTills();
  const { data: settings } = useSettings();
  const urlOf = (id: string) => settings?.tills.find(({ tillId }) => tillId === id)?.url;
  const at = (instant: string | null) =>
    instant === null ? t('tills.never') : formatInstant(language, instant);
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
        isError={isError}
        columns={[
          { key: 'till', title: t('payments.till'), cell: ({ tillId }) => <Text fw={600}>{tillId}</Text> },
          { key: 'place', title: t('tills.place'), cell: ({ place }) => place },
          {
            key: 'contact',
            title: t('tills.contact'),
            align: 'right',
            cell: ({ lastContactAt }) => at(lastContactAt),
          },
          { key: 'sales', title: t('tills.sales'), align: 'right', cell: ({ sales }) => sales },
          {
            key: 'acknowledged',
            title: t('tills.acknowledged'),
            align: 'right',
            cell: ({ acknowledgedSeq }) => acknowledgedSeq,
          },
          {
            key: 'stopList',
            title: t('tills.stopList'),
            align: 'right',
            cell: ({ stopListVersion }) => stopListVersion ?? t('common.none'),
          },
          {
            key: 'alarm',
            title: t('tills.alarm'),
            cell: ({ alarm }) => (alarm === null ? t('common.none') : `${alarm.what}, ${at(alarm.at)}`),
          },
          {
            key: 'open',
            title: t('tills.screen'),
            cell: ({ tillId }) => {
              const url = urlOf(tillId);
              return url === undefined ? null : (
                <Anchor href={url} target="_blank" rel="noreferrer">
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
