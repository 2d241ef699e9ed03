import { join } from 'node:path';
import type { sandboxApi } from '@bivak/contracts';
import { listen } from '@bivak/http-api';
import { createRenderer, type Renderer } from '@bivak/messages';
import { createLogger } from '@bivak/process';
import { adminClient } from './control/admin.ts';
import { createControlServer } from './control/control-server.ts';
import type { SandboxOptions } from './options.ts';
import { connectScenario } from './scenario/client.ts';
import { claimText } from './scenario/event-text.ts';
import { keepScenario, keptScenario, notPlayed } from './scenario/kept-scenario.ts';
import { createNarrator } from './scenario/narrator.ts';
import { SCENARIO_SPEED, WaitedInVain } from './scenario/pace.ts';
import { playScenario } from './scenario/scenario.ts';
import { banks, currency, tillIds, timeZone } from './world/business.ts';
import { type Ending, watchForEnding } from './world/ending.ts';
import { isHome, makeHome, NotPossible, removeHome } from './world/home.ts';
import { layOut, projectRoot } from './world/layout.ts';
import { endLeftovers } from './world/leftovers.ts';
import { takeFolder } from './world/lock.ts';
import type { PortName } from './world/plans.ts';
import { layOutWorld, stopDatabase, type World } from './world/world.ts';

/**
 * Runs the sandbox until it is ended (or, with `--once`, until the scenario was played). Resolves with the exit code.
 * Rejects with `NotPossible` if the user has to put something right first.
 */
export async function runSandbox(options: SandboxOptions): Promise<number> {
  const print = (line: string): void => console.log(line);
  let world: World | undefined;
  const renderer = rendererOf(options);
  const { t } = renderer;
  const ending = watchForEnding(() => print(stillEnding(renderer, world?.running() ?? [])));
  if (options.isReset && (await reset(options.dataDir))) print(t('sandbox:removed'));
  makeHome(options.dataDir);
  const layout = layOut(options.dataDir);
  const lock = takeFolder(layout.lockFile);
  if ('heldBy' in lock)
    throw new NotPossible('folder-in-use', { folder: options.dataDir, process: String(lock.heldBy ?? '?') });
  try {
    await buildScreens(renderer, print);
    if (ending.isAsked()) return 1;
    print(t('sandbox:starting'));
    world = await layOutWorld({
      layout,
      speed: options.isOnce ? SCENARIO_SPEED : 1,
      portBase: options.portBase,
      bankMind: options.banks,
      renderer,
      print,
    });
    try {
      return await run({ options, world, ending, renderer, print });
    } finally {
      print(t('sandbox:ending'));
      await world.stop();
    }
  } finally {
    lock.release();
  }
}

function rendererOf({ language }: SandboxOptions): Renderer {
  const nameOfBank = (bankId: string): string => {
    const bank = Object.entries(banks).find(([id]) => id === bankId)?.[1];
    return bank === undefined ? bankId : renderer.localName(bank.name);
  };
  const renderer = createRenderer({ language, timeZone, currency, nameOfBank });
  return renderer;
}

const stillEnding = ({ t, list }: Renderer, names: readonly string[]): string =>
  names.length === 0 ? t('sandbox:stillEndingDatabase') : t('sandbox:stillEnding', { names: list(names) });

interface Running {
  options: SandboxOptions;
  world: World;
  ending: Ending;
  renderer: Renderer;
  print: (line: string) => void;
}

async function run(running: Running): Promise<number> {
  const { options, world, ending, renderer, print } = running;
  const { scenarioFile } = world.layout;
  const before = keptScenario(scenarioFile);
  let scenario = before ?? notPlayed;
  const control = await serveControl(world, () => scenario);
  let figures: sandboxApi.ScenarioFigures | null = null;
  try {
    await Promise.race([world.start(), ending.asked]);
    if (ending.isAsked()) return options.isOnce ? 1 : 0;
    showUrls(running);
    if (before === undefined && options.hasScenario) {
      keepScenario(scenarioFile, { ...notPlayed, state: 'interrupted' });
      figures = await play(running, (now) => {
        scenario = now;
      });
      keepScenario(scenarioFile, scenario, figures);
    } else await leaveOut(running, before);
    if (options.isOnce) return scenario.state === 'held' ? 0 : 1;
    if (ending.isAsked()) return 0;
    if (scenario.state !== 'not-played' && before === undefined) showUrls(running); // the first ones have scrolled away
    print(`\n${renderer.t('sandbox:staysUp')}`);
    world.clock.change({ speed: 1 });
    await ending.asked;
    return 0;
  } finally {
    await control.close();
    if (options.isOnce && figures !== null) process.once('exit', () => console.log(JSON.stringify(figures)));
  }
}

