import { useRenderer } from '@bivak/screen';
import { Anchor, Paper, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSms } from '../data.ts';
import { ReadState, Section } from '../parts.tsx';
import { linkedParts } from './links.ts';

/** What the SMS centre has sent, the newest first, as it stands on the buyers' phones. */
export function SmsCard() {
  const { t } = useTranslation('panel');
  const { instant } = useRenderer();
  const sms = useSms();
  const messages = sms.data?.items ?? [];
  return (
    <Section title={t('sms.title')}>
      <ReadState query={sms} />
      {sms.data !== undefined && messages.length === 0 && <Text c="dimmed">{t('sms.empty')}</Text>}
      <Stack gap="sm" className="scrolled" tabIndex={0} role="log" aria-label={t('sms.title')}>
        {messages.toReversed().map((message) => (
          <Paper key={message.number} withBorder p="sm" radius="md" data-testid={`sms-${message.number}`}>
            <Text size="sm" c="dimmed" className="figures">
              {t('sms.to', { to: message.to })} · {instant(message.at)}
            </Text>
            <Text className="message">
              {linkedParts(message.text).map(({ text, link }) =>
                link === undefined ? (
                  text
                ) : (
                  <Anchor key={link} href={link} underline="always" target="_blank" rel="noreferrer">
                    {text}
                  </Anchor>
                ),
              )}
            </Text>
          </Paper>
        ))}
      </Stack>
    </Section>
  );
}
