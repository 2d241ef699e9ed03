import type { tillApi } from '@bivak/contracts';
import type { Words } from './narrator.ts';
import { type Stage, setLinks } from './stage.ts';

const cardSales = 32;
const cashSales = 6;

/** Step 1: the train is out of reach; the tills sell by themselves. */
export async function playTunnel(stage: Stage): Promise<void> {
  const { narrator, pace } = stage;
  await narrator.chapter('1', { en: '1. The train leaves; no link', ru: '1. Поезд ушёл, связи нет' });
  await setLinks(stage, { mode: 'down' }, 'down');
  await pace.atTheCounter(async () => {
    await sellOffline(stage);
    await refusals(stage);
  });
}

async function sellOffline({ narrator, counter, sales, client }: Stage): Promise<void> {
  const tills = client.tillIds;
  let offline = 0;
  for (let number = 1; number <= cardSales; number++) {
    const card = `buyer-${String(number).padStart(2, '0')}`;
    const sold = await counter.sellByCard(tills[number % tills.length]!, card, counter.basket(number));
    if (isTakenOffline(sold)) offline++;
    if (number % 5 === 0)
      await counter.sellForCash(tills[number % tills.length]!, counter.basket(number + 50));
  }
  for (const [index, card] of ['short-1', 'short-2', 'short-3', 'stolen-2'].entries()) {
    const sold = await counter.sellByCard(tills[index % tills.length]!, card, counter.basket(index + 80));
    sales.set(card, sold.saleId);
    if (isTakenOffline(sold)) offline++;
  }
  await narrator.claim(offline === cardSales + 4, {
    en: `${offline} card sales accepted offline, each checked by the till alone, signed by its drive, with a receipt.`,
    ru: `Продаж по картам, принятых офлайн: ${offline}. Каждую проверила сама касса, подписал накопитель, есть чек.`,
  });
}

/** By the till alone, every check passed, signed by its drive, with a receipt that shows the drive's code. */
function isTakenOffline({ outcome, mode, checks, fiscal, receipt }: tillApi.Sale): boolean {
  const isChecked = checks.length > 0 && checks.every(({ passed }) => passed);
  return (
    outcome === 'accepted' && mode === 'offline' && isChecked && fiscal !== null && receipt?.qr === fiscal.qr
  );
}

async function refusals(stage: Stage): Promise<void> {
  const { counter, narrator } = stage;
  const refused = async (
    reason: string,
    words: Words,
    sell: () => ReturnType<typeof counter.sellByCard>,
  ): Promise<void> => {
    const sale = await sell();
    await narrator.claim(sale.outcome === 'refused' && sale.reason === reason, words);
  };
  await counter.sellForCash('till-1', counter.basket(cashSales + 90));
  await refused('stop-listed', { en: 'A listed card is refused.', ru: 'Карте из стоп-листа отказано.' }, () =>
    counter.sellByCard('till-2', 'stolen-1', counter.basket(3)),
  );
  await refused(
    'expired-card',
    { en: 'An expired card is refused.', ru: 'Просроченной карте отказано.' },
    () => counter.sellByCard('till-1', 'expired', counter.basket(4)),
  );
  await refused(
    'offline-not-permitted',
    {
      en: 'A card that works only online is refused.',
      ru: 'Карте, которая работает только со связью, отказано.',
    },
    () => counter.sellByCard('till-2', 'online-only', counter.basket(5)),
  );
  await refused(
    'over-sale-limit',
    { en: 'A sale over the limit for one sale is refused.', ru: 'Продаже сверх лимита на продажу отказано.' },
    () => counter.sellByCard('till-1', 'buyer-33', counter.basketOf(510_000, true)),
  );
  const first = await counter.sellByCard('till-1', 'frequent', counter.basketOf(420_000));
  await narrator.claim(first.outcome === 'accepted', {
    en: 'A large sale within the limits is accepted.',
    ru: 'Большая продажа в пределах лимитов принята.',
  });
  await refused(
    'over-card-limit',
    {
      en: 'The same card over its cumulative limit is refused.',
      ru: 'Той же карте сверх её общего лимита отказано.',
    },
    () => counter.sellByCard('till-1', 'frequent', counter.basketOf(420_000)),
  );
}

/** Step 2: the item report, still without a link. */
export async function playReport({ client, narrator, counter }: Stage): Promise<void> {
  await narrator.chapter('2', {
    en: '2. Sales by item, printed without a link',
    ru: '2. Отчёт по товарам без связи',
  });
  let sales = 0;
  let isConsistent = true;
  let [cardMinor, cashMinor] = [0, 0];
  for (const tillId of client.tillIds) {
    const { totals, rows, print } = await client.till(tillId).itemReport();
    sales += totals.sales;
    cardMinor += totals.cardMinor;
    cashMinor += totals.cashMinor;
    const fromRows = rows.reduce((total, row) => total + row.cardSumMinor + row.cashSumMinor, 0);
    isConsistent &&= fromRows === totals.sumMinor && totals.cardMinor + totals.cashMinor === totals.sumMinor;
    await narrator.say({
      en: `${tillId}: ${rows.length} goods in ${totals.sales} sales`,
      ru: `${tillId}: товаров ${rows.length}, продаж ${totals.sales}`,
    });
    narrator.print(print.lines);
  }
  const accepted = counter.accepted();
  const sold = (tender: tillApi.Sale['tender']): number =>
    accepted.reduce((total, { sale }) => total + (sale.tender === tender ? sale.totalMinor : 0), 0);
  isConsistent &&= cardMinor === sold('card') && cashMinor === sold('cash');
  await narrator.claim(isConsistent && sales === accepted.length, {
    en: `The reports hold every one of the ${sales} sales, card and cash apart, and their sums agree with the receipts.`,
    ru: `В отчётах все продажи (${sales}), карты и наличные отдельно, и суммы сходятся с чеками.`,
  });
}
