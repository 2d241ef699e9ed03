import type { sandboxApi } from '@bivak/contracts';
import type { ScenarioClient } from './client.ts';
import type { Counter } from './counter.ts';
import type { BankLedger } from './figures.ts';
import type { Narrator } from './narrator.ts';
import type { Pace } from './pace.ts';

/** What every chapter plays with. */
export interface Stage {
  client: ScenarioClient;
  narrator: Narrator;
  pace: Pace;
  counter: Counter;
  trace: sandboxApi.LinkSetting | null;
  kill: 'host' | 'till' | null;
  /** Sales that the later chapters come back to, by their card. */
  sales: Map<string, string>;
}

/** Switches the radio links of all tills and waits until each till has noticed. */
export async function setLinks({ client, pace }: Stage, mode: 'up' | 'down'): Promise<void> {
  for (const tillId of client.tillIds) await client.sandbox.setLink(tillId, { mode });
  await pace.until(mode === 'up' ? 'tills-notice-link' : 'tills-notice-cut', async () => {
    const states = await Promise.all(
      client.tillIds.map(async (tillId) => (await client.till(tillId).status()).link.state),
    );
    return states.every((state) => (state === 'down') === (mode === 'down'));
  });
}

/** Waits until every till has the host's newest stop-list. */
export async function stopListArrived({ client, pace }: Stage): Promise<void> {
  await pace.until('stop-list-at-tills', async () => {
    const { version, entries } = await client.host.stopList();
    // A list that is about to be published has its entries already: the tills must have as many.
    const cards = new Set(entries.map(({ cardReference }) => cardReference)).size;
    const lists = await Promise.all(
      client.tillIds.map(async (tillId) => (await client.till(tillId).status()).stopList),
    );
    return version > 0 && lists.every((list) => list.version === version && list.entries === cards);
  });
}

export async function debtOf({ client, sales }: Stage, card: string) {
  const saleId = sales.get(card);
  return (await client.host.debts()).find(({ paymentId }) => paymentId === saleId);
}

/** Every bank's books, as the banks themselves keep them. */
export async function ledgers({ sandbox }: ScenarioClient): Promise<BankLedger[]> {
  return Promise.all(
    (await sandbox.banks()).map(async ({ bankId }) => ({ bankId, entries: await sandbox.ledger(bankId) })),
  );
}

/** What the banks' books say of the sale to a card: how often it was declined and why, and whether it is paid. */
export async function atBanks(stage: Stage, card: string): Promise<{ declines: string[]; isPaid: boolean }> {
  const entries = (await ledgers(stage.client)).flatMap((ledger) => ledger.entries);
  const ofCard = entries.filter(({ reference }) => reference === stage.sales.get(card));
  const count = (kind: sandboxApi.LedgerEntry['kind']): number =>
    ofCard.filter((entry) => entry.kind === kind).length;
  return {
    declines: ofCard.filter(({ kind }) => kind === 'decline').map(({ responseCode }) => responseCode),
    isPaid: count('debit') - count('reversal') === 1,
  };
}

/** The messages to a card's holder, as the SMS centre has them. */
export async function messagesTo({ client }: Stage, card: string): Promise<string[]> {
  const phone = (await client.sandbox.accounts()).find((account) => account.card === card)?.phone;
  return (await client.sandbox.sms()).filter(({ to }) => to === phone).map(({ text }) => text);
}

/** The URL of the cardholder's page in the newest SMS to a card's phone. */
export async function debtUrlOf(stage: Stage, card: string): Promise<string> {
  const text = (await messagesTo(stage, card)).findLast((message) => message.includes('http'));
  const url = /https?:\/\/\S+/.exec(text ?? '')?.[0];
  if (url === undefined) throw new Error(`No SMS with a URL has come to the holder of ${card}.`);
  return url;
}
