import { formatInstant, useLanguage } from '@bivak/screen';
import { Button, Group, Select, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useClock } from '../data.ts';
import { Section, useReportedChange } from '../parts.tsx';

const hourMs = 3_600_000;
const speeds = [0, 1, 20, 60, 600];

/** The one clock of all processes: what it shows, how fast it runs, and jumps. */
export function ClockCard() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data } = useClock();
  const change = useReportedChange();
  const set = (body: object) => change({ method: 'POST', path: '/v1/clock', body });
  const words = (speed: number) =>
    speed === 0 ? t('clock.stands') : speed === 1 ? t('clock.real') : t('clock.times', { speed });
  return (
    <Section title={t('clock.title')}>
      <Text size="xl" fw={600} className="figures" data-testid="clock-now">
        {data === undefined ? t('loading') : formatInstant(language, data.now)}
      </Text>
      <Group>
        <Button variant="default" onClick={() => set({ advanceMs: hourMs })}>
          {t('clock.hour')}
        </Button>
        <Button variant="default" onClick={() => set({ advanceMs: 24 * hourMs })} data-testid="clock-day">
          {t('clock.day')}
        </Button>
        <Select
          aria-label={t('clock.speed')}
          allowDeselect={false}
          value={String(data?.speed ?? 1)}
          data={[...new Set([...speeds, data?.speed ?? 1])].map((speed) => ({
            value: String(speed),
            label: words(speed),
          }))}
          onChange={(speed) => set({ speed: Number(speed) })}
        />
      </Group>
    </Section>
  );
}
