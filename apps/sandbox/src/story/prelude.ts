import { atBanks, debtOf, type Stage, setLinks, stopListArrived } from './stage.ts';

/** The one answer of the issuer that there may be: 43, pick the card up. */
const stolen = '43';
const morningHourMs = 14 * 3_600_000;

/** The evening before, at the depot: a stolen card gets onto the stop-list, and the tills fetch it before they leave. */
export async function playPrelude(stage: Stage): Promise<void> {
  const { client, narrator, pace, counter, sales } = stage;
  await narrator.chapter('prelude', {
    en: 'The evening before, at the depot',
    ru: 'Накануне вечером, в депо',
  });
  await setLinks(stage, { mode: 'up' }, 'up');
  await stopListArrived(stage);
  await narrator.say({
    en: 'Both tills are enrolled and have the stop-list.',
    ru: 'Обе кассы подключены и получили стоп-лист.',
  });
  await setLinks(stage, { mode: 'down' }, 'down');
  await narrator.say({ en: 'The link is gone for a few minutes.', ru: 'Связь пропала на несколько минут.' });
  const sold = await pace.atTheCounter(() => counter.sellByCard('till-1', 'stolen-1', counter.basket(1)));
  sales.set('stolen-1', sold.saleId);
  await narrator.claim(sold.outcome === 'accepted' && sold.mode === 'offline', {
    en: 'A card that nobody knows to be stolen is accepted offline.',
    ru: 'Карта, о краже которой никто не знает, принята офлайн.',
  });
  await setLinks(stage, { mode: 'up' }, 'up');
  await pace.until(
    'the stolen card is on the stop-list',
    async () => (await debtOf(stage, 'stolen-1'))?.state === 'stop-listed',
  );
  await stopListArrived(stage);
  await pace.untilHostIdle();
  const { entries } = await client.host.stopList();
  const { declines } = await atBanks(stage, 'stolen-1');
  const isStolen = declines.length > 0 && declines.every((code) => code === stolen);
  await narrator.claim(entries.length === 1 && isStolen, {
    en: 'The issuer says “stolen”: never tried again, on the stop-list at once, and the tills have the list.',
    ru: 'Эмитент ответил «украдена»: больше не пробуем, карта сразу в стоп-листе, и кассы его получили.',
  });
  await pace.jumpTo((await pace.nowMs()) + morningHourMs);
}
