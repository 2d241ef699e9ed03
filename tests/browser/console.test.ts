import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, Sandbox } from '../e2e/sandbox.ts';
import { accessibilityFaults, openPage, startBrowser } from './browser.ts';

const desk = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
const addresses = [
  '',
  'payments',
  'payments?stage=toBeSent',
  'debts',
  'stop-list',
  'tills',
  'banks',
  'nowhere',
];

describe('console and panel, when the world behind them is not as it should be', () => {
  const folder = dataFolder();
  let sandbox: Sandbox;
  let browser: Browser;
  let panelUrl: string;
  let consoleUrl: string;

  beforeAll(async () => {
    browser = await startBrowser();
    sandbox = new Sandbox(folder.path, ['--no-scenario']);
    panelUrl = await sandbox.url();
    const { items } = (await (await fetch(`${panelUrl}/v1/processes`)).json()) as {
      items: { name: string; url: string }[];
    };
    consoleUrl = items.find(({ name }) => name === 'console')!.url;
  });
  afterAll(async () => {
    await browser?.close();
    await sandbox?.stop();
    await folder.remove();
  });

  it('says that the host is away, never that all is calm, and goes on by itself when it is back', async () => {
    const panel = await openPage(browser, `${panelUrl}/?lang=ru`, desk);
    const before = await openPage(browser, `${consoleUrl}/banks?lang=ru`, desk);
    await before.getByText('Банк Урал').waitFor();
    // The browser believes itself to be without a network; the console's server is on this machine.
    await before.evaluate(() => window.dispatchEvent(new Event('offline')));
    await panel.getByTestId('plug-host').click();
    await panel.getByTestId('outcome').filter({ hasText: 'Вилка выдернута: Хост' }).waitFor();
    await before.getByTestId('refresh-failed').filter({ hasText: 'Хост не отвечает' }).waitFor();
    expect(await before.getByText('Банк Урал').count(), 'what was read stays').toBe(1);
    const home = await openPage(browser, `${consoleUrl}/?lang=ru`, desk);
    await home.getByTestId('refresh-failed').waitFor();
    expect(await home.textContent('main')).not.toContain('ничего не требует вмешательства');
    expect(await accessibilityFaults(home)).toEqual([]);
    await panel.getByTestId('plug-host').click();
    await panel.locator('[data-testid=process-host][data-state=running]').waitFor({ timeout: 60_000 });
    await before.getByTestId('refresh-failed').waitFor({ state: 'detached', timeout: 60_000 });
    await home.getByTestId('stage-collected').waitFor({ timeout: 60_000 });
    expect([...panel.errors, ...before.errors, ...home.errors]).toEqual([]);
  });

  it('shows the other banks where one is dead, and tells a change that failed', async () => {
    const panel = await openPage(browser, `${panelUrl}/?lang=ru`, desk);
    await panel.getByTestId('plug-bank-ural').click();
    await panel.locator('[data-testid=process-bank-ural][data-state=stopped]').waitFor();
    await panel.reload();
    await panel.getByTestId('bank-north').waitFor();
    await panel.getByTestId('plug-bank-ural').click();
    await panel.locator('[data-testid=process-bank-ural][data-state=running]').waitFor();
    await panel.getByTestId('plug-reader-till-1').click();
    await panel.locator('[data-testid=process-reader-till-1][data-state=stopped]').waitFor();
    await panel.getByTestId('present-till-1').click();
    await panel.locator('[data-testid=outcome][data-done=false]').waitFor();
    expect(await panel.getByTestId('outcome').textContent()).toContain('Не получилось');
    await panel.getByTestId('plug-reader-till-1').click();
    await panel.locator('[data-testid=process-reader-till-1][data-state=running]').waitFor();
  });

  it('sets a balance with kopecks, and says so', async () => {
    const panel = await openPage(browser, `${panelUrl}/?lang=ru`, desk);
    const row = panel.getByTestId('card-short-1');
    await row.locator('input').first().fill('1249,5');
    await row.locator('button[type=submit]').click();
    await panel
      .getByTestId('outcome')
      .filter({ hasText: /1\s249,50\s₽/ })
      .waitFor();
  });

  it('is never wider than a telephone, on any page', async () => {
    const pages = [...addresses.map((path) => `${consoleUrl}/${path}`), `${panelUrl}/`];
    for (const address of pages) {
      const page = await openPage(browser, address, phone);
      await page.getByRole('heading', { level: 1 }).waitFor();
      const [content, screen] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ]);
      expect(content, address).toBe(screen);
      expect(await accessibilityFaults(page), address).toEqual([]);
      await page.close();
    }
  });
});
