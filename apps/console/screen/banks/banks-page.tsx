import { Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useBanks, useMoney } from '../data.ts';
import { Instant } from '../parts/instant.tsx';
import { List } from '../parts/list.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { useRenderer } from '../renderer.ts';

/** The banks with which the merchant has contracts: how they are, what they cost, what they have collected. */
export function BanksPage() {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  const { data, error } = useBanks();
  const currency = useMoney().data?.currency ?? 'RUB';
  return (
    <Stack>
      <Title order={1} size="h2">
        {t('nav.banks')}
      </Title>
      <List
        label={t('nav.banks')}
        rows={data?.items}
        rowKey={({ bankId }) => bankId}
        empty={t('banks.empty')}
        error={error}
        columns={[
          {
            key: 'bank',
            title: t('payments.bank'),
            sortBy: ({ name }) => renderer.localName(name),
            cell: ({ name }) => <Text fw={600}>{renderer.localName(name)}</Text>,
          },
          {
            key: 'session',
            title: t('banks.session'),
            cell: ({ session }) => <StateBadge state={session} text={renderer.bankSessionState(session)} />,
          },
          {
            key: 'health',
            title: t('banks.health'),
            // How a bank answers is not known as long as it is not reached.
            cell: ({ session, health }) =>
              session === 'down' && health === 'healthy' ? (
                t('common.none')
              ) : (
                <StateBadge state={health} text={renderer.bankHealth(health)} />
              ),
          },
          {
            key: 'fee',
            title: t('banks.fee'),
            isNotOnPhone: true,
            sortBy: ({ feePercent }) => Number(feePercent),
            align: 'right',
            cell: ({ feePercent }) => renderer.percent(feePercent),
          },
          {
            key: 'onUs',
            title: t('banks.onUs'),
            isExtra: true,
            align: 'right',
            sortBy: ({ onUsFeePercent }) => Number(onUsFeePercent),
            cell: ({ onUsFeePercent }) => renderer.percent(onUsFeePercent),
          },
          {
            key: 'collected',
            title: t('banks.collected'),
            isNotOnPhone: true,
            align: 'right',
            sortBy: ({ collected }) => collected.sumMinor,
            cell: ({ collected }) => (
              <>
                {renderer.money(collected.sumMinor, currency)}
                <Text size="sm" c="dimmed">
                  {t('home.payments', { count: collected.count })}
                </Text>
              </>
            ),
          },
          {
            key: 'lastAnswer',
            title: t('banks.lastAnswer'),
            isExtra: true,
            align: 'right',
            sortBy: ({ lastAnswerAt }) => lastAnswerAt,
            cell: ({ lastAnswerAt }) =>
              lastAnswerAt === null ? t('banks.noAnswer') : <Instant at={lastAnswerAt} />,
          },
        ]}
      />
    </Stack>
  );
}
