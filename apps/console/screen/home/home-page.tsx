import type { hostApi } from '@bivak/contracts';
import { formatMoney, useLanguage } from '@bivak/screen';
import { Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useBanks, useMoney, usePayments, useTills } from '../data.ts';
import { Loading, RefreshFailed } from '../parts/list.tsx';
import { type Attention, whatNeedsAPerson } from './attention.ts';

/** The first question of everyone who opens the console: where is the money now? Then what needs a person. */
export function HomePage() {
  const { t } = useTranslation();
  const { data: money, isError } = useMoney();
  return (
    <Stack gap="xl">
      <Title order={1} size="h2">
        {t('home.question')}
      </Title>
      {isError && <RefreshFailed />}
      {money === undefined ? isError ? null : <Loading /> : <Flow money={money} />}
      <NeedsAPerson />
    </Stack>
  );
}

interface Stage {
  key: 'toBeSent' | 'atBanks' | 'collected' | 'declined' | 'recovered' | 'stopListed';
  to: '/payments' | '/debts' | '/stop-list';
  search: { state?: string };
}

const onTheWay: readonly Stage[] = [
  { key: 'toBeSent', to: '/payments', search: { state: 'routed' } },
  { key: 'atBanks', to: '/payments', search: { state: 'sending' } },
  { key: 'collected', to: '/payments', search: { state: 'collected' } },
];
const belowTheLine: readonly Stage[] = [
  { key: 'declined', to: '/debts', search: { state: 'open' } },
  { key: 'recovered', to: '/debts', search: { state: 'recovered' } },
  { key: 'stopListed', to: '/stop-list', search: {} },
];

function Flow({ money }: { money: hostApi.Money }) {
  const { t } = useTranslation();
  const isEmpty = [...onTheWay, ...belowTheLine].every(({ key }) => money[key].count === 0);
  return (
    <Stack gap="xs">
      {isEmpty && <Text c="dimmed">{t('home.nothing')}</Text>}
      <Stages title={t('home.onTheWay')} stages={onTheWay} money={money} />
      <Stages title={t('home.belowTheLine')} stages={belowTheLine} money={money} muted />
    </Stack>
  );
}

/** Stages side by side; their widths are their shares of the sum, so that a glance tells where most of it is. */
function Stages(props: { title: string; stages: readonly Stage[]; money: hostApi.Money; muted?: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <section aria-label={props.title}>
      <Text fw={600} mb={6}>
        {props.title}
      </Text>
      <div className="flow">
        {props.stages.map(({ key, to, search }) => {
          const { count, sumMinor } = props.money[key];
          return (
            <Link
              key={key}
              to={to}
              search={search}
              className={`stage ${key}`}
              style={{ flexGrow: Math.sqrt(sumMinor) + 1 }}
              data-testid={`stage-${key}`}
              data-count={count}
              data-sum-minor={sumMinor}
            >
              <Text component="span">{t(`home.${key}`)}</Text>
              <Text component="span" className="figures sum">
                {formatMoney(language, sumMinor, props.money.currency)}
              </Text>
              <Text component="span" size="sm">
                {t('home.payments', { count })}
              </Text>
            </Link>
          );
        })}
      </div>
    </section>
  );
}

function NeedsAPerson() {
  const { t } = useTranslation();
  const language = useLanguage();
  const banks = useBanks().data?.items ?? [];
  const tills = useTills().data?.items ?? [];
  const waiting = usePayments({ state: 'routed' }).data?.pages.flatMap(({ items }) => items) ?? [];
  const found: Attention[] = whatNeedsAPerson({ banks, tills, waiting, language });
  return (
    <section aria-label={t('home.attention')}>
      <Title order={2} size="h3" mb="sm">
        {t('home.attention')}
      </Title>
      {found.length === 0 && <Text c="dimmed">{t('home.allCalm')}</Text>}
      <Stack gap="xs">
        {found.map(({ key, words, values, to }) => (
          <Link key={key} to={to} search={{}} className="attention">
            {t(`home.${words}`, values)}
          </Link>
        ))}
      </Stack>
    </section>
  );
}
