import { useRenderer } from '@bivak/screen';
import { Button, Group, Select, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useClock } from '../data.ts';
import { ReadState, Section, useReportedChange } from '../parts.tsx';

const hourMs = 3_600_000;
const jumps = [
  { name: 'hour', advanceMs: hourMs },
  { name: 'day', advanceMs: 24 * hourMs },
  { name: 'week', advanceMs: 7 * 24 * hourMs },
] as const;
const speeds = [0, 1, 20, 60, 600];

/** The one clock of all processes: what it shows, how fast it runs, and jumps. */
export function ClockCard() {
  const { t } = useTranslation('panel');
  const { instant } = useRenderer();
  const clock = useClock();
  const { data } = clock;
  const { change, isPending } = useReportedChange();
  const set = (body: object, done: string) => change({ method: 'POST', path: '/v1/clock', body }, done);
  const speedText = (speed: number) =>
    speed === 0 ? t('clock.stands') : speed === 1 ? t('clock.real') : t('clock.times', { count: speed });
  return (
    <Section title={t('clock.title')}>
      {data === undefined && <ReadState query={clock} />}
      {data !== undefined && (
        <Text size="xl" fw={600} className="figures" data-testid="clock-now">
          {instant(data.now, { withSeconds: true })}
          <Text span size="sm" fw={400} c="dimmed" ml="md">
            {document.documentElement.dataset.timeZone}
          </Text>
        </Text>
      )}
      <Group>
        {jumps.map(({ name, advanceMs }) => (
          <Button
            key={name}
            variant="default"
            disabled={isPending}
            onClick={() => set({ advanceMs }, t('clock.moved', { by: t(`clock.${name}`) }))}
            data-testid={`clock-${name}`}
          >
            {t(`clock.${name}`)}
          </Button>
        ))}
        <Select
          aria-label={t('clock.speed')}
          allowDeselect={false}
          value={String(data?.speed ?? 1)}
          data={[...new Set([...speeds, data?.speed ?? 1])].map((speed) => ({
            value: String(speed),
            label: speedText(speed),
          }))}
          onChange={(speed) =>
            set({ speed: Number(speed) }, `${t('clock.speed')}: ${speedText(Number(speed))}`)
          }
        />
      </Group>
    </Section>
  );
}
