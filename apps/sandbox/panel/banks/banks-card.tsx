import { sandboxApi } from '@bivak/contracts';
import { formatInstant, formatMoney, useLanguage } from '@bivak/screen';
import { SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useBanks, useLedger } from '../data.ts';
import { Section, useReportedChange } from '../parts.tsx';

/** The simulated banks: how each behaves now, and its own ledger. */
export function BanksCard() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data } = useBanks();
  const change = useReportedChange();
  return (
    <Section title={t('banks.title')}>
      <div className="columns">
        {data?.items.map(({ bankId, name, mode }) => (
          <Stack key={bankId} gap="sm">
            <Text fw={600}>{name[language]}</Text>
            <SegmentedControl
              orientation="vertical"
              aria-label={name[language]}
              data-testid={`bank-${bankId}`}
              value={mode}
              onChange={(next) =>
                change({ method: 'PUT', path: `/v1/banks/${bankId}`, body: { mode: next } })
              }
              data={sandboxApi.bankMode.options.map((option) => ({
                value: option,
                label: t(`banks.${option}`),
              }))}
            />
            <Ledger bankId={bankId} />
          </Stack>
        ))}
      </div>
    </Section>
  );
}

function Ledger({ bankId }: { bankId: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const entries = useLedger(bankId).data?.items ?? [];
  return (
    <details>
      <summary>
        {t('banks.ledger')} ({entries.length})
      </summary>
      {entries.length === 0 && <Text c="dimmed">{t('banks.empty')}</Text>}
      <Table.ScrollContainer minWidth={420} mah={320}>
        <Table fz="sm" aria-label={`${t('banks.ledger')} ${bankId}`}>
          <Table.Tbody>
            {entries.toReversed().map((entry) => (
              <Table.Tr key={entry.number}>
                <Table.Td>{t(`banks.kinds.${entry.kind}`)}</Table.Td>
                <Table.Td>{entry.reference}</Table.Td>
                <Table.Td ta="right" className="figures">
                  {formatMoney(language, entry.amountMinor, 'RUB')}
                </Table.Td>
                <Table.Td className="figures">{entry.responseCode}</Table.Td>
                <Table.Td className="figures">{formatInstant(language, entry.at)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </details>
  );
}
