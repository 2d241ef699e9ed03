import type { hostApi } from '@bivak/contracts';
import { type ActionItem, type ActionTarget, needsAPerson } from '@bivak/messages';
import { Stack, Text, Title } from '@mantine/core';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { maxListLength, useBanks, useNowMs, usePayments, useStore, useTills, useWork } from '../data.ts';
import { Loading } from '../parts/list.tsx';
import { useRenderer } from '../renderer.ts';
import { operationsFacts } from './operations-facts.ts';

/** What needs a person, most urgent first, each with the one page that helps. */
export function ActionItems({ money }: { money: hostApi.Money }) {
  const { t } = useTranslation('console');
  const items = useActionItems(money);
  return (
    <section aria-label={t('home.actionItems')}>
      <Title order={2} size="h3" mb="sm">
        {t('home.actionItems')}
      </Title>
      {items === undefined && <Loading />}
      {items?.length === 0 && <Text c="dimmed">{t('home.allCalm')}</Text>}
      <Stack gap="xs">
        {items?.map((item) => (
          <Link
            key={item.id}
            {...linkOf(item)}
            className="action-item"
            data-testid={`action-item-${item.key}`}
          >
            <span>{item.sentence}</span>
            <span className="action">{t(`home.actions.${item.target.kind}`)}</span>
          </Link>
        ))}
      </Stack>
    </section>
  );
}

/** Undefined as long as not all of it is known: what is not known can't be called calm. */
function useActionItems(money: hostApi.Money): ActionItem[] | undefined {
  const renderer = useRenderer({ currency: money.currency });
  const nowMs = useNowMs();
  const store = useStore().data;
  const work = useWork().data;
  const banks = useBanks().data?.items;
  const tills = useTills().data?.items;
  // The oldest are the most urgent, and a list begins with the newest: as many as the host gives at once.
  const toBeSent = usePayments({ stage: 'toBeSent' }, maxListLength).data?.pages[0]?.items;
  const atBanks = usePayments({ stage: 'atBanks' }, maxListLength).data?.pages[0]?.items;
  if (store === undefined) return undefined;
  if (nowMs === undefined || work === undefined || banks === undefined || tills === undefined)
    return undefined;
  if (toBeSent === undefined || atBanks === undefined) return undefined;
  const facts = operationsFacts({
    store,
    money,
    work,
    banks,
    tills,
    undecided: [...toBeSent, ...atBanks],
    nowMs,
  });
  return needsAPerson(facts, renderer);
}

/** Where the one action leads. */
const links: {
  [Kind in ActionTarget['kind']]: (target: Extract<ActionTarget, { kind: Kind }>) => LinkProps;
} = {
  store: () => ({ to: '/store', search: {} }),
  banks: () => ({ to: '/banks', search: {} }),
  till: () => ({ to: '/tills', search: {} }),
  unaccounted: ({ tillId }) => ({ to: '/unaccounted', search: { tillId } }),
  payments: () => ({ to: '/payments/{-$paymentId}', params: {}, search: { stage: 'toBeSent' } }),
  payment: ({ paymentId }) => ({ to: '/payments/{-$paymentId}', params: { paymentId }, search: {} }),
};

function linkOf({ key, target }: ActionItem): LinkProps {
  if (key === 'card-data')
    return { to: '/payments/{-$paymentId}', params: {}, search: { waitKind: 'card-data-unreadable' } };
  return (links[target.kind] as (of: ActionTarget) => LinkProps)(target);
}
