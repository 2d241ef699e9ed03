import type { hostApi, sandboxApi } from '@bivak/contracts';
import type { PaymentState } from '@bivak/domain';
import type { ScenarioClient } from './client.ts';

/** How fast the clock runs while messages are under way: faster, and time-outs would come before answers. */
export const SCENARIO_SPEED = 10;
/** And while something is sold: a drive has two seconds for an answer, which a slow machine needs most of. */
const COUNTER_SPEED = 3;

const POLL_REAL_MS = 40;
/** How long the scenario waits in real time before it breaks off. */
const MAX_WAIT_REAL_MS = 45_000;

/** What the scenario needs did not happen in good time. */
export class WaitedInVain extends Error {
  readonly wait: sandboxApi.ScenarioWait;
  constructor(wait: sandboxApi.ScenarioWait) {
    super(`waited in vain: ${wait}`);
    this.wait = wait;
  }
}

/** Keeps the scenario's pace: waits for what is under way, and jumps over the time in which nothing is. */
export interface Pace {
  nowMs(): Promise<number>;
  jumpTo(atMs: number): Promise<void>;
  /** Polls until `condition` holds. Rejects with `WaitedInVain` if it does not in good time. */
  until(wait: sandboxApi.ScenarioWait, condition: () => Promise<boolean>): Promise<void>;
  /** As `until`, but moves the clock over outages of the links meanwhile. */
  untilOverLinks(wait: sandboxApi.ScenarioWait, condition: () => Promise<boolean>): Promise<void>;
  /** Waits until the host has nothing under way. */
  untilHostIdle(): Promise<void>;
  /** Runs the clock as slowly as the counter needs it while `work` is done. */
  atTheCounter<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Lets time pass until `atMs`: each thing that the host has planned before happens at its time. */
  passUntil(atMs: number): Promise<void>;
}

export function createPace(client: ScenarioClient): Pace {
  const { sandbox, host } = client;
  const polls = MAX_WAIT_REAL_MS / POLL_REAL_MS;
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, POLL_REAL_MS)); // real time: polling
  const nowMs = async (): Promise<number> => Date.parse((await sandbox.clock()).now);
  const poll = async (
    wait: sandboxApi.ScenarioWait,
    condition: () => Promise<boolean>,
    meanwhile: () => Promise<void>,
  ): Promise<void> => {
    for (let count = 0; count < polls; count += 1) {
      if (await condition()) return;
      await meanwhile();
      await pause();
    }
    throw new WaitedInVain(wait);
  };
  /** While no link passes anything and nothing else is under way, the next that happens is the end of an outage. */
  const overDeadLinks = async (): Promise<void> => {
    const links = await sandbox.links();
    const ends = links.flatMap(({ changesAt }) => (changesAt ? [Date.parse(changesAt)] : []));
    if (ends.length === 0 || links.some(({ passing }) => passing) || !(await isWaiting(host))) return;
    await jumpTo(Math.min(...ends));
  };
  const jumpTo = async (atMs: number): Promise<void> => {
    const at = new Date(Math.max(atMs, (await nowMs()) + 1)).toISOString();
    await sandbox.changeClock({ at });
  };
  const idle = async (): Promise<boolean> => isIdle(await host.work());
  const untilHostIdle = (): Promise<void> => poll('host-idle', idle, async () => {});
  return {
    nowMs,
    jumpTo,
    until: (wait, condition) => poll(wait, condition, async () => {}),
    untilOverLinks: (wait, condition) => poll(wait, condition, overDeadLinks),
    untilHostIdle,
    async atTheCounter(work) {
      await sandbox.changeClock({ speed: COUNTER_SPEED });
      const result = await work();
      await sandbox.changeClock({ speed: SCENARIO_SPEED });
      return result;
    },
    async passUntil(atMs) {
      for (let turns = 0; turns < polls; turns += 1) {
        await untilHostIdle();
        const [currentMs, { nextDueAt }] = await Promise.all([nowMs(), host.work()]);
        const dueMs = nextDueAt === null ? Number.POSITIVE_INFINITY : Date.parse(nextDueAt);
        const isAllDone = dueMs > currentMs;
        if (currentMs >= atMs && isAllDone) return;
        // What is due already is being taken up (the jump may not have reached the host yet): the clock runs on meanwhile.
        if (isAllDone) await jumpTo(Math.min(dueMs, atMs));
        await pause();
      }
      throw new WaitedInVain('due-work-done');
    },
  };
}

function isIdle(work: hostApi.Work): boolean {
  return (
    work.intakeBacklog === 0 &&
    work.paymentsInFlight === 0 &&
    work.debtsAttempting === 0 &&
    work.noticesInFlight === 0
  );
}

const stillStates: readonly PaymentState[] = ['collected', 'declined', 'reversing'];

/** True if the host has nothing under way but reversals that a silent bank does not confirm: those only repeat. */
async function isWaiting(host: ScenarioClient['host']): Promise<boolean> {
  const [work, payments] = await Promise.all([host.work(), host.payments()]);
  const isStill = isIdle({ ...work, paymentsInFlight: 0 });
  return isStill && payments.every(({ state }) => stillStates.includes(state));
}
