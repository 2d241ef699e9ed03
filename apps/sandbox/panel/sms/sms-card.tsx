import { formatInstant, useLanguage } from '@bivak/screen';
import { Anchor, Paper, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSms } from '../data.ts';
import { Section } from '../parts.tsx';

/** What the SMS centre has sent, the newest first, as it stands on the buyers' phones. */
export function SmsCard() {
  const { t } = useTranslation();
  const language = useLanguage();
  const messages = useSms().data?.items ?? [];
  return (
    <Section title={t('sms.title')}>
      {messages.length === 0 && <Text c="dimmed">{t('sms.empty')}</Text>}
      <Stack gap="sm" className="scrolled" tabIndex={0} role="log" aria-label={t('sms.title')}>
        {messages.toReversed().map((message) => (
          <Paper key={message.number} withBorder p="sm" radius="md" data-testid={`sms-${message.number}`}>
            <Text size="sm" c="dimmed" className="figures">
              {t('sms.to', { to: message.to })} · {formatInstant(language, message.at)}
            </Text>
            <Text className="message">
              <Linked text={message.text} />
            </Text>
          </Paper>
        ))}
      </Stack>
    </Section>
  );
}

/** A text whose links can be pressed. */
function Linked({ text }: { text: string }) {
  return text.split(/(https?:\/\/\S+)/).map((part) =>
    part.startsWith('http') ? (
      <Anchor key={part} href={part} target="_blank" rel="noreferrer">
        {part}
      </Anchor>
    ) : (
      part
    ),
  );
}
