import type { sandboxApi } from '@bivak/contracts';
import { Problem } from '@bivak/http-api';
import type { ClockServer } from '../clock/clock-server.ts';
import type { AskAdmin } from './admin.ts';

/** What the API steers. */
export interface Controlled {
  askAdmin: AskAdmin;
  clock: Pick<ClockServer, 'nowMs' | 'setting' | 'change'>;
  processes: {
    list(): sandboxApi.ProcessState[];
    /** Rejects where the process cannot be brought up. */
    start(name: string): Promise<void>;
    kill(name: string): Promise<void>;
  };
  tills: readonly sandboxApi.TillAddress[];
  banks: ReadonlyMap<string, { ru: string; en: string }>;
  story(): sandboxApi.Story;
}

/** The problem of a name that nothing in the world bears. */
export function unknown(what: string, name: string, known: readonly string[]): Problem {
  return new Problem(404, `unknown-${what}`, `There is no ${what} “${name}”; there are ${known.join(', ')}.`);
}
