import { useLanguage } from '@bivak/screen';
import { Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useBanks, useMoney, useNowMs, usePayments, useTills } from '../data.ts';
import { Loading, RefreshFailed } from '../parts/list.tsx';
import { type Attention, whatNeedsAPerson } from './attention.ts';
import { Flow } from './flow.tsx';

/** The first question of everyone who opens the console: where is the money now? Then what needs a person. */
export function HomePage() {
  const { t } = useTranslation();
  const { data: money, error } = useMoney();
  return (
    <Stack gap="xl">
      <Title order={1} size="h2">
        {t('home.question')}
      </Title>
      {error === null ? null : <RefreshFailed error={error} isStale={money !== undefined} />}
      {money === undefined ? error === null ? <Loading /> : null : <Flow money={money} />}
      {/* What is not known can't be called calm. */}
      {money !== undefined && <NeedsAPerson />}
    </Stack>
  );
}

function useFound(): Attention[] | undefined {
  const language = useLanguage();
  const nowMs = useNowMs();
  const banks = useBanks().data?.items;
  const tills = useTills().data?.items;
  // The oldest are the most urgent, and a list begins with the newest: the longest page that the host gives.
  const toBeSent = usePayments({ stage: 'toBeSent' }, '500').data?.pages[0]?.items;
  const atBanks = usePayments({ stage: 'atBanks' }, '500').data?.pages[0]?.items;
  if (
    nowMs === undefined ||
    banks === undefined ||
    tills === undefined ||
    toBeSent === undefined ||
    atBanks === undefined
  )
    return undefined;
  return whatNeedsAPerson({ banks, tills, waiting: [...toBeSent, ...atBanks], nowMs, language });
}

const actionOf = {
  '/banks': 'banks',
  '/tills': 'tills',
  '/payments': 'payments',
  '/payments/$paymentId': 'payment',
} as const;

function NeedsAPerson() {
  const { t } = useTranslation();
  const found = useFound();
  return (
    <section aria-label={t('home.attention')}>
      <Title order={2} size="h3" mb="sm">
        {t('home.attention')}
      </Title>
      {found === undefined && <Loading />}
      {found?.length === 0 && <Text c="dimmed">{t('home.allCalm')}</Text>}
      <Stack gap="xs">
        {found?.map(({ key, words, values, to, params, search }) => (
          <Link
            key={key}
            to={to}
            {...(params === undefined ? {} : { params })}
            search={search ?? {}}
            className="attention"
            data-testid={`attention-${words}`}
          >
            <span>{t(`home.${words}`, values)}</span>
            <span className="action">{t(`home.actions.${actionOf[to]}`)}</span>
          </Link>
        ))}
      </Stack>
    </section>
  );
}
