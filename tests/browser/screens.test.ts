import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dataFolder, Sandbox, until } from '../e2e/sandbox.ts';
import { accessibilityFaults, openPage, scan, sectionsOf, startBrowser, tooSmall } from './browser.ts';

const landscape = { width: 1280, height: 800 };
const portrait = { width: 800, height: 1280 };

describe('the screens, in a real browser over real processes', () => {
  const folder = dataFolder();
  let sandbox: Sandbox;
  let browser: Browser;
  let panelUrl: string;
  let tillUrl: string;
  let consoleUrl: string;
  /** Another till, whose reader no test puts a card on. */
  let quietTillUrl: string;

  beforeAll(async () => {
    browser = await startBrowser();
    sandbox = new Sandbox(folder.path, ['--no-scenario']);
    panelUrl = await sandbox.url();
    const { items } = await read<{ items: { name: string; url: string }[] }>(`${panelUrl}/v1/processes`);
    const urlOf = (name: string): string => items.find((one) => one.name === name)!.url;
    tillUrl = urlOf('till-1');
    quietTillUrl = urlOf('till-2');
    consoleUrl = urlOf('console');
    await until(
      'the till has a stop-list',
      async () =>
        (await read<{ stopList: { version: number } }>(`${tillUrl}/v1/status`)).stopList.version > 0,
    );
  });
  /** Whatever an earlier test left: each begins with the link up. */
  beforeEach(() => setLink('up'));
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await sandbox?.stop();
    await folder.remove();
  });

  const read = async <Body>(address: string): Promise<Body> => (await (await fetch(address)).json()) as Body;
  const send = (method: string, address: string, body: object) =>
    fetch(address, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  const setAccount = (card: string, body: object) => send('PUT', `${panelUrl}/v1/accounts/${card}`, body);
  const present = (card: string) => send('POST', `${panelUrl}/v1/reader/till-1/present`, { card });
  const setLink = async (mode: 'up' | 'down'): Promise<void> => {
    await send('PUT', `${panelUrl}/v1/link/till-1`, { mode });
    await until(
      `the till’s link is ${mode}`,
      async () => (await read<{ link: { state: string } }>(`${tillUrl}/v1/status`)).link.state === mode,
    );
  };
  /** A page that is waited for as long as a slow machine takes. */
  const open = async (...[address, options]: [string, Parameters<typeof openPage>[2]]) => {
    const page = await openPage(browser, address, options);
    page.setDefaultTimeout(60_000);
    return page;
  };

  it('sells with the link down, accepted offline; the link comes back in the panel; the console shows the money', async () => {
    const panel = await open(`${panelUrl}/?lang=ru`, landscape);
    const till = await open(`${tillUrl}/?lang=ru`, landscape);
    await panel.getByTestId('link-till-1').getByText('Нет', { exact: true }).click();
    await till.locator('[data-testid=link-state][data-state=down]').waitFor();
    expect(await till.getByTestId('link-state').textContent()).toBe('Связи нет: работаем офлайн');
    await till.reload(); // works with the link down, reload included

    await till.getByTestId('tile-BUF-001').click();
    await till.getByTestId('search').fill('капучино');
    await till.getByTestId('search').press('Enter');
    await scan(till, '4607001773207');
    const lines = till.locator('[data-testid^=basket-line-]');
    await lines.nth(2).waitFor();
    await till.reload();
    await lines.nth(2).waitFor();
    expect(await lines.count(), 'the basket outlives a reload').toBe(3);
    const total = await till.getByTestId('total').textContent();

    await panel.getByTestId('present-till-1').click();
    await till.getByTestId('pay-card').click();
    const outcome = till.getByTestId('outcome');
    await outcome.waitFor();
    expect(await outcome.getAttribute('data-outcome')).toBe('accepted-offline');
    expect(await outcome.textContent()).toContain('Деньги спишутся, когда появится связь');
    expect(await outcome.textContent()).toContain(total);
    await till.reload();
    await outcome.waitFor(); // it stays until it is touched
    expect(await accessibilityFaults(till)).toEqual([]);
    const { items } = await read<{ items: { saleId: string }[] }>(`${tillUrl}/v1/sales`);
    const { saleId } = items[0]!;
    await till.getByTestId('toggle-receipt').click();
    expect(await till.getByTestId('receipt').textContent()).toContain(saleId);
    await till.getByTestId('qr').waitFor();
    await till.getByTestId('next').click();
    await till.locator('[data-testid=queue][data-sales="1"]').waitFor();

    await panel.getByTestId('link-till-1').getByText('Есть', { exact: true }).click();
    const console_ = await open(`${consoleUrl}/payments?lang=ru`, landscape);
    const row = console_.getByTestId(`row-${saleId}`);
    await row.waitFor();
    await row.locator('[data-state=collected]').waitFor();
    await row.click();
    const opened = console_.getByTestId('opened');
    await opened.getByTestId('attempt-1').waitFor();
    expect(await opened.textContent()).toContain('одобрено');
    await till.locator('[data-testid=queue][data-sales="0"]').waitFor();
    expect([...panel.errors, ...till.errors, ...console_.errors]).toEqual([]);
  });

  it('tells refused, online and cash apart, in both languages', async () => {
    const till = await open(`${tillUrl}/?lang=en`, portrait);
    const pay = async (how: 'card' | 'cash', card?: string): Promise<string | null> => {
      await till.getByTestId('tile-BUF-002').click();
      if (card !== undefined) await present(card);
      await till.getByTestId(`pay-${how}`).click();
      await till.getByTestId('outcome').waitFor();
      return till.getByTestId('outcome').getAttribute('data-outcome');
    };
    await till.locator('[data-testid=link-state][data-state=up]').waitFor();
    expect(await pay('cash')).toBe('accepted-cash');
    await till.getByTestId('next').click();
    expect(await pay('card', 'buyer-02')).toBe('accepted-online');
    await till.getByTestId('next').click();
    expect(await pay('card', 'expired')).toBe('refused');
    expect(await till.getByTestId('outcome').textContent()).toContain(
      'The card has expired.Ask for another card or cash.',
    );
    expect(await accessibilityFaults(till)).toEqual([]);
    await till.getByTestId('next').click();
    await setAccount('buyer-03', { balanceMinor: 0 });
    expect(await pay('card', 'buyer-03')).toBe('refused');
    expect(await till.getByTestId('reason').textContent()).toBe('The bank did not approve this payment.');
    await till.getByTestId('next').click();
    await till.getByTestId('language').click();
    await till.getByText('Наличные', { exact: true }).waitFor();
  });

  it('asks for the card and lets the cashier take that back; the items stay in the basket', async () => {
    const till = await open(`${quietTillUrl}/?lang=ru`, landscape);
    await till.getByTestId('tile-BUF-001').click();
    await till.getByTestId('pay-card').click();
    await till.locator('[data-testid=card-prompt][data-prompt=present]').waitFor();
    expect(await till.getByTestId('card-prompt').textContent()).toContain('Приложите карту');
    expect(await accessibilityFaults(till)).toEqual([]);
    await till.getByTestId('cancel-card').click();
    await till.getByTestId('notice').getByText('Оплата картой отменена').waitFor();
    await till.getByTestId('basket-line-BUF-001').waitFor();
    expect(await till.getByTestId('pay-card').isEnabled()).toBe(true);
  });

  it.each([
    ['landscape', landscape, 'light'],
    ['landscape', landscape, 'dark'],
    ['portrait', portrait, 'contrast'],
  ])(
    'the till (%s, %o, %s) has no fault that axe knows, on any of its sheets, and no small target',
    async (_, size, appearance) => {
      const till = await open(`${tillUrl}/?lang=ru&appearance=${appearance}`, size);
      await till.getByTestId('tile-BUF-001').click();
      expect(await accessibilityFaults(till)).toEqual([]);
      expect(await tooSmall(till)).toEqual([]);
      await till.getByTestId('phone').click();
      expect(await accessibilityFaults(till)).toEqual([]);
      await till.getByTestId('phone-none').click();
      for (const sheet of ['report', 'sales', 'details']) {
        await till.getByTestId(`open-${sheet}`).click();
        await till.getByTestId('sheet').waitFor();
        await till.getByTestId('waiting').waitFor({ state: 'detached' });
        expect(await tooSmall(till)).toEqual([]);
        expect(await accessibilityFaults(till)).toEqual([]);
        await till.keyboard.press('Escape');
      }
      await till.getByTestId('clear').click();
    },
  );

  it.each(['light', 'dark'] as const)(
    'console and panel (%s) have no fault that axe knows',
    async (colorScheme) => {
      await present('buyer-04');
      const sale = {
        saleKey: `payment-${colorScheme}`,
        items: [{ sku: 'BUF-001', quantity: 1 }],
        tender: 'card',
      };
      const { saleId } = (await (await send('POST', `${tillUrl}/v1/sales`, sale)).json()) as {
        saleId: string;
      };
      const pages = [...(await sectionsOf(browser, consoleUrl)), `${consoleUrl}/payments/${saleId}`];
      for (const path of pages) {
        const page = await open(`${path}?lang=en`, { ...landscape, colorScheme });
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForTimeout(500);
        expect(await accessibilityFaults(page), path).toEqual([]);
        expect(page.errors).toEqual([]);
        await page.close();
      }
      const panel = await open(`${panelUrl}/?lang=en`, { ...landscape, colorScheme });
      await panel.getByTestId('process-host').waitFor();
      await panel.waitForTimeout(500);
      expect(await accessibilityFaults(panel)).toEqual([]);
    },
  );

  it('shows a cardholder his debt and lets him pay; the page is fit for everyone', async () => {
    await setLink('down');
    await present('short-1');
    const sale = {
      saleKey: 'debt-1',
      items: [{ sku: 'BUF-001', quantity: 3 }],
      tender: 'card',
      contact: { phone: '+79000000101' },
    };
    expect(await (await send('POST', `${tillUrl}/v1/sales`, sale)).json()).toMatchObject({
      mode: 'offline',
      outcome: 'accepted',
    });
    await setLink('up');
    let text: string | undefined;
    await until('the SMS has come', async () => {
      const { items } = await read<{ items: { to: string; text: string }[] }>(`${panelUrl}/v1/sms`);
      text = items.find(({ to }) => sale.contact.phone.endsWith(to.replace(/^\+/, '')))?.text;
      return text !== undefined;
    });
    const link = /http\S+/.exec(text!)![0];
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open(link, { width: 390, height: 844, colorScheme });
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.close();
    }
    await setAccount('short-1', { balanceMinor: 1_000_000 });
    const page = await open(link, { width: 390, height: 844 });
    await page.getByText('Попробовать сейчас').click();
    await page.locator('[data-state=recovered]').waitFor();
    expect(await page.textContent('main')).toContain('Покупка оплачена. Спасибо!');
    const stranger = await open(link.replace(/[^.]+$/, 'AAAAAAAAAAAAAAAA'), {
      width: 390,
      height: 844,
    });
    expect(await stranger.textContent('main')).toContain('Эта ссылка больше не работает');
    expect(await accessibilityFaults(stranger)).toEqual([]);
  });
});
