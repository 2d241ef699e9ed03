import { join } from 'node:path';
import type { sandboxApi } from '@bivak/contracts';
import { listen } from '@bivak/http-api';
import { createLogger } from '@bivak/process';
import { adminClient } from './control/admin.ts';
import { createControlServer } from './control/control-server.ts';
import type { SandboxOptions } from './options.ts';
import { connectStory } from './story/client.ts';
import { keepStory, keptStory, notPlayed } from './story/kept-story.ts';
import { createNarrator } from './story/narrator.ts';
import { STORY_SPEED, StoryWaited } from './story/pace.ts';
import { tellStory } from './story/story.ts';
import { type SandboxWords, sandboxWords } from './words.ts';
import { banks, tillIds, timeZone } from './world/business.ts';
import { type Ending, watchForEnding } from './world/ending.ts';
import { isHome, makeHome, NotPossible, removeHome } from './world/home.ts';
import { layOut, projectRoot } from './world/layout.ts';
import { endLeftovers } from './world/leftovers.ts';
import { takeFolder } from './world/lock.ts';
import type { PortName } from './world/plans.ts';
import { layOutWorld, stopDatabase, type World } from './world/world.ts';

/**
 * Runs the sandbox until it is told to end (or, with `--once`, until the story is told). Resolves with the exit code.
 * Rejects with `NotPossible` if the user has to put something right first.
 */
export async function runSandbox(options: SandboxOptions): Promise<number> {
  const print = (line: string): void => console.log(line);
  let world: World | undefined;
  const words = sandboxWords[options.language];
  const ending = watchForEnding(() => print(words.stillEnding(world?.running() ?? [])));
  if (options.isReset && (await reset(options.dataDir))) print(words.removed);
  makeHome(options.dataDir);
  const layout = layOut(options.dataDir);
  const lock = takeFolder(layout.lockFile);
  if ('heldBy' in lock)
    throw new NotPossible(
      `Another sandbox runs on ${options.dataDir} (process ${lock.heldBy ?? 'unknown'}): end it first, or say --data-dir.`,
    );
  try {
    await buildScreens(print);
    if (ending.isAsked()) return 1;
    print(words.starting);
    world = await layOutWorld({
      layout,
      speed: options.isOnce ? STORY_SPEED : 1,
      portBase: options.portBase,
      words,
      print,
    });
    try {
      return await run({ options, world, ending, words, print });
    } finally {
      print(words.ending);
      await world.stop();
    }
  } finally {
    lock.release();
  }
}

interface Running {
  options: SandboxOptions;
  world: World;
  ending: Ending;
  words: SandboxWords;
  print: (line: string) => void;
}

async function run(running: Running): Promise<number> {
  const { options, world, ending, words, print } = running;
  const { storyFile } = world.layout;
  const before = keptStory(storyFile);
  let story = before ?? notPlayed;
  const control = await serveControl(world, () => story);
  let figures: sandboxApi.StoryFigures | null = null;
  try {
    await Promise.race([world.start(), ending.asked]);
    if (ending.isAsked()) return options.isOnce ? 1 : 0;
    showUrls(running);
    if (before === undefined && options.hasStory) {
      keepStory(storyFile, { state: 'interrupted', items: [], failed: [] });
      const told = await play(running, (now) => {
        story = now;
      });
      keepStory(storyFile, story, told);
      figures = told;
    } else await leaveOut(running, before);
    if (options.isOnce) return story.state === 'held' ? 0 : 1;
    if (ending.isAsked()) return 0;
    if (story.state !== 'not-played' && before === undefined) showUrls(running); // the first ones have scrolled away
    print(`\n${words.staysUp}`);
    world.clock.change({ speed: 1 });
    await ending.asked;
    return 0;
  } finally {
    await control.close();
    if (options.isOnce && figures !== null) process.once('exit', () => console.log(JSON.stringify(figures)));
  }
}

/** A start without the story: says why, and lets a recorded link be played all the same. */
async function leaveOut(
  { options, world, words, print }: Running,
  before: sandboxApi.Story | undefined,
): Promise<void> {
  if (before === undefined) keepStory(world.layout.storyFile, notPlayed);
  else if (options.hasStory) print(`\n${words.whyNotPlayed[before.state]}; ${words.beginAnew}`);
  if (options.trace === null) return;
  const { sandbox, tillIds: tills } = await connectStory(world.url('control'));
  for (const tillId of tills) await sandbox.setLink(tillId, options.trace);
  print(words.recordingPlays);
}

