import { formatInstant, useLanguage } from '@bivak/screen';
import { Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useStopList } from '../data.ts';
import { List } from '../parts/list.tsx';

/** The cards that tills refuse now, and why. */
export function StopListPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data, isError } = useStopList();
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          {t('nav.stopList')}
        </Title>
        {data !== undefined && (
          <Text c="dimmed">
            {t('stopList.version', { version: data.version })}
            {data.issuedAt === null ? '' : `, ${formatInstant(language, data.issuedAt)}`}
          </Text>
        )}
      </Group>
      <List
        label={t('nav.stopList')}
        rows={data?.entries}
        rowKey={({ cardReference }) => cardReference}
        empty={t('stopList.empty')}
        isError={isError}
        columns={[
          {
            key: 'card',
            title: t('stopList.card'),
            cell: ({ maskedPan }) => <Text fw={600}>{maskedPan ?? t('common.none')}</Text>,
          },
          {
            key: 'reference',
            title: t('stopList.reference'),
            cell: ({ cardReference }) => <code>{cardReference.slice(0, 12)}…</code>,
          },
          {
            key: 'reason',
            title: t('stopList.reason'),
            cell: ({ reason }) =>
              t(`decline|${reason}`, { defaultValue: reason, keySeparator: '|', nsSeparator: '::' }),
          },
          {
            key: 'debt',
            title: t('stopList.debt'),
            cell: ({ debtId }) =>
              debtId === null ? (
                t('common.none')
              ) : (
                <Link to="/debts/$debtId" params={{ debtId }} search={{}}>
                  {debtId}
                </Link>
              ),
          },
          {
            key: 'since',
            title: t('stopList.since'),
            align: 'right',
            cell: ({ since }) => formatInstant(language, since),
          },
        ]}
      />
    </Stack>
  );
}
