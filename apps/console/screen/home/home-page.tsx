import { Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMoney } from '../data.ts';
import { Loading, RefreshFailed } from '../parts/list.tsx';
import { Accounting } from './accounting.tsx';
import { ActionItems } from './action-items.tsx';
import { MoneyStages } from './money-stages.tsx';
import { StandstillList } from './standstill-list.tsx';

/** The first question of everyone who opens the console: where is the money now? Then what needs a person, and why money stands. */
export function HomePage() {
  const { t } = useTranslation('console');
  const { data: money, error } = useMoney();
  return (
    <Stack gap="xl">
      <Title order={1} size="h2">
        {t('home.question')}
      </Title>
      {error === null ? null : <RefreshFailed error={error} isStale={money !== undefined} />}
      {money === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          <MoneyStages money={money} />
          <Accounting money={money} />
          <ActionItems money={money} />
          <StandstillList currency={money.currency} />
        </>
      )}
    </Stack>
  );
}
