import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { findChromium, playwrightInstall } from './chromium.ts';

const folder = mkdtempSync(join(tmpdir(), 'bivak-chromium-'));
const script = (name: string, code: number): string => {
  writeFileSync(join(folder, name), `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 });
  return join(folder, name);
};

afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the Chromium of the browser tests', () => {
  it('is looked for where Playwright’s installer puts it', () => {
    const [cli, ...args] = playwrightInstall;
    const { stdout } = spawnSync(process.execPath, [cli!, ...args, '--dry-run'], { encoding: 'utf8' });
    const location = /Install location: +(.*chromium.*)/.exec(stdout)?.[1];
    expect(location).toBeDefined();
    expect(chromium.executablePath().startsWith(location!)).toBe(true);
  });

  it('is one that runs, not the first file of that name', async () => {
    vi.stubEnv('BIVAK_CHROMIUM', '');
    vi.stubEnv('PATH', folder);
    script('chromium', 1);
    expect(await findChromium().catch(() => 'none')).not.toBe(join(folder, 'chromium'));
    const works = script('google-chrome-stable', 0);
    expect(await findChromium()).toBe(works);
    vi.stubEnv('BIVAK_CHROMIUM', join(folder, 'chromium'));
    await expect(findChromium()).rejects.toThrow('does not run');
  });
});
