import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { hostApi, sandboxApi, tillApi } from '@bivak/contracts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedFolder, stopEmbedded } from '../../apps/host/src/store/index.ts';
import { bankIds, tillIds } from '../../apps/sandbox/src/world/business.ts';
import { root } from '../architecture/source-tree.ts';
import { dataFolder, Sandbox, until } from '../e2e/sandbox.ts';
import { accessibilityFaults, openPage, startBrowser } from './browser.ts';

/**
 * The drill that docs/how-to/restore-a-backup.md describes, with real processes: backup, sales, restore, reconnect. Nothing is
 * debited twice, the console shows what is at stake, a person decides, the tills agree again.
 */
describe('a host whose database is put back from an older copy', () => {
  const folder = dataFolder();
  const hostData = join(folder.path, 'sandbox', 'data', 'host');
  const copy = join(folder.path, 'backup');
  let sandbox: Sandbox;
  let browser: Browser;
  let panelUrl: string;
  let urls: Map<string, string>;

  beforeAll(async () => {
    browser = await startBrowser();
    sandbox = new Sandbox(folder.path, ['--no-scenario']);
    panelUrl = await sandbox.url();
    const processes = await items<{ name: string; url: string }>(`${panelUrl}/v1/processes`);
    urls = new Map(processes.map(({ name, url }) => [name, url]));
    for (const till of tillIds)
      await until(`${till} is enrolled`, async () => (await tillNow(till)).stopList.version > 0);
  });
  afterAll(async () => {
    await browser?.close();
    await sandbox?.stop();
    await folder.remove();
  });

  const read = async <Body>(address: string): Promise<Body> => (await (await fetch(address)).json()) as Body;
  const items = async <Item>(address: string): Promise<Item[]> =>
    (await read<{ items: Item[] }>(address)).items;
  const send = async (method: string, address: string, body: object): Promise<Response> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(address, { method, body: JSON.stringify(body), headers });
    if (!answer.ok) throw new Error(`${method} ${address}: ${await answer.text()}`);
    return answer;
  };
  const tillNow = (till: string) => read<tillApi.TillStatus>(`${urls.get(till)}/v1/status`);
  const host = <Body>(path: string) => read<Body>(`${urls.get('host')}${path}`);
  const payment = (id: string) => host<hostApi.PaymentDetail>(`/v1/payments/${id}`);
  const store = () => host<hostApi.Store>('/v1/store');
  const ledger = async () =>
    (
      await Promise.all(
        bankIds.map(async (bankId) => {
          const lines = await items<sandboxApi.LedgerEntry>(`${panelUrl}/v1/banks/${bankId}/ledger`);
          return lines.map((line) => ({ ...line, bankId }));
        }),
      )
    ).flat();
  /** What moved for a sale at all banks: 1 is one debit that stands. */
  const standing = async (id: string): Promise<number> =>
    (await ledger())
      .filter(({ reference }) => reference === id)
      .reduce((net, { kind }) => net + (kind === 'debit' ? 1 : kind === 'reversal' ? -1 : 0), 0);
  const setBanks = (mode: 'up' | 'down') =>
    Promise.all(bankIds.map((bank) => send('PUT', `${panelUrl}/v1/banks/${bank}`, { mode })));
  let sales = 0;
  const sell = async (till: string, card: string): Promise<string> => {
    await send('POST', `${panelUrl}/v1/reader/${till}/present`, { card });
    const [item] = await items<{ sku: string }>(`${urls.get(till)}/v1/catalogue`);
    const sale = { saleKey: `drill-${++sales}`, items: [{ sku: item!.sku, quantity: 1 }], tender: 'card' };
    const sold = await send('POST', `${urls.get(till)}/v1/sales`, sale);
    const { saleId, outcome } = (await sold.json()) as { saleId: string; outcome: string };
    expect(outcome).toBe('accepted');
    return saleId;
  };
  const becomesCollected = (id: string) =>
    until(`${id} is collected`, async () => (await payment(id)).state === 'collected');
  const shipped = (till: string) =>
    until(`${till} has shipped`, async () => (await tillNow(till)).queue.entries === 0);

  /** Ends host and database, and does something with the database's folder before the host is started again. */
  const betweenLives = async (act: (cluster: string) => void): Promise<void> => {
    await send('POST', `${panelUrl}/v1/processes/host`, { action: 'kill' });
    await stopEmbedded(hostData, { drop: false });
    act(embeddedFolder(hostData));
    await send('POST', `${panelUrl}/v1/processes/host`, { action: 'start' });
  };
  const bivak = (...args: string[]): string => {
    const command = [join(root, 'apps/cli/src/main.ts'), 'host', ...args, '--host', urls.get('host')!];
    const who = ['--by', 'Anna', '--why', 'the drill'];
    const { stdout, stderr, status } = spawnSync(process.execPath, [...command, ...who], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });
    expect(status, stderr).toBe(0);
    return stdout;
  };

  it('debits nothing twice, says what is at stake, and goes on once a person has decided', async () => {
    const before = await sell('till-1', 'buyer-01');
    await becomesCollected(before);
    await setBanks('down');
    const pending = await sell('till-1', 'buyer-02');
    await shipped('till-1');
    await until('it waits for a bank', async () => (await payment(pending)).state === 'routed');
    await betweenLives((cluster) => execFileSync('cp', ['-a', cluster, copy]));

    // What the store is going to lose: the debit of what was pending, and two sales with theirs.
    await setBanks('up');
    await becomesCollected(pending);
    const lost = [await sell('till-1', 'buyer-03'), await sell('till-2', 'buyer-04')];
    for (const id of lost) await becomesCollected(id);
    for (const till of tillIds) await shipped(till);
    const movedBefore = (await ledger()).length;

    await betweenLives((cluster) => {
      rmSync(cluster, { recursive: true });
      execFileSync('cp', ['-a', copy, cluster]);
    });
    await until('the doubt', async () => (await store()).doubts.length > 0);
    const doubted = await store();
    expect(doubted.doubts.map(({ cause }) => cause)).toContain('witness-ahead');
    expect(doubted.atStake.count).toBe(1);
    const page = await openPage(browser, `${urls.get('console')}/?lang=en`, { width: 1280, height: 800 });
    await page.getByTestId('action-item-store-in-doubt').filter({ hasText: '1 payment' }).click();
    await page.locator('[data-testid=store][data-state=in-doubt]').waitFor();
    expect(await page.textContent('main')).toContain('decide-store --decision restored');
    expect(await accessibilityFaults(page)).toEqual([]);
    // A till sells on, and is told by name why nothing is taken.
    const during = await sell('till-2', 'buyer-05');
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect((await ledger()).length).toBe(movedBefore);

    expect(bivak('decide-store', '--decision', 'restored')).toContain('epoch 2');
    // The tills send again what the store has lost; what it never had is collected at once.
    for (const till of tillIds) await shipped(till);
    await becomesCollected(during);
    await until('what may have been debited is held', async () => (await store()).perhapsDebited.count === 3);
    await page.locator('[data-testid=store][data-state=held]').waitFor();
    for (const id of [pending, ...lost]) expect(await standing(id)).toBe(1);

    const { now } = await read<{ now: string }>(`${panelUrl}/v1/clock`);
    const files: string[] = [];
    for (const bank of bankIds) {
      const file = join(folder.path, `${bank}.ndjson`);
      writeFileSync(file, await (await fetch(`${panelUrl}/v1/banks/${bank}/day-file`)).text());
      files.push('--file', `${bank}=${file}`);
    }
    expect(bivak('read-books', ...files, '--until', now)).toContain('3 payments go on');
    for (const id of [pending, ...lost]) await becomesCollected(id);
    await page.locator('[data-testid=store][data-state=trusted]').waitFor();
    const after = await sell('till-1', 'buyer-06');
    await becomesCollected(after);

    for (const id of [before, pending, ...lost, during, after]) expect(await standing(id)).toBe(1);
    const lines = (await ledger()).filter(({ kind }) => kind === 'debit');
    expect(new Set(lines.map(({ bankId, stan }) => `${bankId} ${stan}`)).size).toBe(lines.length);
    await until('the tills have the list of the new epoch', async () => {
      const versions = await Promise.all(tillIds.map(async (till) => (await tillNow(till)).stopList.version));
      return versions.every((version) => version > 1_000_000 && version === versions[0]);
    });
    expect(page.errors).toEqual([]);
  });
});