/** A start without the scenario: says why, and lets a recorded link be played all the same. */
async function leaveOut(
  { options, world, renderer: { t }, print }: Running,
  before: sandboxApi.Scenario | undefined,
): Promise<void> {
  if (before === undefined) keepScenario(world.layout.scenarioFile, notPlayed);
  else if (options.hasScenario)
    print(`\n${t(`sandbox:whyNotPlayed.${before.state}`)}; ${t('sandbox:beginAnew')}`);
  if (options.trace === null) return;
  const { sandbox, tillIds: tills } = await connectScenario(world.url('control'));
  for (const tillId of tills) await sandbox.setLink(tillId, options.trace);
  print(t('sandbox:recordingPlays'));
}

/** Plays the scenario; resolves with its figures, or with null if it broke off or the user has ended it. */
async function play(
  { options, world, ending, renderer }: Running,
  onScenario: (scenario: sandboxApi.Scenario) => void,
): Promise<sandboxApi.ScenarioFigures | null> {
  const { t } = renderer;
  const client = await connectScenario(world.url('control'));
  const narrator = createNarrator({
    renderer,
    timeZone,
    now: async () => (await client.sandbox.clock()).now,
    writeLine: (line) => {
      if (!ending.isAsked()) console.log(line);
    },
    onEvent: () => onScenario({ ...soFar(), state: 'playing' }),
  });
  const soFar = () => ({ items: [...narrator.events()], failed: [...narrator.failed()], brokeOffAt: null });
  const playing = playScenario(client, narrator, { trace: options.trace, kill: options.kill }).catch(
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  const figures = await Promise.race([playing, ending.asked.then(() => null)]);
  if (figures === null) {
    onScenario({ ...soFar(), state: 'interrupted' });
    return null;
  }
  if (figures instanceof WaitedInVain) {
    console.error(t('sandbox:waitedInVain', { wait: t(`scenario:wait.${figures.wait}`) }));
    onScenario({ ...soFar(), state: 'interrupted', brokeOffAt: figures.wait });
    return null;
  }
  if (figures instanceof Error) {
    console.error(t('sandbox:brokeOff', { why: figures.stack ?? figures.message }));
    onScenario({ ...soFar(), state: 'interrupted' });
    return null;
  }
  for (const event of narrator.events())
    if (event.kind === 'claim' && !event.holds)
      console.error(t('sandbox:notTrue', { claim: claimText(renderer, event) }));
  onScenario({ ...soFar(), state: narrator.failed().length === 0 ? 'held' : 'failed' });
  return figures;
}

async function serveControl(world: World, scenario: () => sandboxApi.Scenario) {
  const { clock, children, url } = world;
  const server = await createControlServer({
    log: createLogger('sandbox', { nowMs: () => clock.nowMs(), at: () => ({ cancel: () => {} }) }).child(
      {},
      { level: 'silent' },
    ),
    panelFolder: join(projectRoot, 'apps/sandbox/dist'),
    controlled: {
      sendToAdmin: adminClient((name) => url(name as PortName)),
      clock,
      processes: {
        list: () => [...children.values()].map((child) => child.state()),
        start: (name) => children.get(name)!.start(),
        kill: (name) => children.get(name)!.kill(),
      },
      tills: tillIds.map((tillId) => ({ tillId, url: url(tillId) })),
      banks: new Map(Object.entries(banks).map(([bankId, { name }]) => [bankId, name])),
      scenario,
    },
  });
  await world.releaseControl();
  await listen(server, world.ports.control);
  return server;
}

function showUrls({ world, renderer: { t }, print }: Running): void {
  const rows: [name: string, place: string][] = [
    [t('sandbox:addresses.panel'), `${world.url('control')}   ${t('sandbox:addresses.panelHas')}`],
    ...tillIds.map((tillId): [string, string] => [
      t('sandbox:addresses.till'),
      `${world.url(tillId)}   (${tillId})`,
    ]),
    [t('sandbox:addresses.console'), world.url('console')],
    [t('sandbox:addresses.host'), `${world.url('host')}/openapi.json`],
    [t('sandbox:addresses.data'), world.layout.dataDir],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  print('');
  for (const [name, place] of rows) print(`  ${name.padEnd(width)}   ${place}`);
}

/** Removes what earlier starts have kept; false if there was nothing. */
async function reset(dataDir: string): Promise<boolean> {
  if (!isHome(dataDir)) return false;
  const layout = layOut(dataDir);
  const lock = takeFolder(layout.lockFile);
  if ('heldBy' in lock)
    throw new NotPossible('reset-while-running', { folder: dataDir, process: String(lock.heldBy ?? '?') });
  await endLeftovers(layout.processesFile);
  await stopDatabase(layout, { drop: true });
  lock.release();
  removeHome(dataDir);
  return true;
}

/** Builds screens that are missing or older than their sources. */
async function buildScreens({ t }: Renderer, print: (line: string) => void): Promise<void> {
  const { ensureScreens } = (await import(join(projectRoot, 'tools/build.ts'))) as {
    ensureScreens: () => void;
  };
  try {
    ensureScreens();
  } catch (error) {
    print(t('sandbox:notBuilt', { cause: (error as Error).message }));
  }
}
