import { sandboxApi } from '@bivak/contracts';
import { z } from 'zod';
import { readWhole, writeWhole } from '../world/whole-file.ts';

const kept = z.object({ scenario: sandboxApi.scenario, figures: sandboxApi.scenarioFigures.nullable() });

/** A scenario of which nothing has been played. */
export const notPlayed: sandboxApi.Scenario = {
  state: 'not-played',
  items: [],
  failed: [],
  brokeOffAt: null,
};

/**
 * What an earlier start in this folder has made of the scenario; undefined in a new folder. It is played in a new world
 * only: its claims count every sale, and would be wrong if others have been made.
 */
export function keptScenario(file: string): sandboxApi.Scenario | undefined {
  return readWhole(file, kept)?.scenario;
}

/** Keeps how far the scenario has come: first, before anything happens, that it was not played or was interrupted. */
export function keepScenario(
  file: string,
  scenario: sandboxApi.Scenario,
  figures: sandboxApi.ScenarioFigures | null = null,
): void {
  writeWhole(file, JSON.stringify({ scenario, figures }));
}
