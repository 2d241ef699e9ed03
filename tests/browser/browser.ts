import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../tools/chromium.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Starts the browser. What it would like to ask of the world outside is switched off. */
export async function startBrowser(): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath: await findChromium(), args });
}

/** A page of a given size; an error in it is remembered. */
export async function openPage(
  browser: Browser,
  address: string,
  options: { width: number; height: number; colorScheme?: 'light' | 'dark' },
): Promise<Page & { errors: string[] }> {
  const { width, height, colorScheme = 'light' } = options;
  const page = (await browser.newPage({
    viewport: { width, height },
    colorScheme,
    locale: 'ru-RU',
  })) as Page & { errors: string[] };
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(error.message));
  await page.goto(address);
  return page;
}

/** The addresses of all pages of a console, as its sections name them: a new page is among them by itself. */
export async function sectionsOf(browser: Browser, consoleUrl: string): Promise<string[]> {
  const page = await openPage(browser, consoleUrl, { width: 1280, height: 800 });
  await page.locator('nav a').first().waitFor();
  const addresses = await page
    .locator('nav a.section')
    .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
  await page.close();
  return addresses;
}

interface AxeViolation {
  id: string;
  help: string;
  nodes: { html: string }[];
}

/** What axe finds wrong on the page as it stands: rule and place. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const violations = await page.evaluate(
    async () =>
      (
        await (
          globalThis as unknown as { axe: { run: () => Promise<{ violations: AxeViolation[] }> } }
        ).axe.run()
      ).violations,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 120)}`),
  );
}

/** Buttons under 12 mm (70 points on a screen of 10 inches, 1280 × 800) and text under 18 px that can be seen, by their words. */
export async function tooSmall(page: Page): Promise<string[]> {
  return page.locator('body :visible').evaluateAll((elements) =>
    elements
      .filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        const isTarget = element.matches('button, input:not([type=radio])');
        const hasWords = [...element.childNodes].some(
          ({ nodeType, textContent }) => nodeType === 3 && textContent!.trim() !== '',
        );
        const isSmallType = hasWords && Number.parseFloat(getComputedStyle(element).fontSize) < 18;
        return (isTarget && Math.min(width, height) < 69.5) || isSmallType;
      })
      .map((element) => `${element.tagName} ${element.className} ${element.textContent?.slice(0, 40)}`),
  );
}

/** A barcode scanner: all its keys at once, however busy the machine. True if none of them would press a button. */
export async function scan(page: Page, barcode: string): Promise<boolean> {
  return page.evaluate((digits) => {
    const press = (key: string): boolean =>
      !(document.activeElement ?? document.body).dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
      );
    for (const digit of digits) press(digit);
    return press('Enter');
  }, barcode);
}
