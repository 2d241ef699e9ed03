import type { sandboxApi } from '@bivak/contracts';
import { Button, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useProcesses } from '../data.ts';
import { ReadState, Section, useReportedChange } from '../parts.tsx';

/** Every process of the sandbox; pulling the plug is kill -9. */
export function ProcessesCard() {
  const { t } = useTranslation('panel');
  const processes = useProcesses();
  return (
    <Section title={t('processes.title')}>
      <Text c="dimmed" size="sm">
        {t('processes.intro')}
      </Text>
      {processes.data === undefined && <ReadState query={processes} />}
      <Table aria-label={t('processes.title')} className="processes">
        <Table.Tbody>
          {processes.data?.items.map((process) => (
            <ProcessRow key={process.name} process={process} />
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}

function ProcessRow({ process }: { process: sandboxApi.ProcessState }) {
  const { t } = useTranslation('panel');
  const { name, state, starts } = process;
  const { change, isPending } = useReportedChange();
  const what = useProcessText(name);
  const act = (action: 'kill' | 'start') =>
    change(
      { method: 'POST', path: `/v1/processes/${name}`, body: { action } },
      t(action === 'kill' ? 'processes.killed' : 'processes.started', { name: what }),
    );
  const isStopped = state === 'stopped';
  return (
    <Table.Tr>
      <Table.Td>
        {what}
        <Text size="sm" c="dimmed">
          {name}
        </Text>
      </Table.Td>
      <Table.Td data-testid={`process-${name}`} data-state={state} fw={isStopped ? 600 : 400}>
        {t(`processes.${state}`)}
        <Text size="sm" c="dimmed" className="figures">
          {t('processes.starts', { count: starts })}
        </Text>
      </Table.Td>
      <Table.Td className="plug">
        <Button
          variant={isStopped ? 'filled' : 'default'}
          loading={isPending || state === 'starting'}
          onClick={() => act(isStopped ? 'start' : 'kill')}
          aria-label={`${t(isStopped ? 'processes.start' : 'processes.kill')}: ${what}`}
          data-testid={`plug-${name}`}
        >
          {t(isStopped ? 'processes.start' : 'processes.kill')}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

const kindsOfOne = ['host', 'issuers', 'sms-centre', 'fiscal-operator', 'radio-link', 'console'] as const;
const kindsOfMany = ['bank', 'drive', 'reader', 'till'] as const;

/** What a process is, with the till or the bank that it belongs to: "bank-north" is a bank, "drive-till-1" a till's drive. */
function useProcessText(name: string): string {
  const { t } = useTranslation('panel');
  const single = kindsOfOne.find((kind) => kind === name);
  if (single !== undefined) return t(`processes.names.${single}`);
  const kind = kindsOfMany.find((prefix) => name.startsWith(`${prefix}-`));
  return kind === undefined ? name : `${t(`processes.names.${kind}`)} ${name.slice(kind.length + 1)}`;
}
