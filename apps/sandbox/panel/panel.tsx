import { LanguageSwitch, ThemeSwitch } from '@bivak/screen';
import { Alert, Group, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BanksCard } from './banks/banks-card.tsx';
import { CardsCard } from './cards/cards-card.tsx';
import { ClockCard } from './clock/clock-card.tsx';
import { useClock } from './data.ts';
import { Report } from './parts.tsx';
import { ProcessesCard, StoryCard } from './processes/processes-card.tsx';
import { SmsCard } from './sms/sms-card.tsx';
import { TillsCard } from './tills/tills-card.tsx';

/** The sandbox's panel: everything in the simulated world that a hand may turn, on one page. */
export function Panel() {
  const { t } = useTranslation();
  const { isError } = useClock();
  const [message, setMessage] = useState<string>();
  return (
    <Report.Provider value={setMessage}>
      <main className="panel">
        <Group justify="space-between">
          <Title order={1} size="h2">
            {t('title')}
          </Title>
          <Group>
            <LanguageSwitch />
            <ThemeSwitch />
          </Group>
        </Group>
        <Text maw={720}>{t('intro')}</Text>
        {isError && (
          <Alert color="orange" role="status">
            {t('lost')}
          </Alert>
        )}
        {message !== undefined && (
          <Alert color="red" role="alert" withCloseButton onClose={() => setMessage(undefined)}>
            {message}
          </Alert>
        )}
        <ClockCard />
        <TillsCard />
        <BanksCard />
        <div className="side-by-side">
          <SmsCard />
          <StoryCard />
        </div>
        <CardsCard />
        <ProcessesCard />
      </main>
    </Report.Provider>
  );
}
