import { requestAttempt } from './client.ts';
import { atBanks, debtOf, debtUrlOf, type Stage, setLinks, stopListArrived } from './stage.ts';

/** The list reaches the tills; the debtor pays and is welcome again. */
export async function playStopList(stage: Stage): Promise<void> {
  const { client, narrator, pace, counter } = stage;
  await narrator.chapter('stop-list');
  await setLinks(stage, 'up');
  await stopListArrived(stage);
  for (const [tillId, card] of [
    ['till-1', 'short-3'],
    ['till-2', 'stolen-2'],
  ] as const) {
    const refused = await pace.atTheCounter(() => counter.sellByCard(tillId, card, counter.basket(7)));
    await narrator.claim(refused.reason === 'stop-listed', 'listed-card-refused-again', { tillId });
  }
  await client.sandbox.setAccount('short-3', { balanceMinor: 5_000_000 });
  await requestAttempt(await debtUrlOf(stage, 'short-3'));
  await pace.until(
    'third-debt-paid',
    async () => (await debtOf(stage, 'short-3'))?.state === 'paid-after-listing',
  );
  const { isPaid } = await atBanks(stage, 'short-3');
  await pace.untilHostIdle();
  await narrator.claim(isPaid, 'paid-off-the-list', {});
  await stopListArrived(stage);
  const sold = await pace.atTheCounter(() => counter.sellByCard('till-1', 'short-3', counter.basket(8)));
  const mode = sold.mode === 'online' ? 'online' : 'offline';
  await narrator.claim(sold.outcome === 'accepted', 'accepted-again', { mode });
  await pace.until('everything-arrived', async () => {
    const states = await Promise.all(client.tillIds.map((tillId) => client.till(tillId).status()));
    return states.every(({ queue, drive }) => queue.entries === 0 && drive.unsentDocuments === 0);
  });
  await pace.untilHostIdle();
}
