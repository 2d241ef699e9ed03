import { pressTryNow } from './client.ts';
import { atBanks, debtOf, linkTo, type Stage, setLinks, stopListArrived } from './stage.ts';

/** Step 5: the list reaches the tills; the debtor pays and is welcome again. */
export async function playStopList(stage: Stage): Promise<void> {
  const { client, narrator, pace, counter } = stage;
  await narrator.chapter('5', { en: '5. The stop-list at the tills', ru: '5. Стоп-лист на кассах' });
  await setLinks(stage, { mode: 'up' }, 'up');
  await stopListArrived(stage);
  for (const [tillId, card] of [
    ['till-1', 'short-3'],
    ['till-2', 'stolen-2'],
  ] as const) {
    const refused = await pace.atTheCounter(() => counter.sellByCard(tillId, card, counter.basket(7)));
    await narrator.claim(refused.reason === 'stop-listed', {
      en: `${tillId} refuses the listed card.`,
      ru: `${tillId} отказывает карте из стоп-листа.`,
    });
  }
  await client.sandbox.setAccount('short-3', { balanceMinor: 5_000_000 });
  await pressTryNow(await linkTo(stage, 'short-3'));
  await pace.until(
    'the third debt is paid',
    async () => (await debtOf(stage, 'short-3'))?.state === 'paid-after-listing',
  );
  const { isPaid } = await atBanks(stage, 'short-3');
  await pace.untilHostIdle();
  await narrator.claim(isPaid, {
    en: 'The debtor pays on the page; the card is off the list.',
    ru: 'Должник оплатил на странице, карта снята со стоп-листа.',
  });
  await stopListArrived(stage);
  const accepted = await pace.atTheCounter(() => counter.sellByCard('till-1', 'short-3', counter.basket(8)));
  await narrator.claim(accepted.outcome === 'accepted', {
    en: `The till accepts the card again (${accepted.mode}).`,
    ru: 'Касса снова принимает карту.',
  });
  await pace.until('everything has arrived', async () => {
    const states = await Promise.all(client.tillIds.map((tillId) => client.till(tillId).status()));
    return states.every(({ queue, drive }) => queue.entries === 0 && drive.unsentDocuments === 0);
  });
  await pace.untilHostIdle();
}
