import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keepStory, keptStory, notPlayed } from './kept-story.ts';

it('keeps what became of the story, so that it is played in a new world only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bivak-story-'));
  const file = join(folder, 'story.json');
  expect(keptStory(file)).toBeUndefined();
  keepStory(file, notPlayed);
  expect(keptStory(file)).toEqual(notPlayed);
  keepStory(file, { state: 'interrupted', items: [], failed: ['it broke off'] });
  expect(keptStory(file)!.state).toBe('interrupted');
  writeFileSync(file, '{');
  expect(keptStory(file)).toBeUndefined();
  rmSync(folder, { recursive: true });
});
