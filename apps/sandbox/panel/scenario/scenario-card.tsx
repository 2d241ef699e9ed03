import { useRenderer } from '@bivak/screen';
import { Alert, Box, Text } from '@mantine/core';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { claimText, scenarioEventText } from '../../src/scenario/event-text.ts';
import { useBankNames, useFiscalDocuments, useScenario } from '../data.ts';
import { ReadState, Section } from '../parts.tsx';

/** The scenario as far as it has been played, in the screen's language, and the claims of it that did not hold. */
export function ScenarioCard() {
  const { t } = useTranslation('panel');
  const renderer = useScenarioRenderer();
  const scenario = useScenario();
  const documents = useFiscalDocuments().data?.items;
  const { data } = scenario;
  return (
    <Section title={t('scenario.title')}>
      <ReadState query={scenario} />
      {documents !== undefined && (
        <Text size="sm" c="dimmed">
          {t('fiscal.documents', { count: documents.length })}
        </Text>
      )}
      {data !== undefined && <Text>{t(`scenario.states.${data.state}`)}</Text>}
      {data?.brokeOffAt != null && (
        <Text>{t('scenario.waitedInVain', { wait: renderer.t(`scenario:wait.${data.brokeOffAt}`) })}</Text>
      )}
      {data?.items.map(
        (event) =>
          event.kind === 'claim' &&
          !event.holds && (
            <Alert key={event.number} color="red" variant="light">
              {claimText(renderer, event)}
            </Alert>
          ),
      )}
      {data !== undefined && data.items.length > 0 && (
        <Box component="ol" className="scenario scrolled" tabIndex={0} aria-label={t('scenario.title')}>
          {data.items.map((event) => (
            <li key={event.number}>{scenarioEventText(renderer, event)}</li>
          ))}
        </Box>
      )}
    </Section>
  );
}

function useScenarioRenderer() {
  const names = useBankNames();
  const { localName } = useRenderer();
  const nameOfBank = useCallback(
    (bankId: string): string => {
      const name = names.get(bankId);
      return name === undefined ? bankId : localName(name);
    },
    [names, localName],
  );
  return useRenderer({ nameOfBank });
}
