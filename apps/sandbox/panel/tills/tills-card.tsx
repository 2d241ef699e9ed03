import { sandboxApi } from '@bivak/contracts';
import { useRenderer } from '@bivak/screen';
import { Anchor, Button, FileButton, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useContext, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccounts, useLinks, useTills } from '../data.ts';
import { ReadState, Report, Section, useReportedChange } from '../parts.tsx';

/** For each till: its link, and the card that lies on its reader. */
export function TillsCard() {
  const { t } = useTranslation('panel');
  const tills = useTills();
  return (
    <Section title={t('tills.title')}>
      {tills.data === undefined && <ReadState query={tills} />}
      <div className="columns">
        {tills.data?.items.map(({ tillId, url }) => (
          <Stack key={tillId} gap="sm">
            <Group>
              <Text fw={600}>{tillId}</Text>
              <Anchor href={url} target="_blank" rel="noreferrer" aria-label={`${t('open')} ${tillId}`}>
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
  const { t } = useTranslation('panel');
  const report = useContext(Report);
  const links = useLinks();
  const link = links.data?.items.find((found) => found.tillId === tillId);
  const { change } = useReportedChange();
  const forgetFile = useRef<() => void>(null);
  const set = (body: sandboxApi.LinkSetting) =>
    change(
      { method: 'PUT', path: `/v1/link/${tillId}`, body },
      t('tills.linkSet', { till: tillId, mode: t(`tills.${body.mode}`) }),
    );
  const play = async (file: File | null) => {
    if (file === null) return;
    const trace = await readTrace(file);
    // The same file may be chosen again.
    forgetFile.current?.();
    if (trace === undefined) report({ isDone: false, text: t('tills.badTrace') });
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
        <FileButton
          onChange={(file) => void play(file)}
          accept="application/json,.json"
          resetRef={forgetFile}
          inputProps={
            { 'aria-label': `${t('tills.traceFile')} ${tillId}`, 'data-testid': `trace-${tillId}` } as object
          }
        >
          {(props) => (
            <Button variant={link?.mode === 'trace' ? 'light' : 'subtle'} {...props}>
              {t('tills.traceFile')}
            </Button>
          )}
        </FileButton>
      </Group>
      {links.error !== null && <ReadState query={links} />}
      {link !== undefined && (
        <Text size="sm" c="dimmed" className="figures" data-testid={`passing-${tillId}`}>
          {link.mode === 'trace' ? `${t('tills.trace')}: ` : ''}
          {link.passing ? t('tills.passing', { kbps: Math.round(link.kbps) }) : t('tills.cut')}
        </Text>
      )}
    </Stack>
  );
}

/** A recording as it comes from a file, or undefined if the file holds none. */
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
  const { t } = useTranslation('panel');
  const { localName } = useRenderer();
  const { data } = useAccounts();
  const [card, setCard] = useState('buyer-01');
  const { change, isPending } = useReportedChange();
  const labelOf = (name: string): string => {
    const label = data?.items.find((found) => found.card === name)?.label;
    return label === undefined ? name : localName(label);
  };
  const present = () =>
    change(
      { method: 'POST', path: `/v1/reader/${tillId}/present`, body: { card } },
      t('tills.presented', { card: labelOf(card), till: tillId }),
    );
  const labels = (data?.items ?? []).map(({ card: name, label, maskedPan }) => ({
    value: name,
    label: `${localName(label)} (${maskedPan.slice(-4)})`,
  }));
  return (
    <Group className="presenter">
      <Select
        flex="1 1 200px"
        searchable
        allowDeselect={false}
        aria-label={`${t('tills.card')} ${tillId}`}
        nothingFoundMessage={t('cards.noneFound')}
        data={labels}
        value={card}
        onChange={(name) => setCard(name ?? card)}
      />
      <Button onClick={present} loading={isPending} data-testid={`present-${tillId}`}>
        {t('tills.present')}
      </Button>
    </Group>
  );
}