/** Plays the story; resolves with its figures, or with null where it broke off or the user has ended it. */
async function play(
  { options, world, ending, words }: Running,
  onStory: (story: sandboxApi.Story) => void,
): Promise<sandboxApi.StoryFigures | null> {
  const client = await connectStory(world.url('control'));
  const narrator = createNarrator({
    language: options.language,
    timeZone,
    now: async () => (await client.sandbox.clock()).now,
    writeLine: (line) => {
      if (!ending.isAsked()) console.log(line);
    },
    onEvent: (items) => onStory({ state: 'playing', items: [...items], failed: [] }),
  });
  const told = tellStory(client, narrator, { trace: options.trace, kill: options.kill }).catch(
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  const figures = await Promise.race([told, ending.asked.then(() => null)]);
  const items = [...narrator.events()];
  if (figures === null) {
    onStory({ state: 'interrupted', items, failed: [...narrator.failed()] });
    return null;
  }
  if (figures instanceof Error) {
    const why = figures instanceof StoryWaited ? figures.message : (figures.stack ?? figures.message);
    console.error(words.brokeOff(why));
    onStory({ state: 'interrupted', items, failed: [...narrator.failed(), figures.message] });
    return null;
  }
  const failed = [...narrator.failed()];
  for (const claim of failed) console.error(words.notTrue(claim));
  onStory({ state: failed.length === 0 ? 'held' : 'failed', items, failed });
  return figures;
}

async function serveControl(world: World, story: () => sandboxApi.Story) {
  const { clock, children, url } = world;
  const server = await createControlServer({
    log: createLogger('sandbox', { nowMs: () => clock.nowMs(), at: () => ({ cancel: () => {} }) }).child(
      {},
      { level: 'silent' },
    ),
    panelFolder: join(projectRoot, 'apps/sandbox/dist'),
    controlled: {
      askAdmin: adminClient((name) => url(name as PortName)),
      clock,
      processes: {
        list: () => [...children.values()].map((child) => child.state()),
        start: (name) => children.get(name)!.start(),
        kill: (name) => children.get(name)!.kill(),
      },
      tills: tillIds.map((tillId) => ({ tillId, url: url(tillId) })),
      banks: new Map(Object.entries(banks).map(([bankId, { name }]) => [bankId, name])),
      story,
    },
  });
  await world.releaseControl();
  await listen(server, world.ports.control);
  return server;
}

function showUrls({ world, words, print }: Running): void {
  const { panel, panelHas, till, console: screen, host, data } = words.addresses;
  const width = Math.max(...[panel, till, screen, host, data].map(({ length }) => length));
  const show = (name: string, where: string): void => print(`  ${name.padEnd(width)}   ${where}`);
  print('');
  show(panel, `${world.url('control')}   ${panelHas}`);
  for (const tillId of tillIds) show(till, `${world.url(tillId)}   (${tillId})`);
  show(screen, world.url('console'));
  show(host, `${world.url('host')}/openapi.json`);
  show(data, world.layout.dataDir);
}

/** Removes what earlier starts have kept; false where there was nothing. */
async function reset(dataDir: string): Promise<boolean> {
  if (!isHome(dataDir)) return false;
  const layout = layOut(dataDir);
  const lock = takeFolder(layout.lockFile);
  if ('heldBy' in lock)
    throw new NotPossible(
      `A sandbox runs on ${dataDir} (process ${lock.heldBy ?? 'unknown'}): end it before it is begun anew.`,
    );
  await endLeftovers(layout.processesFile);
  await stopDatabase(layout, { drop: true });
  lock.release();
  removeHome(dataDir);
  return true;
}

/** Builds screens that are missing or older than their sources. */
async function buildScreens(print: (line: string) => void): Promise<void> {
  const { ensureScreens } = (await import(join(projectRoot, 'tools/build.ts'))) as {
    ensureScreens: () => void;
  };
  try {
    ensureScreens();
  } catch (error) {
    print(`${(error as Error).message} The APIs run all the same; "npm run build" says more.`);
  }
}
