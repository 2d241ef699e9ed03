import { useLanguage } from '@bivak/screen';
import { Alert, Box, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFiscalDocuments, useStory } from '../data.ts';
import { ReadState, Section } from '../parts.tsx';

/** The story as far as it has been told, in the screen's language, and what did not hold of it. */
export function StoryCard() {
  const { t } = useTranslation();
  const language = useLanguage();
  const story = useStory();
  const documents = useFiscalDocuments().data?.items;
  const { data } = story;
  return (
    <Section title={t('story.title')}>
      <ReadState query={story} />
      {documents !== undefined && (
        <Text size="sm" c="dimmed">
          {t('fiscal.documents', { count: documents.length })}
        </Text>
      )}
      {data !== undefined && <Text>{t(`story.states.${data.state}`)}</Text>}
      {data?.failed.map((claim) => (
        <Alert key={claim} color="red" variant="light">
          {claim}
        </Alert>
      ))}
      {data !== undefined && data.items.length > 0 && (
        <Box component="ol" className="story scrolled" tabIndex={0} aria-label={t('story.title')}>
          {data.items.map((event) => (
            <li key={event.number}>{event[language]}</li>
          ))}
        </Box>
      )}
    </Section>
  );
}
