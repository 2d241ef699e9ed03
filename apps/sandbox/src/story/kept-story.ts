import { sandboxApi } from '@bivak/contracts';
import { z } from 'zod';
import { readWhole, writeWhole } from '../world/whole-file.ts';

const kept = z.object({ story: sandboxApi.story, figures: sandboxApi.storyFigures.nullable() });

export const notPlayed: sandboxApi.Story = { state: 'not-played', items: [], failed: [] };

/**
 * What an earlier start in this folder has made of the story; undefined in a new folder. The story is played in a new
 * world only: its claims count every sale, and would be wrong where others have been made.
 */
export function keptStory(file: string): sandboxApi.Story | undefined {
  return readWhole(file, kept)?.story;
}

/** Keeps how far the story has come: first, before anything happens, that it was not played or was interrupted. */
export function keepStory(
  file: string,
  story: sandboxApi.Story,
  figures: sandboxApi.StoryFigures | null = null,
): void {
  writeWhole(file, JSON.stringify({ story, figures }));
}
