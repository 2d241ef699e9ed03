import type { sandboxApi, tillApi } from '@bivak/contracts';
import type { RefusalReason } from '@bivak/domain';
import { type Stage, setLinks } from './stage.ts';

const cardSales = 32;
const cashSales = 6;

/** The train is out of reach; the tills sell by themselves. */
export async function playTunnel(stage: Stage): Promise<void> {
  const { narrator, pace } = stage;
  await narrator.chapter('tunnel');
  await setLinks(stage, 'down');
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
    if (isAcceptedOffline(sold)) offline++;
    if (number % 5 === 0)
      await counter.sellForCash(tills[number % tills.length]!, counter.basket(number + 50));
  }
  for (const [index, card] of ['short-1', 'short-2', 'short-3', 'stolen-2'].entries()) {
    const sold = await counter.sellByCard(tills[index % tills.length]!, card, counter.basket(index + 80));
    sales.set(card, sold.saleId);
    if (isAcceptedOffline(sold)) offline++;
  }
  await narrator.claim(offline === cardSales + 4, 'accepted-offline', { count: offline });
}

/** By the till alone, every check passed, signed by its drive, with a receipt that shows the drive's code. */
function isAcceptedOffline({ outcome, mode, checks, fiscal, receipt }: tillApi.Sale): boolean {
  const isChecked = checks.length > 0 && checks.every(({ passed }) => passed);
  return (
    outcome === 'accepted' && mode === 'offline' && isChecked && fiscal !== null && receipt?.qr === fiscal.qr
  );
}

type RefusalClaim = Extract<sandboxApi.ScenarioClaim, `${string}-refused`>;

async function refusals({ counter, narrator }: Stage): Promise<void> {
  const isRefused = async (
    claim: RefusalClaim,
    reason: RefusalReason,
    ...sale: Parameters<typeof counter.sellByCard>
  ): Promise<void> => {
    const answer = await counter.sellByCard(...sale);
    await narrator.claim(answer.outcome === 'refused' && answer.reason === reason, claim, {});
  };
  const [listed, expired, onlineOnly] = [counter.basket(3), counter.basket(4), counter.basket(5)];
  const [large, tooLarge] = [counter.basketOf(420_000), counter.basketOf(510_000, true)];
  await counter.sellForCash('till-1', counter.basket(cashSales + 90));
  await isRefused('listed-card-refused', 'stop-listed', 'till-2', 'stolen-1', listed);
  await isRefused('expired-card-refused', 'expired-card', 'till-1', 'expired', expired);
  await isRefused('online-only-card-refused', 'offline-not-permitted', 'till-2', 'online-only', onlineOnly);
  await isRefused('over-sale-limit-refused', 'over-sale-limit', 'till-1', 'buyer-33', tooLarge);
  const first = await counter.sellByCard('till-1', 'frequent', large);
  await narrator.claim(first.outcome === 'accepted', 'large-sale-accepted', {});
  await isRefused('over-card-limit-refused', 'over-card-limit', 'till-1', 'frequent', large);
}

/** The item reports, still without a link. */
export async function playReports({ client, narrator, counter }: Stage): Promise<void> {
  await narrator.chapter('reports');
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
    isConsistent &&= totals.cardSales + totals.cashSales === totals.sales;
    await narrator.note('item-report', { tillId, items: rows.length, sales: totals.sales });
    narrator.print(print.lines);
  }
  const accepted = counter.accepted();
  const sold = (tender: tillApi.Sale['tender']): number =>
    accepted.reduce((total, { sale }) => total + (sale.tender === tender ? sale.totalMinor : 0), 0);
  isConsistent &&= cardMinor === sold('card') && cashMinor === sold('cash');
  await narrator.claim(isConsistent && sales === accepted.length, 'reports-agree', { count: sales });
}
