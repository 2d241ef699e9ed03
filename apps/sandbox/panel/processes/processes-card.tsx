import { Box, Button, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFiscalDocuments, useProcesses, useStory } from '../data.ts';
import { Section, useReportedChange } from '../parts.tsx';

/** Every process of the sandbox; pulling the plug is kill -9. */
export function ProcessesCard() {
  const { t } = useTranslation();
  const { data } = useProcesses();
  const change = useReportedChange();
  const act = (name: string, action: 'kill' | 'start') =>
    change({ method: 'POST', path: `/v1/processes/${name}`, body: { action } });
  return (
    <Section title={t('processes.title')}>
      <Table aria-label={t('processes.title')}>
        <Table.Tbody>
          {data?.items.map(({ name, state, starts }) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td data-testid={`process-${name}`}>{t(`processes.${state}`)}</Table.Td>
              <Table.Td className="figures">{t('processes.starts', { count: starts })}</Table.Td>
              <Table.Td ta="right">
                {state === 'stopped' ? (
                  <Button onClick={() => act(name, 'start')}>{t('processes.start')}</Button>
                ) : (
                  <Button variant="default" onClick={() => act(name, 'kill')}>
                    {t('processes.kill')}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}

export function StoryCard() {
  const { t } = useTranslation();
  const events = useStory().data?.items ?? [];
  const documents = useFiscalDocuments().data?.items ?? [];
  return (
    <Section title={t('story.title')}>
      <Text size="sm" c="dimmed">
        {t('fiscal.title')}. {t('fiscal.documents', { count: documents.length })}
      </Text>
      {events.length === 0 && <Text c="dimmed">{t('story.empty')}</Text>}
      <Box component="ol" className="story scrolled" tabIndex={0} aria-label={t('story.title')}>
        {events.map(({ at, text }) => (
          <li key={`${at} ${text}`}>{text}</li>
        ))}
      </Box>
    </Section>
  );
}
