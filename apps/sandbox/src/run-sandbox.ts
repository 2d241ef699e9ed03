import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { sandboxApi } from '@bivak/contracts';
import { listen } from '@bivak/http-api';
import { createLogger } from '@bivak/process';
import { adminClient } from './control/admin.ts';
import { createControlServer } from './control/control-server.ts';
import type { SandboxOptions } from './options.ts';
import { connectStory } from './story/client.ts';
import { createNarrator } from './story/narrator.ts';
import { tellStory } from './story/story.ts';
import { banks, tillIds, timeZone } from './world/business.ts';
import { type Layout, layOut, projectRoot } from './world/layout.ts';
import { takeFolder } from './world/lock.ts';
import type { PortName } from './world/plans.ts';
import { layOutWorld, stopDatabase, type World } from './world/world.ts';

/** Runs the sandbox until it is told to end (or, with `--once`, until the story is told). Resolves with the exit code. */
export async function runSandbox(options: SandboxOptions): Promise<number> {
  const tell = (line: string): void => console.log(line);
  if (options.isReset) await reset(options.dataDir, tell);
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const layout = layOut(options.dataDir);
  const lock = takeFolder(layout.lockFile);
  if ('heldBy' in lock) {
    console.error(
      `Another sandbox runs on ${options.dataDir} (process ${lock.heldBy ?? 'unknown'}): end it first, or say --data-dir.`,
    );
    return 1;
  }
  writeFileSync(layout.homeFile, JSON.stringify({ sandbox: 'bivak', project: projectRoot }));
  await buildScreens(tell);
  tell(
    'Starting the sandbox: banks, issuers, SMS centre, drives, fiscal operator, readers, radio, host, tills, console …',
  );
  const ended = endRequested();
  const world = await layOutWorld({
    layout,
    speed: options.isOnce ? 20 : 1,
    portBase: options.portBase,
    tell,
  });
  try {
    return await run(options, world, layout, ended, tell);
  } finally {
    tell('Ending every process …');
    await world.stop();
    lock.release();
  }
}

async function run(
  options: SandboxOptions,
  world: World,
  layout: Layout,
  ended: Promise<void>,
  tell: (line: string) => void,
): Promise<number> {
  let story: sandboxApi.Story = { state: 'not-played', items: [], failed: [] };
  const control = await serveControl(world, () => story);
  let figures: sandboxApi.StoryFigures | null = null;
  try {
    await Promise.race([world.start(), ended]);
    showUrls(world, tell);
    const isTold = existsSync(layout.storyFile);
    if (options.hasStory && (options.isOnce || !isTold)) {
      const told = await Promise.race([
        play(options, world, (now) => {
          story = now;
        }),
        ended.then(() => null),
      ]);
      if (told !== null) {
        writeFileSync(layout.storyFile, JSON.stringify({ story, figures: told.figures }));
        figures = told.figures;
      }
    } else if (isTold)
      story = (JSON.parse(readFileSync(layout.storyFile, 'utf8')) as { story: sandboxApi.Story }).story;
    if (!options.isOnce) {
      tell('\nEverything stays up; it is yours now. Ctrl-C ends it.');
      world.clock.change({ speed: 1 });
      await ended;
      return 0;
    }
  } finally {
    await control.close();
    if (options.isOnce && figures !== null) process.once('exit', () => console.log(JSON.stringify(figures)));
  }
  return story.state === 'held' ? 0 : 1;
}

/** Resolves when the user ends it. */
function endRequested(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}

async function play(
  options: SandboxOptions,
  world: World,
  onStory: (story: sandboxApi.Story) => void,
): Promise<{ figures: sandboxApi.StoryFigures | null }> {
  const client = await connectStory(world.url('control'));
  const narrator = createNarrator({
    language: options.language,
    timeZone,
    now: async () => (await client.sandbox.clock()).now,
    writeLine: (line) => console.log(line),
    onEvent: (items) => onStory({ state: 'playing', items: [...items], failed: [] }),
  });
  let figures: sandboxApi.StoryFigures | null = null;
  try {
    figures = await tellStory(client, narrator, { trace: options.trace, kill: options.kill });
  } catch (error) {
    console.error(`The story broke off: ${(error as Error).stack ?? String(error)}`);
    onStory({
      state: 'interrupted',
      items: [...narrator.events()],
      failed: [...narrator.failed(), String(error)],
    });
    return { figures };
  }
  const failed = [...narrator.failed()];
  for (const claim of failed) console.error(`Not true: ${claim}`);
  onStory({ state: failed.length === 0 ? 'held' : 'failed', items: [...narrator.events()], failed });
  return { figures };
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

function showUrls(world: World, tell: (line: string) => void): void {
  tell('');
  tell(`  Sandbox panel   ${world.url('control')}   (links, banks, cards, time, SMS)`);
  for (const tillId of tillIds) tell(`  Till            ${world.url(tillId)}   (${tillId})`);
  tell(`  Console         ${world.url('console')}`);
  tell(`  Host API        ${world.url('host')}/openapi.json`);
  tell(`  Data and logs   ${world.layout.dataDir}`);
}

/** Removes what earlier starts have kept: only in a folder that a sandbox has made. */
async function reset(dataDir: string, tell: (line: string) => void): Promise<void> {
  if (!existsSync(dataDir)) return;
  if (!existsSync(join(dataDir, 'home.json')))
    throw new Error(`${dataDir} is not a folder of the sandbox: it is not emptied.`);
  const layout = layOut(dataDir);
  const lock = takeFolder(layout.lockFile);
  if ('heldBy' in lock)
    throw new Error(
      `A sandbox runs on ${dataDir} (process ${lock.heldBy ?? 'unknown'}): end it before --reset.`,
    );
  await stopDatabase(layout, { drop: true });
  lock.release();
  rmSync(dataDir, { recursive: true, force: true });
  tell('What earlier starts had kept is removed.');
}

/** Builds screens that are missing or older than their sources. */
async function buildScreens(tell: (line: string) => void): Promise<void> {
  const { ensureScreens } = (await import(join(projectRoot, 'tools/build.ts'))) as {
    ensureScreens: () => void;
  };
  try {
    ensureScreens();
  } catch (error) {
    tell(`${(error as Error).message} The APIs run all the same; "npm run build" says more.`);
  }
}
