import { LanguageSwitch, ThemeSwitch } from '@bivak/screen';
import { Alert, Anchor, Group, Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BanksCard } from './banks/banks-card.tsx';
import { CardsCard } from './cards/cards-card.tsx';
import { ClockCard } from './clock/clock-card.tsx';
import { useClock, useProcesses } from './data.ts';
import { type Outcome, Report } from './parts.tsx';
import { ProcessesCard } from './processes/processes-card.tsx';
import { ScenarioCard } from './scenario/scenario-card.tsx';
import { SmsCard } from './sms/sms-card.tsx';
import { TillsCard } from './tills/tills-card.tsx';

/** How long an outcome shows, in real ms; a failure stays until it is closed. */
const doneShownMs = 5_000;

/** The sandbox's panel: everything in the simulated world that a hand may turn, on one page. */
export function Panel() {
  const { t } = useTranslation('panel');
  const { isError } = useClock();
  const [outcome, setOutcome] = useState<Outcome>();
  return (
    <Report.Provider value={setOutcome}>
      <main className="panel">
        <Head />
        <Text maw={720}>{t('intro')}</Text>
        {isError && (
          <Alert color="orange" role="status">
            {t('lost')}
          </Alert>
        )}
        <ClockCard />
        <TillsCard />
        <BanksCard />
        <div className="side-by-side">
          <SmsCard />
          <ScenarioCard />
        </div>
        <CardsCard />
        <ProcessesCard />
      </main>
      <OutcomeAlert outcome={outcome} onClose={() => setOutcome(undefined)} />
    </Report.Provider>
  );
}

function Head() {
  const { t } = useTranslation('panel');
  const consoleUrl = useProcesses().data?.items.find(({ name }) => name === 'console')?.url;
  return (
    <Group justify="space-between">
      <Title order={1} size="h2">
        {t('title')}
      </Title>
      <Group gap="xs">
        {consoleUrl != null && (
          <Anchor href={consoleUrl} target="_blank" rel="noreferrer" px="md">
            {t('console')}
          </Anchor>
        )}
        <ThemeSwitch />
        <LanguageSwitch />
      </Group>
    </Group>
  );
}

/** What came of the last change, in sight wherever the page is scrolled to. */
function OutcomeAlert(props: { outcome: Outcome | undefined; onClose: () => void }) {
  const { t } = useTranslation('panel');
  const { outcome, onClose } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each outcome is shown for its time
  useEffect(() => {
    if (outcome?.isDone !== true) return;
    const timer = setTimeout(onClose, doneShownMs);
    return () => clearTimeout(timer);
  }, [outcome]);
  return (
    <div className="outcome" role="status" aria-live="polite">
      {outcome !== undefined && (
        <Alert
          color={outcome.isDone ? 'teal' : 'red'}
          withCloseButton
          closeButtonLabel={t('close')}
          onClose={onClose}
          data-testid="outcome"
          data-done={outcome.isDone}
          className="outcome-text"
        >
          {outcome.text}
        </Alert>
      )}
    </div>
  );
}
