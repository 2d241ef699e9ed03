import type { sandboxApi } from '@bivak/contracts';
import type { LocalName } from '@bivak/domain';
import type { ClockServer } from '../clock/clock-server.ts';
import type { SendToAdmin } from './admin.ts';

/** What the API steers. */
export interface Controlled {
  sendToAdmin: SendToAdmin;
  clock: Pick<ClockServer, 'nowMs' | 'setting' | 'change'>;
  processes: {
    list(): sandboxApi.ProcessState[];
    /** Rejects if the process cannot be brought up. */
    start(name: string): Promise<void>;
    kill(name: string): Promise<void>;
  };
  tills: readonly sandboxApi.TillAddress[];
  banks: ReadonlyMap<string, LocalName>;
  scenario(): sandboxApi.Scenario;
}
