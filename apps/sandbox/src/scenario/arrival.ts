import type { PaymentState } from '@bivak/domain';
import type { ScenarioClient } from './client.ts';
import { type BankLedger, neverTwiceAtOnce, salesAtBanks } from './figures.ts';
import { ledgers, type Stage } from './stage.ts';

/** Kills a process as a pulled plug does, and starts it again. */
export async function pullPlug({ client, narrator }: Stage, process: string): Promise<void> {
  await client.sandbox.process(process, 'kill');
  await narrator.note('process-killed', { process });
  await client.sandbox.process(process, 'start');
  await narrator.note('process-back', { process });
}

/** The link comes back as a train has it; one bank is down, one is silent. */
export async function playArrival(stage: Stage): Promise<void> {
  const { client, narrator, pace, trace } = stage;
  await narrator.chapter('arrival');
  await client.sandbox.setBank('north', 'down');
  await narrator.note('bank-down', { bankId: 'north' });
  await client.sandbox.setBank('volga', 'silent');
  await narrator.note('bank-silent', { bankId: 'volga' });
  for (const tillId of client.tillIds) await client.sandbox.setLink(tillId, trace ?? { mode: 'model' });
  await pace.untilOverLinks('silent-bank-debited', async () =>
    (await client.sandbox.ledger('volga')).some(({ kind }) => kind === 'debit'),
  );
  if (stage.kill === 'host') await pullPlug(stage, 'host');
  await pace.untilOverLinks('journals-shipped', async () => {
    const queues = await Promise.all(
      client.tillIds.map(async (tillId) => (await client.till(tillId).status()).queue.entries),
    );
    return queues.every((entries) => entries === 0);
  });
  await narrator.note('journals-shipped', {});
  await pace.until('only-reversals-left', () => onlyReversalsLeft(client));
  await client.sandbox.setBank('volga', 'up');
  await narrator.note('bank-answers-again', { bankId: 'volga' });
  await pace.untilOverLinks('payments-decided', () => areAll(client, decided));
  await client.sandbox.setBank('north', 'up');
  await claims(stage);
  await drained(stage);
}

const decided: readonly PaymentState[] = ['collected', 'declined'];

/** True if there are payments and each is in one of the states. */
async function areAll({ host }: ScenarioClient, states: readonly PaymentState[]): Promise<boolean> {
  const payments = await host.payments();
  return payments.length > 0 && payments.every(({ state }) => states.includes(state));
}

/** True when each payment is decided or waits for the confirmation of a reversal. */
async function onlyReversalsLeft(client: ScenarioClient): Promise<boolean> {
  const { intakeBacklog } = await client.host.work();
  return intakeBacklog === 0 && (await areAll(client, [...decided, 'reversing']));
}

async function claims(stage: Stage): Promise<void> {
  const { narrator, client } = stage;
  const books = await ledgers(client);
  const sales = [...salesAtBanks(books).values()];
  const silent = books.find(({ bankId }) => bankId === 'volga')!.entries;
  const reversed = new Set(
    silent.filter(({ kind }) => kind === 'reversal').map(({ reference }) => reference),
  );
  const isReversedFirst = reversed.size > 0 && neverTwiceAtOnce(books);
  await narrator.claim(isReversedFirst, 'reversed-before-elsewhere', { count: reversed.size });
  await ownCards(stage, books);
  const collected = sales.filter(({ netDebits }) => netDebits === 1);
  await narrator.claim(collected.length >= 30, 'collected', { count: collected.length });
}

/** On us if the issuer is one of the banks; the share of the bank that is down goes to the others. */
async function ownCards({ client, narrator, counter }: Stage, books: readonly BankLedger[]): Promise<void> {
  const issuerOf = new Map((await client.sandbox.accounts()).map((card) => [card.card, card.issuerBankId]));
  const soldOn = (bankId: string): string[] =>
    counter
      .accepted()
      .filter(({ card, sale }) => issuerOf.get(card ?? '') === bankId && sale.mode === 'offline')
      .map(({ sale }) => sale.saleId);
  const debited = (saleIds: readonly string[], isBank: (bankId: string) => boolean): number => {
    const entries = books.filter(({ bankId }) => isBank(bankId)).flatMap((ledger) => ledger.entries);
    const debits = new Set(entries.filter(({ kind }) => kind === 'debit').map(({ reference }) => reference));
    return saleIds.filter((saleId) => debits.has(saleId)).length;
  };
  const ural = soldOn('ural');
  const onUs = debited(ural, (bankId) => bankId === 'ural');
  await narrator.claim(onUs > 0, 'own-cards-on-us', { bankId: 'ural', sales: ural.length, onUs });
  const north = soldOn('north');
  const elsewhere = debited(north, (bankId) => bankId !== 'north');
  const isElsewhere = elsewhere > 0 && debited(north, (bankId) => bankId === 'north') === 0;
  await narrator.claim(isElsewhere, 'own-cards-elsewhere', { bankId: 'north', elsewhere });
}

/** The drives' documents have reached the fiscal operator. */
async function drained({ client, narrator, pace, counter }: Stage): Promise<void> {
  await pace.untilOverLinks('documents-at-operator', async () => {
    const left = await Promise.all(
      client.tillIds.map(async (tillId) => (await client.till(tillId).status()).drive.unsentDocuments),
    );
    return left.every((count) => count === 0);
  });
  const receipts = (await client.sandbox.fiscalDocuments()).filter(({ kind }) => kind === 'receipt');
  const isWhole = receipts.length === counter.accepted().length;
  await narrator.claim(isWhole, 'receipts-at-operator', { count: receipts.length });
}
