import { sandboxApi } from '@bivak/contracts';
import { useLanguage } from '@bivak/screen';
import { Anchor, Button, FileButton, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useContext, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccounts, useLinks, useTills } from '../data.ts';
import { Report, Section, useReportedChange } from '../parts.tsx';

/** For each till: its link, and the card that lies on its reader. */
export function TillsCard() {
  const { t } = useTranslation();
  const { data } = useTills();
  return (
    <Section title={t('tills.title')}>
      <div className="columns">
        {data?.items.map(({ tillId, url }) => (
          <Stack key={tillId} gap="sm">
            <Group>
              <Text fw={600}>{tillId}</Text>
              <Anchor href={url} target="_blank" rel="noreferrer">
                {t('open')}
              </Anchor>
            </Group>
            <LinkSwitch tillId={tillId} />
            <Presenter tillId={tillId} />
          </Stack>
        ))}
      </div>
    </Section>
  );
}

function LinkSwitch({ tillId }: { tillId: string }) {
  const { t } = useTranslation();
  const report = useContext(Report);
  const link = useLinks().data?.items.find((one) => one.tillId === tillId);
  const change = useReportedChange();
  const set = (body: sandboxApi.LinkSetting) => change({ method: 'PUT', path: `/v1/link/${tillId}`, body });
  const play = async (file: File | null) => {
    if (file === null) return;
    const trace = await readTrace(file);
    if (trace === undefined) report(t('tills.badTrace'));
    else set(trace);
  };
  return (
    <Stack gap={6}>
      <Group>
        <SegmentedControl
          aria-label={`${t('tills.link')} ${tillId}`}
          data-testid={`link-${tillId}`}
          value={link?.mode ?? ''}
          onChange={(mode) => set({ mode: mode as 'up' | 'down' | 'model' })}
          data={(['up', 'down', 'model'] as const).map((mode) => ({
            value: mode,
            label: t(`tills.${mode}`),
          }))}
        />
        <FileButton onChange={(file) => void play(file)} accept="application/json">
          {(props) => (
            <Button variant="subtle" {...props}>
              {t('tills.trace')}
            </Button>
          )}
        </FileButton>
      </Group>
      <Text size="sm" c="dimmed" className="figures">
        {link?.passing === true ? t('tills.passing', { kbps: Math.round(link.kbps) }) : t('tills.cut')}
      </Text>
    </Stack>
  );
}

/** A recording as it comes from a file, or undefined where the file holds none. */
async function readTrace(file: File): Promise<sandboxApi.LinkSetting | undefined> {
  try {
    const samples: unknown = JSON.parse(await file.text());
    const trace = sandboxApi.linkSetting.safeParse({ mode: 'trace', samples });
    return trace.success ? trace.data : undefined;
  } catch {
    return undefined;
  }
}

function Presenter({ tillId }: { tillId: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data } = useAccounts();
  const [card, setCard] = useState('buyer-01');
  const [lying, setLying] = useState<string>();
  const change = useReportedChange();
  const present = () => {
    change({ method: 'POST', path: `/v1/reader/${tillId}/present`, body: { card } });
    setLying(card);
  };
  const labels = (data?.items ?? []).map(({ card: name, label, maskedPan }) => ({
    value: name,
    label: `${label[language]} (${maskedPan.slice(-4)})`,
  }));
  return (
    <Stack gap={6}>
      <Group wrap="nowrap">
        <Select
          flex={1}
          searchable
          allowDeselect={false}
          aria-label={`${t('tills.card')} ${tillId}`}
          data={labels}
          value={card}
          onChange={(name) => setCard(name ?? card)}
        />
        <Button onClick={present} data-testid={`present-${tillId}`}>
          {t('tills.present')}
        </Button>
      </Group>
      {lying !== undefined && <Text size="sm">{t('tills.presented', { card: lying })}</Text>}
    </Stack>
  );
}
