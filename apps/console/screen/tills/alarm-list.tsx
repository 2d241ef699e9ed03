import type { Alarm } from '@bivak/domain';
import { useRenderer } from '@bivak/screen';
import { Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAlarms } from '../data.ts';
import { Instant } from '../parts/instant.tsx';
import { type Column, List } from '../parts/list.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { AcknowledgeButton } from './acknowledge-button.tsx';
import { inOrder } from './alarm-order.ts';

/** Every alarm with its life: raised, last seen, acknowledged by somebody, ended. */
export function AlarmList() {
  const { t } = useTranslation('console');
  const { data, error } = useAlarms();
  const columns = useAlarmColumns();
  return (
    <Stack component="section" aria-label={t('alarms.title')} gap="xs" mt="lg">
      <Title order={2} size="h3">
        {t('alarms.title')}
      </Title>
      <List
        label={t('alarms.title')}
        rows={data === undefined ? undefined : inOrder(data.items)}
        rowKey={({ alarmId }) => alarmId}
        empty={t('alarms.empty')}
        error={error}
        columns={columns}
      />
    </Stack>
  );
}

function useAlarmColumns(): readonly Column<Alarm>[] {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  return [
    { key: 'till', title: t('payments.till'), cell: ({ tillId }) => tillId },
    {
      key: 'alarm',
      title: t('alarms.alarm'),
      cell: (alarm) => <span className="long">{renderer.alarm(alarm)}</span>,
    },
    {
      key: 'state',
      title: t('payments.state'),
      cell: ({ state, endedAt }) => (
        <>
          <StateBadge state={state} text={t(`alarms.state.${state}`)} />
          {endedAt !== null && (
            <Text size="sm" c="dimmed">
              <Instant at={endedAt} />
            </Text>
          )}
        </>
      ),
    },
    {
      key: 'raised',
      title: t('alarms.raised'),
      align: 'right',
      isNotOnPhone: true,
      cell: ({ raisedAt }) => <Instant at={raisedAt} />,
    },
    {
      key: 'lastSeen',
      title: t('alarms.lastSeen'),
      align: 'right',
      isExtra: true,
      cell: ({ lastSeenAt }) => <Instant at={lastSeenAt} />,
    },
    {
      key: 'acknowledged',
      title: t('alarms.acknowledged'),
      cell: (alarm) => <Acknowledged alarm={alarm} />,
    },
  ];
}

function Acknowledged({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation('console');
  const { state, acknowledgedBy, acknowledgedAt } = alarm;
  if (acknowledgedBy !== null && acknowledgedAt !== null)
    return (
      <span className="long">
        {acknowledgedBy}, <Instant at={acknowledgedAt} />
      </span>
    );
  return state === 'raised' ? <AcknowledgeButton alarm={alarm} /> : t('common.none');
}
