import { formatMoney, useLanguage } from '@bivak/screen';
import { Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useBanks, useMoney } from '../data.ts';
import { Instant } from '../parts/instant.tsx';
import { List } from '../parts/list.tsx';
import { StateBadge } from '../parts/state-badge.tsx';

/** The banks with which the merchant has contracts: how they are, what they cost, what they have collected. */
export function BanksPage() {
  const { t } = useTranslation();
  const language = useLanguage();
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
            sortBy: ({ name }) => name[language],
            cell: ({ name }) => <Text fw={600}>{name[language]}</Text>,
          },
          {
            key: 'link',
            title: t('banks.link'),
            cell: ({ link }) => <StateBadge state={link} words={t(`banks.links.${link}`)} />,
          },
          {
            key: 'health',
            title: t('banks.health'),
            cell: ({ health }) => <StateBadge state={health} words={t(`banks.healths.${health}`)} />,
          },
          {
            key: 'fee',
            title: t('banks.fee'),
            isNotOnPhone: true,
            sortBy: ({ feePercent }) => Number(feePercent),
            align: 'right',
            cell: ({ feePercent }) => percent(language, feePercent),
          },
          {
            key: 'onUs',
            title: t('banks.onUs'),
            isExtra: true,
            align: 'right',
            sortBy: ({ onUsFeePercent }) => Number(onUsFeePercent),
            cell: ({ onUsFeePercent }) => percent(language, onUsFeePercent),
          },
          {
            key: 'collected',
            title: t('banks.collected'),
            isNotOnPhone: true,
            align: 'right',
            sortBy: ({ collectedMinor }) => collectedMinor,
            cell: ({ collected, collectedMinor }) => (
              <>
                {formatMoney(language, collectedMinor, currency)}
                <Text size="sm" c="dimmed">
                  {t('home.payments', { count: collected })}
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

const percent = (language: string, value: string): string =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 }).format(Number(value) / 100);
