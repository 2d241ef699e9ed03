import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type ClockSetting, virtualNowMs } from '@bivak/clock';
import { z } from 'zod';
import { type ClockChange, changeSetting } from './change.ts';

/** The clock that all processes of the sandbox follow. */
export interface ClockServer {
  port: number;
  setting(): ClockSetting;
  nowMs(): number;
  change(change: ClockChange): ClockSetting;
  close(): Promise<void>;
}

/** How long ahead the saved instant stands, in real time: what a killed sandbox may have shown since it last saved. */
const SAVE_EVERY_REAL_MS = 1_000;
const savedClock = z.object({ virtualMs: z.number().int() });

/**
 * Serves the sandbox's clock on loopback: one JSON line with the setting at connection and at each change. What it
 * shows is kept in `file`, so that the next start goes on from the same instant and never from an earlier one:
 * while it runs, the file holds an instant that has not been reached yet.
 */
export async function startClockServer(options: {
  port: number;
  file: string;
  /** What a clock that has never run begins with. */
  beginsAtMs: number;
  speed: number;
}): Promise<ClockServer> {
  const saved = readSaved(options.file);
  let setting: ClockSetting = {
    anchorRealMs: Date.now(),
    anchorVirtualMs: saved?.virtualMs ?? options.beginsAtMs,
    speed: options.speed,
  };
  const followers = new Set<Socket>();
  const nowMs = (): number => Math.max(setting.anchorVirtualMs, virtualNowMs(setting, Date.now()));
  const save = (aheadRealMs: number): void =>
    writeSaved(options.file, { virtualMs: Math.ceil(nowMs() + aheadRealMs * setting.speed) });
  const server = createServer((socket) => {
    followers.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => followers.delete(socket));
    socket.on('data', () => {}); // nothing is requested of the clock here; what comes is let pass
    socket.write(`${JSON.stringify(setting)}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  save(2 * SAVE_EVERY_REAL_MS);
  const saving = setInterval(() => save(2 * SAVE_EVERY_REAL_MS), SAVE_EVERY_REAL_MS);
  return {
    port: (server.address() as AddressInfo).port,
    setting: () => setting,
    nowMs,
    change(change) {
      setting = changeSetting(setting, change, Date.now());
      save(2 * SAVE_EVERY_REAL_MS);
      for (const follower of followers) follower.write(`${JSON.stringify(setting)}\n`);
      return setting;
    },
    async close() {
      clearInterval(saving);
      save(0);
      for (const follower of followers) follower.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readSaved(file: string): z.infer<typeof savedClock> | undefined {
  try {
    return savedClock.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The clock's file ${file} cannot be read; "--reset" begins anew.`, { cause: error });
  }
}

/** Written beside and renamed, so that a crash leaves the old file or the new one, never half of it. */
function writeSaved(file: string, saved: z.infer<typeof savedClock>): void {
  writeFileSync(`${file}.new`, JSON.stringify(saved));
  renameSync(`${file}.new`, file);
}
