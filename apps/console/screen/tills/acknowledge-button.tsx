import { hostApi } from '@bivak/contracts';
import type { Alarm } from '@bivak/domain';
import { Button, Popover, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAcknowledge } from '../data.ts';

/** Who said last in this browser that he has seen an alarm. */
const storageKey = 'bivak.person';

/** "Seen": asks for a name, which this browser remembers, and says it to the host. */
export function AcknowledgeButton({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation('console');
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState(() => localStorage.getItem(storageKey) ?? '');
  const acknowledge = useAcknowledge();
  const parsed = hostApi.acknowledgement.safeParse({ by: name });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!parsed.success) return;
    localStorage.setItem(storageKey, parsed.data.by);
    acknowledge.mutate({ alarmId: alarm.alarmId, by: parsed.data.by });
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} trapFocus withinPortal position="bottom-end">
      <Popover.Target>
        <Button
          variant="light"
          size="compact-md"
          onClick={() => setOpen(!isOpen)}
          data-testid={`acknowledge-${alarm.alarmId}`}
        >
          {t('alarms.seen')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('alarms.seen')}>
        <form onSubmit={send}>
          <Stack gap="xs">
            <TextInput
              label={t('alarms.yourName')}
              value={name}
              maxLength={60}
              data-autofocus
              data-testid="person"
              onChange={(event) => setName(event.currentTarget.value)}
            />
            {acknowledge.error !== null && (
              <Text size="sm" role="alert">
                {t('alarms.notRecorded')}
              </Text>
            )}
            <Button type="submit" disabled={!parsed.success} loading={acknowledge.isPending}>
              {t('alarms.acknowledge')}
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
