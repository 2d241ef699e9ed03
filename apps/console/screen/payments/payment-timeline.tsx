import type { hostApi } from '@bivak/contracts';
import { Text, Timeline } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDebt, useNowMs, useStopList } from '../data.ts';
import { Part } from '../parts/facts.tsx';
import { Instant } from '../parts/instant.tsx';
import { useRenderer } from '../renderer.ts';
import { buildTimeline, type TimelineLine } from './build-timeline.ts';

/** What has happened to a payment, and what is still to come: a line an event. */
export function PaymentTimeline({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation('console');
  const { debtId, currency } = payment;
  const renderer = useRenderer({ currency });
  const listed = useStopList().data?.entries.find((entry) => debtId !== null && entry.debtId === debtId);
  const facts = { payment, debt: useDebt(debtId), listedAt: listed?.since, nowMs: useNowMs() };
  const lines = buildTimeline(facts, renderer);
  return (
    <Part title={t('payments.timeline')}>
      <Timeline
        bulletSize={14}
        lineWidth={2}
        active={lines.filter(({ isAhead }) => isAhead !== true).length - 1}
      >
        {lines.map((line, index) => (
          // A line is never taken out or put between others: its place is its identity.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <Line key={index} line={line} />
        ))}
      </Timeline>
    </Part>
  );
}

const bulletColors = { good: 'teal', bad: 'orange', plain: 'gray.5' } as const;

function Line({ line, ...rest }: { line: TimelineLine }) {
  const { t } = useTranslation('console');
  return (
    <Timeline.Item
      {...rest}
      color={bulletColors[line.sign]}
      lineVariant={line.isAhead === true ? 'dashed' : 'solid'}
      data-testid="timeline-line"
    >
      <Text>{line.what}</Text>
      {line.why !== undefined && <Text size="sm">{line.why}</Text>}
      <Text size="sm" c="dimmed">
        {line.isAhead === true ? `${t('payments.ahead')} ` : ''}
        <Instant at={line.at} withSeconds={line.isAhead !== true} />
      </Text>
    </Timeline.Item>
  );
}
