import { sandboxApi } from '@bivak/contracts';
import { useRenderer } from '@bivak/screen';
import { NativeSelect, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useBank, useBankIds, useLedger } from '../data.ts';
import { ReadState, Section, useReportedChange } from '../parts.tsx';

/** How many of a ledger's last entries are shown: the whole of it is at the API. */
const entriesShown = 100;

/** The simulated banks: how each behaves now, and its own ledger. */
export function BanksCard() {
  const { t } = useTranslation('panel');
  const bankIds = useBankIds();
  return (
    <Section title={t('banks.title')}>
      {bankIds === undefined && <ReadState query={{ data: bankIds, error: null }} />}
      <div className="columns">
        {bankIds?.map((bankId) => (
          <Bank key={bankId} bankId={bankId} />
        ))}
      </div>
    </Section>
  );
}

function Bank({ bankId }: { bankId: string }) {
  const { t } = useTranslation('panel');
  const { localName } = useRenderer();
  const bank = useBank(bankId);
  const { change } = useReportedChange();
  const name = bank.data === undefined ? bankId : localName(bank.data.name);
  const set = (mode: sandboxApi.BankMode) =>
    change({ method: 'PUT', path: `/v1/banks/${bankId}`, body: { mode } }, `${name}: ${t(`banks.${mode}`)}`);
  const setMind = (mind: sandboxApi.BankMind) =>
    change(
      { method: 'PUT', path: `/v1/banks/${bankId}`, body: { mind } },
      `${name}: ${t(`banks.minds.${mind}`)}`,
    );
  return (
    <Stack gap="sm">
      <Text fw={600}>{name}</Text>
      <ReadState query={bank} />
      {bank.error === null && bank.data !== undefined && (
        <SegmentedControl
          orientation="vertical"
          aria-label={name}
          data-testid={`bank-${bankId}`}
          value={bank.data.mode}
          onChange={(mode) => set(sandboxApi.bankMode.parse(mode))}
          data={sandboxApi.bankMode.options.map((option) => ({
            value: option,
            label: t(`banks.${option}`),
          }))}
        />
      )}
      {bank.error === null && bank.data !== undefined && (
        <NativeSelect
          label={t('banks.mind')}
          data-testid={`bank-${bankId}-mind`}
          value={bank.data.mind}
          onChange={({ currentTarget }) => setMind(sandboxApi.bankMind.parse(currentTarget.value))}
          data={sandboxApi.bankMinds.map((mind) => ({ value: mind, label: t(`banks.minds.${mind}`) }))}
        />
      )}
      <Ledger bankId={bankId} name={name} />
    </Stack>
  );
}

function Ledger({ bankId, name }: { bankId: string; name: string }) {
  const { t } = useTranslation('panel');
  const { money, instant } = useRenderer();
  const entries = useLedger(bankId).data?.items ?? [];
  return (
    <details>
      <summary>
        {t('banks.ledger')} ({entries.length})
      </summary>
      {entries.length === 0 && <Text c="dimmed">{t('banks.empty')}</Text>}
      {entries.length > 0 && (
        <Table.ScrollContainer
          minWidth={440}
          mah={320}
          scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': `${t('banks.ledger')}: ${name}` } }}
        >
          <Table fz="sm" stickyHeader aria-label={`${t('banks.ledger')}: ${name}`}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('banks.kind')}</Table.Th>
                <Table.Th>{t('banks.sale')}</Table.Th>
                <Table.Th ta="right">{t('banks.sum')}</Table.Th>
                <Table.Th>{t('banks.code')}</Table.Th>
                <Table.Th ta="right">{t('banks.at')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {entries
                .slice(-entriesShown)
                .toReversed()
                .map((entry) => (
                  <Table.Tr key={entry.number}>
                    <Table.Td>{t(`banks.kinds.${entry.kind}`)}</Table.Td>
                    <Table.Td className="whole">{entry.reference}</Table.Td>
                    <Table.Td ta="right" className="figures whole">
                      {money(entry.amountMinor, entry.currency)}
                    </Table.Td>
                    <Table.Td className="figures">{entry.responseCode}</Table.Td>
                    <Table.Td ta="right" className="figures">
                      {instant(entry.at)}
                    </Table.Td>
                  </Table.Tr>
                ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </details>
  );
}
