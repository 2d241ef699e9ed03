// `npm run screenshots`: plays the scenario in a sandbox of its own and takes the pictures of the README with Chromium.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openPage, startBrowser } from '../tests/browser/browser.ts';
import { dataFolder, Sandbox } from '../tests/e2e/sandbox.ts';
import { root } from './run-steps.ts';

const size = { width: 1280, height: 800 };
const images = join(root, 'docs', 'images');
const folder = dataFolder();
mkdirSync(images, { recursive: true });
// The browser first: without one nothing else is begun.
const browser = await startBrowser();
const sandbox = new Sandbox(folder.path, []);
try {
  const panelUrl = await sandbox.url();
  const { items } = (await (await fetch(`${panelUrl}/v1/processes`)).json()) as {
    items: { name: string; url: string }[];
  };
  const urlOf = (name: string): string => items.find((one) => one.name === name)!.url;
  const send = (method: string, path: string, body: object) =>
    fetch(`${panelUrl}${path}`, {
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const console_ = await openPage(browser, `${urlOf('console')}/?lang=en`, size);
  await console_.locator('[data-testid=stage-collected]:not([data-count="0"])').waitFor();
  await console_.locator('[role=status]').waitFor({ state: 'detached' });
  await console_.screenshot({ path: join(images, 'console.png') });
  await send('PUT', '/v1/link/till-1', { mode: 'down' });
  const till = await openPage(browser, `${urlOf('till-1')}/?lang=en`, size);
  await till.locator('[data-testid=link-state][data-state=down]').waitFor();
  for (const tile of ['BUF-001', 'BUF-001', 'BUF-005', 'BUF-010', 'BUF-003'])
    await till.getByTestId(`tile-${tile}`).click();
  await till.screenshot({ path: join(images, 'till.png') });
  await send('POST', '/v1/reader/till-1/present', { card: 'buyer-36' });
  await till.getByTestId('pay-card').click();
  await till.getByTestId('outcome').waitFor();
  await till.locator('[data-testid=queue]:not([data-sales="0"])').waitFor();
  await till.screenshot({ path: join(images, 'till-accepted-offline.png') });
  const panel = await openPage(browser, `${panelUrl}/?lang=en`, size);
  await panel.getByTestId('process-host').waitFor();
  // real time: the switches come to rest
  await panel.waitForTimeout(500);
  await panel.screenshot({ path: join(images, 'panel.png') });
} finally {
  await browser.close();
  await sandbox.stop();
  await folder.remove();
}
