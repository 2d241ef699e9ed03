import { hostApi } from '@bivak/contracts';
import { formatInstant, formatMoney, useLanguage } from '@bivak/screen';
import { Group, Select, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDebts } from '../data.ts';
import { Beside } from '../parts/beside.tsx';
import { Facts, Part } from '../parts/facts.tsx';
import { type Column, List } from '../parts/list.tsx';
import { StateBadge } from '../parts/state-badge.tsx';

/** Sales whose card was declined, and what is being done about each. */
export function DebtsPage(props: {
  state: string | undefined;
  onState: (state: string | undefined) => void;
  opened: string | undefined;
  onOpen: (id: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const columns = useDebtColumns();
  const { data, isError } = useDebts(props.state);
  const opened = data?.items.find(({ id }) => id === props.opened);
  const list = (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          {t('nav.debts')}
        </Title>
        <Select
          clearable
          aria-label={t('payments.state')}
          placeholder={t('debts.anyState')}
          value={props.state ?? null}
          data={hostApi.debtState.options.map((state) => ({ value: state, label: t(`debtState.${state}`) }))}
          onChange={(state) => props.onState(state ?? undefined)}
        />
      </Group>
      <List
        label={t('nav.debts')}
        columns={columns}
        rows={data?.items}
        rowKey={({ id }) => id}
        selected={props.opened}
        onSelect={props.onOpen}
        empty={t('debts.empty')}
        isError={isError}
      />
    </Stack>
  );
  const body = opened === undefined ? <Text>{t('debts.notFound')}</Text> : <DebtStory debt={opened} />;
  const open =
    props.opened === undefined || data === undefined
      ? undefined
      : { title: props.opened, body, onClose: () => props.onOpen(undefined) };
  return <Beside list={list} open={open} />;
}

function useDebtColumns(): readonly Column<hostApi.Debt>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  const at = (instant: string | null) =>
    instant === null ? t('common.none') : formatInstant(language, instant);
  return [
    {
      key: 'payment',
      title: t('debts.payment'),
      cell: ({ paymentId }) => (
        <Text fw={600} className="identity">
          {paymentId}
        </Text>
      ),
    },
    {
      key: 'sum',
      title: t('payments.sum'),
      align: 'right',
      cell: (row) => formatMoney(language, row.amountMinor, row.currency),
    },
    {
      key: 'state',
      title: t('payments.state'),
      cell: ({ state }) => <StateBadge state={state} words={t(`debtState.${state}`)} />,
    },
    {
      key: 'reason',
      title: t('debts.reason'),
      cell: ({ reason }) =>
        t(`decline|${reason}`, { defaultValue: reason, keySeparator: '|', nsSeparator: '::' }),
    },
    { key: 'attempts', title: t('debts.attempts'), align: 'right', cell: ({ attemptsMade }) => attemptsMade },
    { key: 'next', title: t('debts.next'), align: 'right', cell: ({ nextAttemptAt }) => at(nextAttemptAt) },
    {
      key: 'ends',
      title: t('debts.windowEnds'),
      align: 'right',
      cell: ({ windowEndsAt }) => at(windowEndsAt),
    },
  ];
}

function DebtStory({ debt }: { debt: hostApi.Debt }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const at = (instant: string | null, otherwise: string) =>
    instant === null ? otherwise : formatInstant(language, instant);
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Text size="xl" fw={600} className="figures">
          {formatMoney(language, debt.amountMinor, debt.currency)}
        </Text>
        <StateBadge state={debt.state} words={t(`debtState.${debt.state}`)} />
      </Group>
      <Facts
        facts={[
          [
            t('debts.payment'),
            <Link key="payment" to="/payments/$paymentId" params={{ paymentId: debt.paymentId }} search={{}}>
              {debt.paymentId}
            </Link>,
          ],
          [t('payments.card'), debt.maskedPan],
          [
            t('debts.reason'),
            t(`decline|${debt.reason}`, { defaultValue: debt.reason, keySeparator: '|', nsSeparator: '::' }),
          ],
          [t('debts.retryClass'), t(`retryClass.${debt.retryClass}`)],
          [t('debts.attempts'), debt.attemptsMade],
          [t('debts.opened'), at(debt.openedAt, '')],
          [t('debts.next'), at(debt.nextAttemptAt, t('debts.none'))],
          [t('debts.windowEnds'), at(debt.windowEndsAt, '')],
          [t('debts.closed'), at(debt.closedAt, t('common.none'))],
        ]}
      />
      <Part title={t('debts.notices')}>
        {debt.hasContact ? null : <Text>{t('debts.noContact')}</Text>}
        {debt.notices.map((notice) => (
          <Group key={`${notice.kind} ${notice.at}`} justify="space-between">
            <Text>
              {t(`noticeKind.${notice.kind}`, { defaultValue: notice.kind })}:{' '}
              {t(`noticeState.${notice.state}`)}
            </Text>
            <Text size="sm" c="dimmed" className="figures">
              {formatInstant(language, notice.at)}
            </Text>
          </Group>
        ))}
      </Part>
    </>
  );
}
