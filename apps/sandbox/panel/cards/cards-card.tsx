import type { sandboxApi } from '@bivak/contracts';
import { useLanguage } from '@bivak/screen';
import { Button, NumberInput, Select, Table } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccounts } from '../data.ts';
import { Section, useReportedChange } from '../parts.tsx';

/** The test cards' accounts at their issuers: what is on each, and how the issuer answers. */
export function CardsCard() {
  const { t } = useTranslation();
  const { data } = useAccounts();
  return (
    <Section title={t('cards.title')}>
      <Table.ScrollContainer
        minWidth={640}
        mah={420}
        scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': t('cards.title') } }}
      >
        <Table stickyHeader aria-label={t('cards.title')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('cards.card')}</Table.Th>
              <Table.Th>{t('cards.number')}</Table.Th>
              <Table.Th>{t('cards.balance')}</Table.Th>
              <Table.Th>{t('cards.answers')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data?.items.map((card) => (
              <CardRow key={`${card.card} ${card.balanceMinor} ${card.issuerAnswers}`} card={card} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}

function CardRow({ card }: { card: sandboxApi.WalletCard }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [rubles, setRubles] = useState<string | number>(card.balanceMinor / 100);
  const change = useReportedChange();
  const set = (body: object) => change({ method: 'PUT', path: `/v1/accounts/${card.card}`, body });
  const balanceMinor = Math.round(Number(rubles) * 100);
  return (
    <Table.Tr>
      <Table.Td>{card.label[language]}</Table.Td>
      <Table.Td className="figures">{card.maskedPan}</Table.Td>
      <Table.Td>
        <form
          className="inline"
          onSubmit={(event) => {
            event.preventDefault();
            set({ balanceMinor });
          }}
        >
          <NumberInput
            w={140}
            min={0}
            decimalScale={2}
            hideControls
            aria-label={`${t('cards.balance')} ${card.card}`}
            value={rubles}
            onChange={setRubles}
          />
          <Button type="submit" variant="default" disabled={balanceMinor === card.balanceMinor}>
            {t('cards.save')}
          </Button>
        </form>
      </Table.Td>
      <Table.Td>
        <Select
          allowDeselect={false}
          aria-label={`${t('cards.answers')} ${card.card}`}
          value={card.issuerAnswers}
          data={(['by-balance', 'stolen', 'do-not-honour'] as const).map((answer) => ({
            value: answer,
            label: t(`cards.answer.${answer}`),
          }))}
          onChange={(issuerAnswers) => set({ issuerAnswers })}
        />
      </Table.Td>
    </Table.Tr>
  );
}
