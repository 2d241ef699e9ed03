import { atBanks, debtOf, type Stage, setLinks, stopListArrived } from './stage.ts';

/** The one answer of the issuer that there may be: 43, pick the card up. */
const stolen = '43';
const morningHourMs = 14 * 3_600_000;

/** The evening before, at the depot: a stolen card gets onto the stop-list, and the tills fetch it before they leave. */
export async function playPrelude(stage: Stage): Promise<void> {
  const { client, narrator, pace, counter, sales } = stage;
  await narrator.chapter('prelude');
  await setLinks(stage, 'up');
  await stopListArrived(stage);
  await narrator.note('tills-ready', {});
  await setLinks(stage, 'down');
  await narrator.note('link-cut', {});
  const sold = await pace.atTheCounter(() => counter.sellByCard('till-1', 'stolen-1', counter.basket(1)));
  sales.set('stolen-1', sold.saleId);
  const isAcceptedOffline = sold.outcome === 'accepted' && sold.mode === 'offline';
  await narrator.claim(isAcceptedOffline, 'unknown-stolen-card-accepted', {});
  await setLinks(stage, 'up');
  await pace.until(
    'stolen-card-listed',
    async () => (await debtOf(stage, 'stolen-1'))?.state === 'stop-listed',
  );
  await stopListArrived(stage);
  await pace.untilHostIdle();
  const { entries } = await client.host.stopList();
  const { declines } = await atBanks(stage, 'stolen-1');
  const isStolen = declines.length > 0 && declines.every((code) => code === stolen);
  await narrator.claim(entries.length === 1 && isStolen, 'stolen-card-listed', {});
  await pace.jumpTo((await pace.nowMs()) + morningHourMs);
}
