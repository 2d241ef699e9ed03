import type { sandboxApi } from '@bivak/contracts';
import { playArrival, pullPlug } from './arrival.ts';
import type { StoryClient } from './client.ts';
import { Counter } from './counter.ts';
import { countFigures } from './figures.ts';
import { playStopList } from './list.ts';
import type { Narrator } from './narrator.ts';
import { createPace, STORY_SPEED } from './pace.ts';
import { playPrelude } from './prelude.ts';
import type { Stage } from './stage.ts';
import { playReport, playTunnel } from './tunnel.ts';
import { playWeek } from './week.ts';

/** Plays the story of a train's week, through the HTTP APIs alone, and counts its figures from the independent side. */
export async function tellStory(
  client: StoryClient,
  narrator: Narrator,
  options: { trace: sandboxApi.LinkSetting | null; kill: 'host' | 'till' | null },
): Promise<sandboxApi.StoryFigures> {
  await client.sandbox.changeClock({ speed: STORY_SPEED });
  const counter = new Counter(client, narrator);
  const stage: Stage = { client, narrator, pace: createPace(client), counter, ...options, sales: new Map() };
  await counter.open();
  await playPrelude(stage);
  await playTunnel(stage);
  await playReport(stage);
  if (options.kill === 'till') await pullPlug(stage, 'till-1');
  await playArrival(stage);
  await playWeek(stage);
  await playStopList(stage);
  return conclude(stage);
}

async function conclude({ client, narrator, counter }: Stage): Promise<sandboxApi.StoryFigures> {
  await narrator.chapter('end', { en: 'The sums', ru: 'Итоги' });
  const banks = await client.sandbox.banks();
  const figures = countFigures({
    ledgers: await Promise.all(
      banks.map(async ({ bankId }) => ({ bankId, entries: await client.sandbox.ledger(bankId) })),
    ),
    sms: await client.sandbox.sms(),
    fiscalDocuments: await client.sandbox.fiscalDocuments(),
    counter: counter.answers(),
  });
  await narrator.claim(figures.doubleDebited === 0, {
    en: 'No card was debited twice for one sale.',
    ru: 'Ни одна карта не списана дважды за одну продажу.',
  });
  await narrator.claim(figures.lost === 0, { en: 'No sale was lost.', ru: 'Ни одна продажа не потеряна.' });
  await narrator.claim(figures.sales === counter.accepted().length, {
    en: 'Every accepted sale, and nothing else, has its receipt at the fiscal operator.',
    ru: 'У каждой принятой продажи, и только у них, есть чек у оператора фискальных данных.',
  });
  return figures;
}
