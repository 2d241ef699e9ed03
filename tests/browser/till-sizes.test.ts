import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureScreens } from '../../tools/build.ts';
import { accessibilityFaults, openPage, startBrowser, tooSmall } from './browser.ts';
import { refused, sold, TillStandIn } from './till-stand-in.ts';

const sizes = [
  [1280, 800],
  [1024, 600],
  [800, 1280],
  [720, 1280],
  [480, 800],
  [360, 640],
] as const;

describe.each(sizes)('the till’s screen at %i × %i', (width, height) => {
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

  const open = async (language: string): Promise<Page> => {
    const page = await openPage(browser, `${address}/?lang=${language}`, { width, height });
    await page.getByTestId('tile-BUF-001').click();
    return page;
  };
  const boxOf = async (locator: Locator) => (await locator.boundingBox())!;
  const isOnScreen = async (locator: Locator): Promise<boolean> => {
    const box = await boxOf(locator);
    return box.x >= 0 && box.y >= 0 && box.x + box.width <= width + 0.5 && box.y + box.height <= height + 0.5;
  };
  /** Texts of buttons, links and warnings that are wider than the room they have. */
  const cutTexts = (page: Page): Promise<string[]> =>
    page
      .locator(
        'button:visible, .facts span:visible, .warnings li:visible, h1:not(.unseen):visible, .sum:visible',
      )
      .evaluateAll((elements) =>
        elements
          .filter((element) => element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1)
          .map((element) => element.textContent ?? ''),
      );

  it.each(['ru', 'en'])('has everything that a sale needs on it, nothing cut (%s)', async (language) => {
    till.status.queue = { entries: 24, sales: 12, sumMinor: 1, oldestAt: '2026-11-24T07:50:00.000Z' };
    till.status.drive.unsentDocuments = 128;
    const page = await open(language);
    for (const testId of ['pay-card', 'pay-cash', 'total', 'link-state', 'queue', 'open-details', 'language'])
      expect(await isOnScreen(page.getByTestId(testId)), testId).toBe(true);
    const basketTop = (await boxOf(page.locator('.basket'))).y;
    const tiles = await page
      .locator('.tile')
      .evaluateAll((all) => all.slice(0, 12).map((tile) => tile.getBoundingClientRect().bottom));
    const limit = height > width ? basketTop : height;
    expect(tiles.filter((bottom) => bottom <= limit + 0.5).length).toBeGreaterThanOrEqual(6);
    expect(await cutTexts(page)).toEqual([]);
    expect(await tooSmall(page)).toEqual([]);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it.each([
    ['ru', 'card-unreadable'],
    ['ru', 'fiscal-drive-refused'],
    ['en', 'stop-listed'],
    ['en', 'over-card-count'],
    ['ru', 'possible-double'],
    ['en', 'possible-double'],
  ] as const)('shows sign, reason and advice above the buttons (%s, %s)', async (language, reason) => {
    till.status.queue = { entries: 9, sales: 3, sumMinor: 1, oldestAt: '2026-11-22T08:05:00.000Z' };
    till.status.drive.unsentDocuments = 5;
    till.onSale = (newSale) => refused(newSale, reason);
    const page = await open(language);
    await page.getByTestId('pay-card').click();
    const outcome = page.getByTestId('outcome');
    await outcome.waitFor();
    const [sign, advice, choices] = await Promise.all(
      ['.sign .shape', '.advice', '.choices'].map((part) => boxOf(outcome.locator(part))),
    );
    expect(Math.min(sign!.width, sign!.height)).toBeGreaterThanOrEqual(56);
    expect(advice!.y + advice!.height).toBeLessThanOrEqual(choices!.y + 0.5);
    for (const part of ['.sign .shape', 'h1', '[data-testid=reason]', '.advice', 'button.primary'])
      expect(await isOnScreen(outcome.locator(part)), part).toBe(true);
    const text = await outcome.locator('h1').evaluate((heading) => {
      const range = document.createRange();
      range.selectNodeContents(heading);
      const { x, y } = range.getBoundingClientRect();
      return { x, y };
    });
    const isBesideSign = text.x >= sign!.x + sign!.width || text.y >= sign!.y + sign!.height - 1;
    expect(isBesideSign).toBe(true);
    expect(await cutTexts(page)).toEqual([]);
    expect(await tooSmall(page)).toEqual([]);
  });

  it('shows what was accepted, and every sheet', async () => {
    till.onSale = (newSale) => sold(newSale, 'offline');
    const page = await open('ru');
    await page.getByTestId('pay-card').click();
    await page.getByTestId('outcome').waitFor();
    for (const testId of ['next', 'toggle-receipt'])
      expect(await isOnScreen(page.getByTestId(testId)), testId).toBe(true);
    expect(await cutTexts(page)).toEqual([]);
    await page.getByTestId('next').click();
    for (const sheet of ['report', 'sales', 'details']) {
      await page.getByTestId(`open-${sheet}`).click();
      await page.getByTestId('sheet').waitFor();
      expect(await isOnScreen(page.getByTestId('close-sheet')), sheet).toBe(true);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.getByTestId('close-sheet').click();
    }
    await page.getByTestId('tile-BUF-001').click();
    if (await page.getByTestId('unfold').isVisible()) await page.getByTestId('unfold').click();
    await page.getByTestId('phone').click();
    for (const testId of ['phone-number', 'phone-none', 'phone-done'])
      expect(await isOnScreen(page.getByTestId(testId)), testId).toBe(true);
  });
});
