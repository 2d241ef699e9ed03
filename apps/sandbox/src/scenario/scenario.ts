import type { sandboxApi } from '@bivak/contracts';
import { playArrival, pullPlug } from './arrival.ts';
import type { ScenarioClient } from './client.ts';
import { Counter } from './counter.ts';
import { countFigures } from './figures.ts';
import type { Narrator } from './narrator.ts';
import { createPace, SCENARIO_SPEED } from './pace.ts';
import { playPrelude } from './prelude.ts';
import { ledgers, type Stage } from './stage.ts';
import { playStopList } from './stop-list.ts';
import { playReports, playTunnel } from './tunnel.ts';
import { playWeek } from './week.ts';

/**
 * Plays the scenario of a train's week, through the HTTP APIs alone, and counts its figures from the independent side.
 * Rejects with `WaitedInVain` if something that it needs does not happen.
 */
export async function playScenario(
  client: ScenarioClient,
  narrator: Narrator,
  options: { trace: sandboxApi.LinkSetting | null; kill: 'host' | 'till' | null },
): Promise<sandboxApi.ScenarioFigures> {
  await client.sandbox.changeClock({ speed: SCENARIO_SPEED });
  const counter = new Counter(client, narrator);
  const stage: Stage = { client, narrator, pace: createPace(client), counter, ...options, sales: new Map() };
  await counter.open();
  await playPrelude(stage);
  await playTunnel(stage);
  await playReports(stage);
  if (options.kill === 'till') await pullPlug(stage, 'till-1');
  await playArrival(stage);
  await playWeek(stage);
  await playStopList(stage);
  return conclude(stage);
}

async function conclude({ client, narrator, counter }: Stage): Promise<sandboxApi.ScenarioFigures> {
  await narrator.chapter('sums');
  const figures = countFigures({
    ledgers: await ledgers(client),
    sms: await client.sandbox.sms(),
    fiscalDocuments: await client.sandbox.fiscalDocuments(),
    counter: counter.answers(),
  });
  await narrator.claim(figures.doubleDebited === 0, 'no-double-debit', {});
  await narrator.claim(figures.lost === 0, 'nothing-lost', {});
  await narrator.claim(figures.sales === counter.accepted().length, 'receipt-for-each-sale', {});
  return figures;
}
