import { neverTwiceAtOnce, salesAtBanks } from './figures.ts';
import { ledgers, type Stage } from './stage.ts';

/** Kills a process as a pulled plug does, and starts it again. */
export async function pullPlug({ client, narrator }: Stage, name: string): Promise<void> {
  await client.sandbox.process(name, 'kill');
  await narrator.say({
    en: `The plug of ${name} is pulled (kill -9).`,
    ru: `Процесс ${name} убит (kill -9).`,
  });
  await client.sandbox.process(name, 'start');
  await narrator.say({ en: `${name} is up again.`, ru: `Процесс ${name} снова работает.` });
}

/** Step 3: the link comes back as a train has it; one bank is down, one is silent. */
export async function playArrival(stage: Stage): Promise<void> {
  const { client, narrator, pace, trace } = stage;
  await narrator.chapter('3', {
    en: '3. The link returns, in pieces',
    ru: '3. Связь возвращается, урывками',
  });
  await client.sandbox.setBank('north', 'down');
  await client.sandbox.setBank('volga', 'silent');
  await narrator.say({
    en: 'North Bank is down. Volga Bank takes requests and never answers.',
    ru: '«Банк Север» выключен. «Банк Волга» принимает запросы и молчит.',
  });
  for (const tillId of client.tillIds) await client.sandbox.setLink(tillId, trace ?? { mode: 'model' });
  await pace.untilOverLinks('the silent bank has debited without an answer', async () =>
    (await client.sandbox.ledger('volga')).some(({ kind }) => kind === 'debit'),
  );
  if (stage.kill === 'host') await pullPlug(stage, 'host');
  await pace.untilOverLinks('the tills have shipped everything', async () => {
    const queues = await Promise.all(
      client.tillIds.map(async (tillId) => (await client.till(tillId).status()).queue.entries),
    );
    return queues.every((entries) => entries === 0);
  });
  await narrator.say({ en: 'The tills have shipped their journals.', ru: 'Кассы передали журналы.' });
  await pace.until('no payment waits for anything but the silent bank', () => onlyReversalsLeft(stage));
  await client.sandbox.setBank('volga', 'up');
  await narrator.say({ en: 'Volga Bank speaks again.', ru: '«Банк Волга» снова отвечает.' });
  await pace.untilOverLinks('every payment is decided', () => everythingDecided(stage));
  await client.sandbox.setBank('north', 'up');
  await claims(stage);
  await drained(stage);
}

/** True when each payment is decided or waits for the confirmation of a reversal. */
async function onlyReversalsLeft({ client }: Stage): Promise<boolean> {
  const { intakeBacklog } = await client.host.work();
  const open = await client.host.payments();
  return (
    intakeBacklog === 0 &&
    open.length > 0 &&
    open.every(({ state }) => ['collected', 'declined', 'reversing'].includes(state))
  );
}

async function everythingDecided({ client }: Stage): Promise<boolean> {
  const payments = await client.host.payments();
  return payments.length > 0 && payments.every(({ state }) => state === 'collected' || state === 'declined');
}

async function claims(stage: Stage): Promise<void> {
  const { narrator } = stage;
  const books = await ledgers(stage);
  const sales = [...salesAtBanks(books).values()];
  const silent = books.find(({ bankId }) => bankId === 'volga')!.entries;
  const reversed = new Set(
    silent.filter(({ kind }) => kind === 'reversal').map(({ reference }) => reference),
  );
  await narrator.claim(reversed.size > 0 && neverTwiceAtOnce(books), {
    en: `${reversed.size} payments were reversed at the silent bank before they went elsewhere; no card is debited twice.`,
    ru: `Отменено в молчавшем банке, прежде чем уйти в другой: ${reversed.size}; дважды не списано ничего.`,
  });
  await ownCards(stage, books);
  const collected = sales.filter(({ netDebits }) => netDebits === 1);
  await narrator.claim(collected.length >= 30, {
    en: `${collected.length} sales are collected, by the banks’ own books.`,
    ru: `Списано продаж, по книгам самих банков: ${collected.length}.`,
  });
}

type Books = Awaited<ReturnType<typeof ledgers>>;

/** On us where the issuer is one of the banks; the share of the bank that is down goes to the others. */
async function ownCards({ client, narrator, counter }: Stage, books: Books): Promise<void> {
  const issuerOf = new Map((await client.sandbox.accounts()).map((one) => [one.card, one.issuerBankId]));
  const soldOn = (bankId: string): string[] =>
    counter
      .accepted()
      .filter(({ card, sale }) => issuerOf.get(card ?? '') === bankId && sale.mode === 'offline')
      .map(({ sale }) => sale.saleId);
  const debitedAt = (bankIds: readonly string[], saleIds: readonly string[]): number => {
    const entries = books.filter(({ bankId }) => bankIds.includes(bankId)).flatMap((one) => one.entries);
    const debited = new Set(entries.filter(({ kind }) => kind === 'debit').map(({ reference }) => reference));
    return saleIds.filter((saleId) => debited.has(saleId)).length;
  };
  const ural = soldOn('ural');
  const atHome = debitedAt(['ural'], ural);
  await narrator.claim(atHome > 0, {
    en: `Of ${ural.length} sales to Ural Bank’s own cards ${atHome} were debited at Ural Bank itself: on us costs least.`,
    ru: `Из ${ural.length} продаж по картам «Банка Урал» в нём самом списано ${atHome}: так дешевле всего.`,
  });
  const north = soldOn('north');
  const elsewhere = debitedAt(['volga', 'ural'], north);
  await narrator.claim(elsewhere > 0 && debitedAt(['north'], north) === 0, {
    en: `North Bank is down: ${elsewhere} sales to its own cards were debited at the others.`,
    ru: `«Банк Север» выключен. Продаж по его картам, списанных в других банках: ${elsewhere}.`,
  });
}

/** The drives' documents have reached the fiscal operator. */
async function drained({ client, narrator, pace, counter }: Stage): Promise<void> {
  await pace.untilOverLinks('the fiscal operator has every document', async () => {
    const left = await Promise.all(
      client.tillIds.map(async (tillId) => (await client.till(tillId).status()).drive.unsentDocuments),
    );
    return left.every((count) => count === 0);
  });
  const receipts = (await client.sandbox.fiscalDocuments()).filter(({ kind }) => kind === 'receipt');
  await narrator.claim(receipts.length === counter.accepted().length, {
    en: `The fiscal operator has the ${receipts.length} receipts.`,
    ru: `У оператора фискальных данных все чеки: ${receipts.length}.`,
  });
}
