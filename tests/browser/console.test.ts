import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bankIds } from '../../apps/sandbox/src/world/business.ts';
import { dataFolder, Sandbox, until } from '../e2e/sandbox.ts';
import { accessibilityFaults, openPage, sectionsOf, startBrowser } from './browser.ts';

const desktop = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };

describe('console and panel, when the world behind them is not as it should be', () => {
  const folder = dataFolder();
  let sandbox: Sandbox;
  let browser: Browser;
  let panelUrl: string;
  let consoleUrl: string;
  let tillUrl: string;

  beforeAll(async () => {
    browser = await startBrowser();
    sandbox = new Sandbox(folder.path, ['--no-scenario']);
    panelUrl = await sandbox.url();
    const { items } = (await (await fetch(`${panelUrl}/v1/processes`)).json()) as {
      items: { name: string; url: string }[];
    };
    const urlOf = (process: string) => items.find(({ name }) => name === process)!.url;
    consoleUrl = urlOf('console');
    tillUrl = urlOf('till-1');
  });
  afterAll(async () => {
    await browser?.close();
    await sandbox?.stop();
    await folder.remove();
  });

  const read = async <Body>(address: string): Promise<Body> => (await (await fetch(address)).json()) as Body;
  const send = (method: string, address: string, body: object) =>
    fetch(address, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  const setLink = async (mode: 'up' | 'down'): Promise<void> => {
    await send('PUT', `${panelUrl}/v1/link/till-1`, { mode });
    await until(
      `the till’s link is ${mode}`,
      async () => (await read<{ link: { state: string } }>(`${tillUrl}/v1/status`)).link.state === mode,
    );
  };

  it('says that the host is away, never that all is calm, and goes on by itself when it is back', async () => {
    const panel = await openPage(browser, `${panelUrl}/?lang=ru`, desktop);
    const before = await openPage(browser, `${consoleUrl}/banks?lang=ru`, desktop);
    await before.getByText('Банк Урал').waitFor();
    // The browser believes itself to be without a network; the console's server is on this machine.
    await before.evaluate(() => window.dispatchEvent(new Event('offline')));
    await panel.getByTestId('plug-host').click();
    await panel.getByTestId('outcome').filter({ hasText: 'Вилка выдернута: Хост' }).waitFor();
    await before.getByTestId('refresh-failed').filter({ hasText: 'Хост не отвечает' }).waitFor();
    expect(await before.getByText('Банк Урал').count(), 'what was read stays').toBe(1);
    const home = await openPage(browser, `${consoleUrl}/?lang=ru`, desktop);
    await home.getByTestId('refresh-failed').waitFor();
    expect(await home.textContent('main')).not.toContain('ничего не требует вмешательства');
    expect(await accessibilityFaults(home)).toEqual([]);
    await panel.getByTestId('plug-host').click();
    await panel.locator('[data-testid=process-host][data-state=running]').waitFor({ timeout: 60_000 });
    await before.getByTestId('refresh-failed').waitFor({ state: 'detached', timeout: 60_000 });
    await home.getByTestId('stage-collected').waitFor({ timeout: 60_000 });
    expect([...panel.errors, ...before.errors, ...home.errors]).toEqual([]);
  });

  it('shows the other banks if one is dead, and says that a change failed', async () => {
    const panel = await openPage(browser, `${panelUrl}/?lang=ru`, desktop);
    await panel.getByTestId('plug-bank-ural').click();
    await panel.locator('[data-testid=process-bank-ural][data-state=stopped]').waitFor();
    await panel.reload();
    await panel.getByTestId('bank-north').waitFor();
    await panel.getByTestId('plug-bank-ural').click();
    await panel.locator('[data-testid=process-bank-ural][data-state=running]').waitFor();
    await panel.getByTestId('plug-reader-till-1').click();
    await panel.locator('[data-testid=process-reader-till-1][data-state=stopped]').waitFor();
    // Said before the next change is made, or its answer would take the place of that one's.
    await panel.getByTestId('outcome').filter({ hasText: 'Вилка выдернута' }).waitFor();
    await panel.getByTestId('present-till-1').click();
    await panel.locator('[data-testid=outcome][data-done=false]').waitFor();
    expect(await panel.getByTestId('outcome').textContent()).toContain('Не получилось');
    await panel.getByTestId('plug-reader-till-1').click();
    await panel.locator('[data-testid=process-reader-till-1][data-state=running]').waitFor();
  });

  it('sets a balance with kopecks, and says so', async () => {
    const panel = await openPage(browser, `${panelUrl}/?lang=ru`, desktop);
    const row = panel.getByTestId('card-short-1');
    await row.locator('input').first().fill('1249,5');
    await row.locator('button[type=submit]').click();
    await panel
      .getByTestId('outcome')
      .filter({ hasText: /1\s249,50\s₽/ })
      .waitFor();
  });

  it('says why a payment waits, until when, and with how much, if every bank has blocked the account', async () => {
    await until(
      'the till has a stop-list',
      async () =>
        (await read<{ stopList: { version: number } }>(`${tillUrl}/v1/status`)).stopList.version > 0,
    );
    for (const bank of bankIds) await send('PUT', `${panelUrl}/v1/banks/${bank}`, { mode: 'blocked' });
    await setLink('down');
    await send('POST', `${panelUrl}/v1/reader/till-1/present`, { card: 'buyer-05' });
    const sale = { saleKey: 'blocked-1', items: [{ sku: 'BUF-001', quantity: 1 }], tender: 'card' };
    const { saleId } = (await (await send('POST', `${tillUrl}/v1/sales`, sale)).json()) as { saleId: string };
    await setLink('up');
    const home = await openPage(browser, `${consoleUrl}/?lang=ru`, desktop);
    const blocked = home.getByTestId('action-item-every-bank-blocked');
    await blocked.waitFor({ timeout: 60_000 });
    expect(await blocked.textContent()).toMatch(/Все банки заблокировали счёт: ждёт 1 платёж на .+₽/);
    const text = await home.textContent('main');
    expect(text, 'no bank is said to be used instead').not.toContain('платежи идут через');
    await home.getByTestId('standstill-banks-blocked').click();
    await home.getByTestId(`row-${saleId}`).click();
    const headline = home.getByTestId('headline');
    await headline.waitFor();
    const { wait } = await read<{ wait: { untilAt: string } }>(`${consoleUrl}/api/v1/payments/${saleId}`);
    expect(wait.untilAt).toMatch(/Z$/);
    expect(await headline.textContent()).toMatch(/заблокировали наш счёт: .*попробуем снова .*\d\d:\d\d/);
    for (const bank of bankIds) await send('PUT', `${panelUrl}/v1/banks/${bank}`, { mode: 'up' });
    expect(home.errors).toEqual([]);
  });

  it('shows what is not in the books: why, since when, what to do, and the command that decides', async () => {
    const at = '2026-11-24T05:00:00.000Z';
    const figures = (seq: number, amountMinor: number) => ({ seq, amountMinor, currency: 'RUB' });
    const reason = {
      kind: 'sale-repeated',
      first: figures(1, 50_000),
      second: figures(3, 70_000),
      differs: 'sum',
    };
    const sale = { entryKind: 'sale.accepted', saleId: 'till-1-000006', currency: 'RUB', isCardSale: true };
    const options = ['collect', 'dismiss'];
    const line = {
      tillId: 'till-1',
      seq: 4,
      ...sale,
      amountMinor: 70_000,
      reason,
      since: at,
      options,
      decided: null,
    };
    const page = await openPage(browser, `${consoleUrl}/?lang=ru`, desktop);
    // No till of the sandbox uses a number twice: the host’s part is played here.
    await page.route('**/api/v1/money', async (route) => {
      const money = (await (await route.fetch()).json()) as object;
      return route.fulfill({ json: { ...money, unaccounted: { count: 1, sumMinor: 70_000, otherSums: 0 } } });
    });
    await page.route('**/api/v1/unaccounted?*', (route) =>
      route.fulfill({ json: { items: [line], nextCursor: null } }),
    );
    await page.locator('[data-testid=unaccounted][data-sum-minor="70000"]').click();
    const shown = page.getByTestId('line-till-1-4');
    await shown.waitFor();
    const text = await shown.textContent();
    expect(text).toMatch(/сначала 500,00\s₽ \(запись 1\), теперь 700,00\s₽/);
    expect(text).toContain('bivak host decide-entry till-1 4 --decision collect --by');
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(page.errors).toEqual([]);
  });

  it('takes the name of whoever has seen an alarm, remembers it, and tells the host', async () => {
    const at = '2026-11-24T05:00:00.000Z';
    const raised = {
      alarmId: 'alarm-1',
      tillId: 'till-1',
      kind: 'clock-off',
      data: { offMs: -720_000 },
      state: 'raised',
      raisedAt: at,
      lastSeenAt: at,
      acknowledgedAt: null as string | null,
      acknowledgedBy: null as string | null,
      endedAt: null,
    };
    const page = await openPage(browser, `${consoleUrl}/tills?lang=ru`, desktop);
    let alarm = raised;
    // No clock of the sandbox can be set wrong: the host’s part is played here.
    await page.route('**/api/v1/alarms?*', (route) =>
      route.fulfill({ json: { items: [alarm], nextCursor: null } }),
    );
    await page.route('**/api/v1/alarms/alarm-1/acknowledgement', (route) => {
      const { by } = route.request().postDataJSON() as { by: string };
      alarm = { ...raised, state: 'acknowledged', acknowledgedAt: at, acknowledgedBy: by };
      return route.fulfill({ json: alarm });
    });
    await page.getByText('Часы отстают на 12 мин').waitFor();
    await page.getByTestId('acknowledge-alarm-1').click();
    await page.getByTestId('person').fill('Анна');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByTestId('person').press('Enter');
    await page.getByTestId('row-alarm-1').getByText('Анна').waitFor();
    alarm = raised;
    await page.getByTestId('acknowledge-alarm-1').click();
    expect(await page.getByTestId('person').inputValue()).toBe('Анна');
    expect(page.errors).toEqual([]);
  });

  it('is never wider than a telephone, on any page', async () => {
    const sections = await sectionsOf(browser, consoleUrl);
    const others = [`${consoleUrl}/payments?stage=toBeSent`, `${consoleUrl}/nowhere`, `${panelUrl}/`];
    const pages = [...sections, ...others];
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
