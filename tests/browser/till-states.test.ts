import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureScreens } from '../../tools/build.ts';
import { accessibilityFaults, openPage, scan, startBrowser, tooSmall } from './browser.ts';
import { problem, refused, sold, TillStandIn } from './till-stand-in.ts';

const landscape = { width: 1280, height: 800 };

describe('the till’s screen, in states that a real till reaches rarely', () => {
  let browser: Browser;
  let till: TillStandIn;
  let address: string;

  beforeAll(async () => {
    ensureScreens();
    browser = await startBrowser();
  });
  beforeEach(async () => {
    till = new TillStandIn();
    address = await till.start();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await till.stop();
  });
  afterAll(() => browser?.close());

  const open = async (query = 'lang=ru'): Promise<Page> => {
    const page = await openPage(browser, `${address}/?${query}`, landscape);
    await page.getByTestId('pay-card').waitFor();
    return page;
  };
  const ringUp = (page: Page) => page.getByTestId('tile-BUF-001').click();
  it('keeps the items when a card is refused: they are paid in another way at once, as another sale', async () => {
    till.onSale = (newSale) =>
      newSale.tender === 'card' ? refused(newSale, 'stop-listed') : sold(newSale, 'cash');
    const page = await open();
    await ringUp(page);
    await page.getByTestId('pay-card').click();
    await page.locator('[data-testid=outcome][data-outcome=refused]').waitFor();
    await page.reload();
    await page.locator('[data-testid=outcome][data-outcome=refused]').waitFor(); // it stays until it is touched
    await page.getByTestId('next').click();
    await page.getByTestId('basket-line-BUF-001').waitFor();
    await page.getByTestId('pay-card').click();
    await page.getByTestId('retry-cash').click();
    await page.locator('[data-testid=outcome][data-outcome=accepted-cash]').waitFor();
    expect(till.requested.map(({ items }) => items)).toEqual(
      Array(3).fill([{ sku: 'BUF-001', quantity: 1 }]),
    );
    expect(new Set(till.requested.map(({ saleKey }) => saleKey)).size).toBe(3);
    await page.getByTestId('next').click();
    await page.getByTestId('basket-line-BUF-001').waitFor({ state: 'detached' });
  });

  it.each([
    ['expired-card', 'Другая карта', 'card'],
    ['stop-list-too-old', 'Наличные', 'cash'],
    ['over-sale-limit', 'К корзине', null],
    ['card-unreadable', 'Карта ещё раз', 'card'],
    ['fiscal-drive-refused', 'К корзине', null],
    ['possible-double', 'Другая покупка', 'card'],
  ] as const)(
    'has a main button after %s that does what the advice says: %s',
    async (reason, text, tender) => {
      till.onSale = (newSale) =>
        till.requested.length === 1 ? refused(newSale, reason) : sold(newSale, 'offline');
      const page = await open();
      await ringUp(page);
      await page.getByTestId('pay-card').click();
      const main = page.getByTestId('outcome').locator('button.primary');
      expect(await main.allTextContents()).toEqual([text]);
      expect(await accessibilityFaults(page)).toEqual([]);
      await main.click();
      if (tender === null) {
        await page.getByTestId('outcome').waitFor({ state: 'detached' });
        await page.getByTestId('basket-line-BUF-001').waitFor();
        expect(till.requested).toHaveLength(1);
      } else {
        await page.locator('[data-testid=outcome][data-outcome^=accepted]').waitFor();
        expect(till.requested[1]!.tender).toBe(tender);
      }
    },
  );

  it('asks about a sale that may be rung up twice, and sells it only if the cashier says that it is another', async () => {
    till.onSale = (newSale) =>
      newSale.isAnotherPurchase === true ? sold(newSale, 'offline') : refused(newSale, 'possible-double');
    const page = await open();
    await ringUp(page);
    await page.getByTestId('pay-card').click();
    await page.getByTestId('outcome').getByText('только что оплатили такую же сумму').waitFor();
    // Enter goes back and sells nothing.
    await page.keyboard.press('Enter');
    await page.getByTestId('outcome').waitFor({ state: 'detached' });
    await page.getByTestId('pay-card').click();
    await page.getByTestId('another-purchase').click();
    await page.locator('[data-testid=outcome][data-outcome^=accepted]').waitFor();
    expect(till.requested.map(({ isAnotherPurchase }) => isAnotherPurchase)).toEqual([
      undefined,
      undefined,
      true,
    ]);
    expect(new Set(till.requested.map(({ saleKey }) => saleKey)).size).toBe(3);
  });

  it('says that all is sent only if the fiscal operator has everything too', async () => {
    const page = await open();
    const unsent = page.getByTestId('queue');
    await unsent.getByText('Всё отправлено').waitFor();
    till.status.drive.unsentDocuments = 1;
    await unsent.getByText('1 документ ждёт ОФД').waitFor();
    expect(await unsent.getByText('Всё отправлено').count()).toBe(0);
    till.status.drive.state = 'silent';
    await page.getByTestId('warnings').getByText('не отвечает').waitFor();
    expect(await unsent.getByText('Всё отправлено').count()).toBe(0);
  });

  it('repeats under one key until the till knows what became of the sale, whatever fails meanwhile', async () => {
    const answers = ['cut', problem('sale-outcome-unknown'), problem('internal-error')] as const;
    till.onSale = (newSale) => answers[till.requested.length - 1] ?? sold(newSale, 'offline');
    const page = await open();
    await ringUp(page);
    await page.getByTestId('pay-card').click();
    await page.locator('[data-testid=outcome][data-outcome=accepted-offline]').waitFor();
    expect(till.requested).toHaveLength(4);
    expect(new Set(till.requested.map(({ saleKey }) => saleKey)).size).toBe(1);
  });

  it('has a way out of a sale whose end is not known', async () => {
    till.onSale = () => problem('sale-outcome-unknown');
    const page = await open();
    await ringUp(page);
    await page.getByTestId('pay-cash').click();
    await page.locator('[data-testid=card-prompt][data-trouble=unsure]').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByTestId('put-aside').click();
    await page.getByTestId('notice').getByText('Продажа отложена').waitFor();
    await page.getByTestId('basket-line-BUF-001').waitFor({ state: 'detached' });
    till.onSale = (newSale) => sold(newSale, 'cash');
    const [first] = till.requested;
    await ringUp(page);
    await page.getByTestId('pay-cash').click();
    await page.getByTestId('outcome').waitFor();
    expect(till.requested.at(-1)!.saleKey).not.toBe(first!.saleKey);
  });

  it('goes on with another key if the basket’s was used, and says what the till did not take', async () => {
    till.onSale = () => problem('sale-key-reused');
    const page = await open();
    await ringUp(page);
    await page.getByTestId('pay-cash').click();
    await page.getByTestId('notice').getByText('проверьте «Продажи»').waitFor();
    till.onSale = () => problem('unknown-sku');
    await page.getByTestId('pay-cash').click();
    await page.getByTestId('notice').getByText('Касса не приняла').waitFor();
    expect(till.requested[1]!.saleKey).not.toBe(till.requested[0]!.saleKey);
  });

  it.each([
    ['ru', 'till-data-old', 'Продавайте на другой кассе'],
    ['en', 'till-data-old', 'Sell at another till'],
    ['ru', 'sale-too-long', 'Разделите покупку на две'],
  ] as const)('says (%s) what to do about %s, and keeps the items', async (language, code, text) => {
    till.status = { ...till.status, isRolledBack: code === 'till-data-old' };
    till.onSale = () => problem(code);
    const page = await open(`lang=${language}`);
    if (code === 'till-data-old') await page.getByTestId('warnings').waitFor();
    await ringUp(page);
    await page.getByTestId('pay-cash').click();
    await page.getByTestId('notice').getByText(text).waitFor();
    await page.getByTestId('basket-line-BUF-001').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('goes on, and says what is wrong, while the till cannot write the sale down', async () => {
    till.onSale = (newSale) =>
      till.requested.length < 3 ? problem('data-not-written') : sold(newSale, 'offline');
    const page = await open();
    await ringUp(page);
    await page.getByTestId('pay-card').click();
    await page.locator('[data-testid=card-prompt][data-trouble=unwritten]').waitFor();
    await page.getByTestId('put-aside').waitFor();
    await page.locator('[data-testid=outcome][data-outcome=accepted-offline]').waitFor();
  });

  it('does not show yesterday’s link when the till itself is gone, and comes back by itself', async () => {
    const page = await open();
    await page.locator('[data-testid=link-state][data-state=up]').waitFor();
    till.isAlive = false;
    await page.getByTestId('till-silent').waitFor();
    expect(await page.getByTestId('link-state').count()).toBe(0);
    till.isAlive = true;
    await page.locator('[data-testid=link-state][data-state=up]').waitFor();
  });

  it('is there after a reload while the till starts again, says so, and opens by itself', async () => {
    const page = await open();
    await ringUp(page);
    await page.locator('html[data-cached=true]').waitFor();
    till.isAlive = false;
    await page.reload();
    await page.getByText('Касса запускается…').waitFor();
    await page.getByText('Экран откроется сам').waitFor();
    till.isAlive = true;
    await page.getByTestId('basket-line-BUF-001').waitFor();
  });

  it('keeps the bar in sight, and names what runs out', async () => {
    till.status.link.state = 'weak';
    till.status.queue = { entries: 9, sales: 3, sumMinor: 1, oldestAt: '2026-11-22T08:05:00.000Z' };
    till.status.drive = { ...till.status.drive, unsentDocuments: 2, daysLeftToSend: 3.5 };
    till.status.shift.openedAt = '2026-11-23T12:00:00.000Z';
    till.onSale = (newSale) => sold(newSale, 'offline');
    const page = await open();
    const warnings = page.getByTestId('warnings');
    await warnings.getByText('осталось 3 дня на отправку').waitFor();
    await warnings.getByText('Смена открыта 23 часа').waitFor();
    const unsent = await page.getByTestId('queue').locator('span').allTextContents();
    expect(unsent.map((sentence) => sentence.replaceAll('\u00a0', ' '))).toEqual([
      '3 продажи ждут отправки: 2 дн. 3 ч',
      '2 документа ждут ОФД',
    ]);
    await ringUp(page);
    await page.getByTestId('pay-card').click();
    const outcome = await page.getByTestId('outcome').boundingBox();
    const bar = await page.locator('header.top').boundingBox();
    expect(outcome!.y).toBeGreaterThanOrEqual(bar!.y + bar!.height);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await tooSmall(page)).toEqual([]);
  });

  it('opens as it looked before', async () => {
    const page = await open('appearance=dark');
    await page.goto(`${address}/`);
    await page.locator('html[data-appearance=dark]').waitFor();
  });

  it('tells the time of the till, not of the machine that shows it', async () => {
    till.sales = [sold({ saleKey: 'a', items: [{ sku: 'BUF-001', quantity: 1 }], tender: 'cash' }, 'cash')]
      .map((answer) => (answer === 'cut' ? undefined : answer.body))
      .filter((sale) => sale !== undefined) as typeof till.sales;
    till.status.timeZone = 'Asia/Vladivostok';
    const page = await open();
    await page.getByTestId('open-sales').click();
    await page.locator('.sale').getByText('24 нояб. 2026 г., 21:05').waitFor();
  });

  it('lets the scanner’s Enter press nothing, and loses no barcode silently', async () => {
    const page = await open();
    await ringUp(page);
    await page.getByTestId('tile-BUF-001').focus();
    expect(await scan(page, '4607001773207')).toBe(true);
    await page.locator('[data-testid^=basket-line-]').nth(1).waitFor();
    expect(await page.getByTestId('basket-line-BUF-001').locator('output').textContent()).toBe('1');
    await page.getByTestId('pay-card').click();
    await page.getByTestId('outcome').waitFor();
    await scan(page, '4607001773207');
    await page.getByTestId('notice').getByText('Штрихкод не добавлен').waitFor();
    expect(await page.getByTestId('outcome').count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.getByTestId('outcome').waitFor({ state: 'detached' });
  });

  it('takes no scan for a phone number, and finds an item by its name written with е', async () => {
    const page = await open();
    await page.getByTestId('phone').click();
    await scan(page, '4607001773207');
    await page.getByTestId('phone-entry').waitFor({ state: 'detached' });
    await page.locator('[data-testid^=basket-line-]').waitFor();
    await page.getByTestId('phone').getByText('Телефон').waitFor();
    await page.getByTestId('phone').click();
    await page.keyboard.type('89160000001', { delay: 100 });
    await page.keyboard.press('Enter');
    await page.getByTestId('phone').getByText('+7 916 000-00-01').waitFor();
    await page.getByTestId('search').fill('черный чай');
    await page.getByTestId('tile-BUF-001').waitFor();
  });

  it('says when a receipt was not printed', async () => {
    const page = await open();
    await ringUp(page);
    await page.getByTestId('pay-card').click();
    await page.getByTestId('toggle-receipt').click();
    await page.getByTestId('print').click();
    await page.getByText('Не напечатано').waitFor();
    expect(await page.getByTestId('print').isEnabled()).toBe(true);
  });
});
