import type { hostApi } from '@bivak/contracts';
import { Alert, Code, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMoney, useStore } from '../data.ts';
import { Facts } from '../parts/facts.tsx';
import { Loading, RefreshFailed } from '../parts/list.tsx';
import { useRenderer } from '../renderer.ts';

/** Whether the host's store is known to be as new as the world; if not, why, what is at stake, and what may be decided. */
export function StorePage() {
  const { t } = useTranslation('console');
  const { data: store, error } = useStore();
  const currency = useMoney().data?.currency;
  return (
    <Stack>
      <Title order={1} size="h2">
        {t('store.title')}
      </Title>
      {error === null ? null : <RefreshFailed error={error} isStale={store !== undefined} />}
      {store === undefined || currency === undefined ? (
        error === null && <Loading />
      ) : (
        <Stack data-testid="store" data-state={stateOf(store)}>
          <Standing store={store} currency={currency} />
          <Epoch store={store} />
        </Stack>
      )}
    </Stack>
  );
}

const stateOf = ({ doubts, perhapsDebited }: hostApi.Store): 'in-doubt' | 'held' | 'trusted' => {
  if (doubts.length > 0) return 'in-doubt';
  return perhapsDebited.count > 0 ? 'held' : 'trusted';
};

function Standing({ store, currency }: { store: hostApi.Store; currency: string }) {
  const { t } = useTranslation('console');
  const state = stateOf(store);
  if (state === 'in-doubt') return <InDoubt store={store} currency={currency} />;
  if (state === 'held') return <Held stage={store.perhapsDebited} currency={currency} />;
  return <Text>{t('store.trusted')}</Text>;
}

function InDoubt({ store, currency }: { store: hostApi.Store; currency: string }) {
  const { t } = useTranslation(['console', 'domain']);
  const renderer = useRenderer();
  const { count, sumMinor } = store.atStake;
  return (
    <Alert color="red" variant="light" title={t('store.inDoubt')}>
      <Text>{t('store.atStake', { count, sum: renderer.money(sumMinor, currency) })}</Text>
      <Section title={t('store.why')}>
        {store.doubts.map((doubt) => (
          <Text key={JSON.stringify(doubt)}>
            {renderer.instant(doubt.foundAt)}: {renderer.doubt(doubt)}
          </Text>
        ))}
      </Section>
      <Section title={t('store.choices')}>
        {store.options.map((option) => (
          <div key={option}>
            <Text>{t(`domain:storeDecision.${option}`)}</Text>
            <Code>{`bivak host decide-store --decision ${option} --by … --why …`}</Code>
          </div>
        ))}
      </Section>
    </Alert>
  );
}

function Section(props: { title: string; children: ReactNode }) {
  return (
    <Stack gap={6} mt="md" component="section">
      <Title order={2} size="h5">
        {props.title}
      </Title>
      {props.children}
    </Stack>
  );
}

function Held({ stage, currency }: { stage: hostApi.Stage; currency: string }) {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  const { count, sumMinor } = stage;
  return (
    <Alert color="orange" variant="light" title={t('store.held')}>
      <Text>{t('store.heldSum', { count, sum: renderer.money(sumMinor, currency) })}</Text>
      <Code>{'bivak host read-books --file BANK=FILE … --until … --by … --why …'}</Code>
      <Text>
        <Link to="/payments/{-$paymentId}" params={{}} search={{ waitKind: 'perhaps-debited' }}>
          {t('home.actions.payments')}
        </Link>
      </Text>
    </Alert>
  );
}

function Epoch({ store }: { store: hostApi.Store }) {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  const { epoch, beganAt, decidedBy, why } = store;
  const decided = decidedBy === null ? [] : ([[t('store.decidedBy'), `${decidedBy}: ${why ?? ''}`]] as const);
  return (
    <Facts
      facts={[[t('store.epoch'), String(epoch)], [t('store.since'), renderer.instant(beganAt)], ...decided]}
    />
  );
}
