import type { hostApi } from '@bivak/contracts';
import { useRenderer } from '@bivak/screen';
import { Stack, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useWork } from '../data.ts';
import { standstills } from './standstill.ts';

/** Why money stands still, how much of it, and when it is looked at again. */
export function StandstillList({ currency }: { currency: string }) {
  const { t } = useTranslation('console');
  const work = useWork().data;
  const waiting = work === undefined ? [] : standstills(work);
  if (waiting.length === 0) return null;
  return (
    <section aria-label={t('standstill.title')}>
      <Title order={2} size="h3" mb="sm">
        {t('standstill.title')}
      </Title>
      <Stack gap="xs">
        {waiting.map((row) => (
          <Standstill key={row.kind} row={row} currency={currency} />
        ))}
      </Stack>
    </section>
  );
}

function Standstill({ row, currency }: { row: hostApi.Work['waiting'][number]; currency: string }) {
  const { t } = useTranslation(['console', 'domain']);
  const renderer = useRenderer();
  const { kind, count, sumMinor, nextAt } = row;
  const facts = { reason: t(`domain:waitKind.${kind}`), count, sum: renderer.money(sumMinor, currency) };
  return (
    <Link
      to="/payments/{-$paymentId}"
      params={{}}
      search={{ waitKind: kind }}
      className="action-item"
      data-testid={`standstill-${kind}`}
    >
      <span>
        {nextAt === null
          ? t('standstill.row', facts)
          : t('standstill.rowUntil', { ...facts, next: renderer.instant(nextAt) })}
      </span>
      <span className="action">{t('home.actions.payments')}</span>
    </Link>
  );
}
