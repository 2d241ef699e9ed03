import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keepScenario, keptScenario, notPlayed } from './kept-scenario.ts';

it('keeps what became of the scenario, so that it is played in a new world only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bivak-scenario-'));
  const file = join(folder, 'scenario.json');
  expect(keptScenario(file)).toBeUndefined();
  keepScenario(file, notPlayed);
  expect(keptScenario(file)).toEqual(notPlayed);
  keepScenario(file, { ...notPlayed, state: 'interrupted', brokeOffAt: 'host-idle' });
  expect(keptScenario(file)!.state).toBe('interrupted');
  writeFileSync(file, '{');
  expect(keptScenario(file)).toBeUndefined();
  rmSync(folder, { recursive: true });
});
