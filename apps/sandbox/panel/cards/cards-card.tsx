import { sandboxApi } from '@bivak/contracts';
import { useRenderer } from '@bivak/screen';
import { Button, NumberInput, Select, Table, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccounts } from '../data.ts';
import { ReadState, Section, useReportedChange } from '../parts.tsx';

/** In rubles. */
const maxBalance = 1_000_000_000;

/** The test cards' accounts at their issuers: what is on each, and how the issuer answers. */
export function CardsCard() {
  const { t } = useTranslation('panel');
  const { localName } = useRenderer();
  const accounts = useAccounts();
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const cards = accounts.data?.items.filter(
    ({ label, maskedPan, card }) =>
      localName(label).toLowerCase().includes(wanted) || maskedPan.endsWith(wanted) || card.includes(wanted),
  );
  return (
    <Section title={t('cards.title')}>
      <ReadState query={accounts} />
      <TextInput
        type="search"
        maw={420}
        aria-label={t('cards.search')}
        placeholder={t('cards.search')}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {cards?.length === 0 && <Text c="dimmed">{t('cards.noneFound')}</Text>}
      {cards !== undefined && cards.length > 0 && (
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
              {cards.map((card) => (
                <CardRow key={card.card} card={card} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Section>
  );
}

function CardRow({ card }: { card: sandboxApi.WalletCard }) {
  const { t } = useTranslation('panel');
  const { money, localName } = useRenderer({ currency: 'RUB' });
  const label = localName(card.label);
  const { change, isPending } = useReportedChange();
  const set = (body: object, done: string) =>
    change({ method: 'PUT', path: `/v1/accounts/${card.card}`, body }, `${label}: ${done}`);
  return (
    <Table.Tr data-testid={`card-${card.card}`}>
      <Table.Td>{label}</Table.Td>
      <Table.Td className="figures">{card.maskedPan}</Table.Td>
      <Table.Td>
        <Balance
          card={card}
          isPending={isPending}
          onSave={(balanceMinor) => set({ balanceMinor }, money(balanceMinor))}
        />
      </Table.Td>
      <Table.Td>
        <Select
          allowDeselect={false}
          aria-label={`${t('cards.answers')}: ${label}`}
          value={card.issuerAnswers}
          data={sandboxApi.issuerAnswers.map((answer) => ({
            value: answer,
            label: t(`cards.answer.${answer}`),
          }))}
          onChange={(issuerAnswers) =>
            issuerAnswers !== null && set({ issuerAnswers }, t(`cards.answer.${issuerAnswers}`))
          }
        />
      </Table.Td>
    </Table.Tr>
  );
}

/** The balance as it is; while it is being typed, what is typed, whatever happens to the account meanwhile. */
function Balance(props: {
  card: sandboxApi.WalletCard;
  isPending: boolean;
  onSave: (balanceMinor: number) => void;
}) {
  const { t } = useTranslation('panel');
  const { localName, separators } = useRenderer();
  const { thousands, decimal } = separators();
  const { card, isPending, onSave } = props;
  const [typed, setTyped] = useState<string | number>();
  const rubles = typed === undefined || typed === '' ? undefined : Number(typed);
  const balanceMinor =
    rubles === undefined || !Number.isFinite(rubles) ? undefined : Math.round(rubles * 100);
  return (
    <form
      className="inline"
      onSubmit={(event) => {
        event.preventDefault();
        if (balanceMinor === undefined) return;
        onSave(balanceMinor);
        setTyped(undefined);
      }}
    >
      <NumberInput
        w={150}
        min={0}
        max={maxBalance}
        decimalScale={2}
        fixedDecimalScale
        hideControls
        allowNegative={false}
        thousandSeparator={thousands}
        decimalSeparator={decimal}
        allowedDecimalSeparators={[',', '.']}
        classNames={{ input: 'sum' }}
        aria-label={`${t('cards.balance')}: ${localName(card.label)}`}
        value={typed ?? card.balanceMinor / 100}
        onChange={(value) =>
          setTyped(Number(value) === card.balanceMinor / 100 && value !== '' ? undefined : value)
        }
      />
      <Button type="submit" variant="default" loading={isPending} disabled={balanceMinor === undefined}>
        {t('cards.save')}
      </Button>
    </form>
  );
}
