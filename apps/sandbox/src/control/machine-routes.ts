import { sandboxApi } from '@bivak/contracts';
import { Problem } from '@bivak/domain';
import type { ApiServer } from '@bivak/http-api';
import { z } from 'zod';
import { listOf } from './admin.ts';
import type { Controlled } from './controlled.ts';

const processName = z.object({ name: z.string() });

/** What the sandbox itself does: its clock, its processes, its scenario. */
export function addMachineRoutes(server: ApiServer, controlled: Controlled): void {
  addClockRoutes(server, controlled);
  addProcessRoutes(server, controlled);
  server.get(
    '/v1/scenario',
    {
      schema: {
        summary: 'The scenario as far as it has been played',
        response: { 200: sandboxApi.scenario },
      },
    },
    () => controlled.scenario(),
  );
}

function addClockRoutes(server: ApiServer, { clock }: Controlled): void {
  const state = (): sandboxApi.ClockState => ({
    now: new Date(clock.nowMs()).toISOString(),
    speed: clock.setting().speed,
  });
  server.get(
    '/v1/clock',
    { schema: { summary: 'The clock of all processes', response: { 200: sandboxApi.clockState } } },
    state,
  );
  server.post(
    '/v1/clock',
    {
      schema: {
        summary: 'Move the clock ahead or change its speed; it never runs backwards',
        body: sandboxApi.clockChange,
        response: { 200: sandboxApi.clockState },
      },
    },
    ({ body }) => {
      const atMs = body.at === undefined ? undefined : Date.parse(body.at);
      if (atMs !== undefined && atMs < clock.nowMs())
        throw new Problem('clock-cannot-go-back', { now: state().now });
      refuseTooFar(Math.max(clock.nowMs() + (body.advanceMs ?? 0), atMs ?? 0));
      clock.change({ advanceMs: body.advanceMs, atMs, speed: body.speed });
      return state();
    },
  );
}

/** Instants are written with four digits for the year everywhere. */
function refuseTooFar(atMs: number): void {
  if (atMs < Date.UTC(2100, 0, 1)) return;
  throw new Problem('clock-too-far', {});
}

function addProcessRoutes(server: ApiServer, { processes }: Controlled): void {
  const stateOf = (name: string): sandboxApi.ProcessState => {
    const states = processes.list();
    const state = states.find((process) => process.name === name);
    if (state !== undefined) return state;
    throw new Problem('unknown-process', { process: name, known: states.map((process) => process.name) });
  };
  server.get(
    '/v1/processes',
    {
      schema: { summary: 'The processes of the sandbox', response: { 200: listOf(sandboxApi.processState) } },
    },
    () => ({ items: processes.list() }),
  );
  server.post(
    '/v1/processes/:name',
    {
      schema: {
        summary: 'Pull a process’s plug (kill -9), or start it again',
        params: processName,
        body: sandboxApi.processAction,
        response: { 200: sandboxApi.processState },
      },
    },
    async ({ params, body }) => {
      const { name } = stateOf(params.name);
      if (body.action === 'kill') await processes.kill(name);
      else await processes.start(name).catch((error: Error) => refuseStart(name, error));
      return stateOf(name);
    },
  );
}

function refuseStart(name: string, error: Error): never {
  throw new Problem('process-does-not-start', { process: name }, { cause: error });
}
