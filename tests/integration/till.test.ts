import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { tillApi } from '@bivak/contracts';
import { buildSnapshot } from '@bivak/stoplist';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { card } from './till/fake-reader.ts';
import { limits, World } from './till/world.ts';

// A slow machine takes its time; nothing here is about how long it takes.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  await world.end();
});

const kinds = (): string[] => world.host.entries.map(({ kind }) => kind);
const shipped = async (): Promise<boolean> => (await world.status()).queue.entries === 0;

describe('a till without a link', () => {
  it('accepts a card offline, signs, prints, and ships all exactly once when the link is back', async () => {
    await world.startOffline();
    const sales: tillApi.Sale[] = [];
    for (let number = 1; number <= 5; number++) {
      world.reader.next = card(`buyer ${number}`);
      sales.push(await world.sell(`key ${number}`));
    }
    const cash = await world.sell('cash', { tender: 'cash', items: [{ sku: 'MILK', quantity: 3 }] });

    expect(sales[0]).toMatchObject({
      saleId: 'till-1-000001',
      outcome: 'accepted',
      mode: 'offline',
      totalMinor: 24_000,
      card: { maskedPan: '220220******1234' },
      hostState: 'waiting',
      fiscal: { shiftNumber: 1, receiptNumber: 1 },
    });
    expect(cash).toMatchObject({ mode: 'cash', card: null, hostState: 'not-a-payment', totalMinor: 22_650 });
    expect(await world.status()).toMatchObject({
      link: { state: 'down' },
      queue: { sales: 5, sumMinor: 120_000, oldestAt: sales[0]!.soldAt },
      limits: { tillMinorLeft: limits.perTillMinor - 120_000, tillCountLeft: limits.perTillCount - 5 },
      shift: { number: 1, open: true },
    });
    const paper = join(world.dataDir, 'printer.escpos');
    await world.until(() => existsSync(paper) && readFileSync(paper).includes('till-1-000006'));

    world.host.loseAnswers = 2; // the host takes two batches, and its answers are lost
    world.host.setLink(true);
    await world.until(shipped, 2_000);
    expect(kinds().filter((kind) => kind === 'sale.accepted')).toHaveLength(6);
    expect(world.host.entries.map(({ seq }) => seq)).toEqual(world.host.entries.map((_, index) => index + 1));
    expect((await world.ask('GET', `/v1/sales/${sales[0]!.saleId}`)).body).toMatchObject({
      hostState: 'shipped',
    });
    await world.until(() => world.drive.drained === 7); // six receipts and the opening of the shift
  });

  it('takes no card before it has had a stop-list, and cash all the same', async () => {
    world.host.isUp = false;
    await world.start();
    expect(await world.sell('1')).toMatchObject({ outcome: 'refused', reason: 'stop-list-too-old' });
    expect(await world.sell('2', { tender: 'cash' })).toMatchObject({ outcome: 'accepted' });
    world.host.setLink(true);
    await world.until(shipped, 2_000);
    expect(kinds()).toContain('sale.refused');
  });

  it('refuses with a reason that can be read aloud: listed, expired, over each limit', async () => {
    await world.start();
    const listed = card('listed');
    world.host.stopList = {
      version: 3,
      message: buildSnapshot(
        { version: 3, issuedAtMs: world.clock.nowMs(), cardReferences: [listed.cardReference] },
        world.host.keys.privateKey,
      ),
    };
    await world.until(async () => (await world.status()).stopList.version === 3, 5_000);
    await world.until(() => kinds().includes('stop-list.applied'), 2_000);
    await world.cutLink();

    const refusal = async (key: string, tap: typeof listed, quantity = 1): Promise<string | null> => {
      world.reader.next = tap;
      return (await world.sell(key, { items: [{ sku: 'CAVIAR', quantity }] })).reason;
    };
    expect(await refusal('a', listed)).toBe('stop-listed');
    expect(await refusal('b', card('old', { expiry: '2610' }))).toBe('expired-card');
    expect(await refusal('c', card('online only', { serviceCode: '221' }))).toBe('offline-not-permitted');
    expect(await refusal('d', card('rich'), 2)).toBe('over-sale-limit');
    expect(await refusal('e', card('eager'))).toBeNull();
    expect(await refusal('f', card('eager'))).toBeNull();
    expect(await refusal('g', card('eager'))).toBe('over-card-limit');
    const { body } = await world.ask<tillApi.Sale>('GET', '/v1/sales/till-1-000001');
    expect(body.words?.ru.reason).toMatch(/карту/);
    expect(body.words?.en.advice).toMatch(/cash/);
    expect(body.checks.find(({ name }) => name === 'stop-list')?.passed).toBe(false);
    expect(world.drive.receipts).toHaveLength(2);
  });

  it('gives room again when the host reports an outcome', async () => {
    await world.startOffline();
    await world.sell('1', { items: [{ sku: 'CAVIAR', quantity: 1 }] });
    await world.sell('2', { items: [{ sku: 'CAVIAR', quantity: 1 }] });
    const at = new Date(world.clock.nowMs()).toISOString();
    world.host.outcomes = [
      { cursor: 1, saleId: 'till-1-000001', state: 'collected', at },
      { cursor: 2, saleId: 'till-1-000002', state: 'declined', at },
    ];
    expect((await world.status()).clocks.bankDueAt).not.toBeNull();
    world.host.setLink(true);
    await world.until(async () => (await world.status()).limits.tillCountLeft === limits.perTillCount, 2_000);
    const { clocks } = await world.status();
    expect(clocks).toMatchObject({ bankDueAt: null });
    expect(clocks.recoveryEndsAt).toBe(new Date(Date.parse(at) + 604_800_000).toISOString());
    expect((await world.ask('GET', '/v1/sales/till-1-000002')).body).toMatchObject({ hostState: 'declined' });
  });

  it('counts what a card owes against the card, and no more against the till, until it is paid', async () => {
    await world.startOffline();
    const caviar = { items: [{ sku: 'CAVIAR', quantity: 1 }] };
    await world.sell('1', caviar);
    await world.sell('2', caviar);
    const told = async (outcomes: ('declined' | 'recovered')[]): Promise<void> => {
      const at = new Date(world.clock.nowMs()).toISOString();
      const from = world.host.outcomes.length;
      for (const [index, state] of outcomes.entries())
        world.host.outcomes.push({
          cursor: from + index + 1,
          saleId: `till-1-00000${index + 1}`,
          state,
          at,
        });
      world.host.setLink(true);
      const last = `/v1/sales/till-1-00000${outcomes.length}`;
      await world.until(
        async () => (await world.ask<tillApi.Sale>('GET', last)).body.hostState === outcomes.at(-1),
        2_000,
      );
      await world.cutLink();
    };
    await told(['declined', 'declined']);
    expect((await world.status()).limits.tillCountLeft).toBe(limits.perTillCount);
    expect(await world.sell('3', caviar)).toMatchObject({ outcome: 'refused', reason: 'over-card-limit' });
    await world.stop();
    const database = new DatabaseSync(join(world.dataDir, 'till.db'));
    database.exec('DELETE FROM projection'); // folded anew
    database.close();
    await world.start();
    expect(await world.sell('4', caviar)).toMatchObject({ reason: 'over-card-limit' });
    await told(['recovered', 'recovered']);
    expect(await world.sell('5', caviar)).toMatchObject({ outcome: 'accepted' });
  });
});

describe('a till with a link', () => {
  beforeEach(async () => {
    await world.end();
    world = new World(4);
    await world.startOnline();
  });

  it('asks the host while the buyer waits', async () => {
    world.host.onlineAnswer = 'approved';
    expect(await world.sell('1')).toMatchObject({ outcome: 'accepted', mode: 'online' });
    expect((await world.status()).limits.tillCountLeft).toBe(limits.perTillCount);
    world.host.onlineAnswer = 'declined';
    expect(await world.sell('2')).toMatchObject({
      outcome: 'refused',
      mode: 'online',
      reason: 'declined-online',
    });
    expect(world.drive.receipts).toHaveLength(1);
    await world.until(shipped);
    expect(kinds().filter((kind) => kind === 'sale.abandoned')).toHaveLength(1);
  });

  it('accepts offline where the host does not say in time, if the limits permit', async () => {
    world.host.onlineAnswer = 'pending';
    expect(await world.sell('1')).toMatchObject({ outcome: 'accepted', mode: 'offline' });
    const dear = await world.sell('2', { items: [{ sku: 'CAVIAR', quantity: 2 }] });
    expect(dear).toMatchObject({ outcome: 'refused', mode: 'online', reason: 'over-sale-limit' });
  });
});

describe('a till that the host refuses', () => {
  it('gives its fiscal documents to the operator all the same', async () => {
    world.host.refuses = 'enrolment';
    await world.start();
    expect(await world.sell('1', { tender: 'cash' })).toMatchObject({ outcome: 'accepted' });
    await world.until(() => world.drive.drained === 2, 2_000);
    expect((await world.status()).queue.entries).toBeGreaterThan(0);
  });

  it('hears the stop-list although its journal is not taken', async () => {
    await world.start();
    await world.until(async () => (await world.status()).stopList.ageMs !== null);
    world.host.refuses = 'journal';
    await world.sell('1', { tender: 'cash' });
    const list = { version: 2, issuedAtMs: world.clock.nowMs(), cardReferences: [] };
    world.host.stopList = { version: 2, message: buildSnapshot(list, world.host.keys.privateKey) };
    await world.until(async () => (await world.status()).stopList.version === 2, 5_000);
    expect((await world.status()).queue.entries).toBeGreaterThan(0);
    world.host.refuses = 'nothing';
    await world.until(shipped, 2_000);
  });
});

describe('a till whose data was put back to an old copy', () => {
  it('sells nothing once the host has shown that: no number is given twice; the newer data sells again', async () => {
    await world.startOnline();
    await world.sell('1', { tender: 'cash' });
    await world.until(shipped);
    await world.stop();
    const [old, newer] = ['old', 'newer'].map((name) => join(world.folder, name)) as [string, string];
    cpSync(world.dataDir, old, { recursive: true });
    await world.start();
    for (const key of ['2', '3', '4']) await world.sell(key, { tender: 'cash' });
    await world.until(shipped);
    const known = world.host.entries.length;
    await world.stop();
    renameSync(world.dataDir, newer);
    cpSync(old, world.dataDir, { recursive: true });
    await world.start();
    const again = { saleKey: '5', items: [{ sku: 'TEA', quantity: 1 }], tender: 'cash' };
    const sellAgain = () => world.ask('POST', '/v1/sales', again);
    await world.until(async () => (await world.status()).isOldCopy);
    expect((await sellAgain()).body).toMatchObject({ code: 'till-data-old' });
    expect(world.host.entries).toHaveLength(known);
    await world.stop();
    await world.start();
    expect((await sellAgain()).body).toMatchObject({ code: 'till-data-old' });
    await world.stop();
    rmSync(world.dataDir, { recursive: true });
    renameSync(newer, world.dataDir);
    await world.start();
    expect((await world.sell('6', { tender: 'cash' })).saleId).toBe('till-1-000005');
  });

  it('is found out also where it has sold more since than the host knows of', async () => {
    await world.startOnline();
    await world.sell('1', { tender: 'cash' });
    await world.until(shipped);
    await world.stop();
    const old = join(world.folder, 'old');
    cpSync(world.dataDir, old, { recursive: true });
    await world.start();
    await world.sell('2', { tender: 'cash' });
    await world.until(shipped);
    const known = world.host.entries.length;
    await world.stop();
    rmSync(world.dataDir, { recursive: true });
    cpSync(old, world.dataDir, { recursive: true });
    world.host.setLink(false);
    await world.start();
    for (const key of ['3', '4', '5', '6']) await world.sell(key, { tender: 'cash' });
    world.host.setLink(true);
    await world.until(async () => (await world.status()).isOldCopy, 5_000);
    expect(world.host.entries).toHaveLength(known);
  });
});

describe('the same sale again', () => {
  it('is the same sale: one after another, at the same time, after a restart', async () => {
    await world.startOffline();
    const [first, second] = await Promise.all([world.sell('key'), world.sell('key')]);
    expect(second).toEqual(first);
    expect(await world.sell('key')).toEqual(first);
    await world.stop();
    await world.start();
    expect(await world.sell('key')).toEqual(first);
    expect(world.drive.receipts).toHaveLength(1);
    expect(world.reader.asked).toHaveLength(1);
  });

  it('is refused with other contents', async () => {
    await world.startOffline();
    world.reader.next = null;
    const running = world.sell('key');
    await world.until(() => world.reader.asked.length === 1);
    const other = { saleKey: 'key', items: [{ sku: 'MILK', quantity: 1 }], tender: 'cash' };
    expect(await world.ask('POST', '/v1/sales', other)).toMatchObject({
      status: 409,
      body: { code: 'sale-key-reused' },
    });
    expect((await world.status()).cardPrompt).toBe('present');
    await world.ask('POST', '/v1/card-prompt/cancel');
    expect(await running).toMatchObject({ outcome: 'refused', reason: 'card-not-presented' });
    expect(await world.ask('POST', '/v1/sales', other)).toMatchObject({
      status: 409,
      body: { code: 'sale-key-reused' },
    });
  });
});

describe('bad input', () => {
  it('is refused by name, and nothing is stored', async () => {
    await world.startOffline();
    const before = (await world.status()).queue.entries;
    const refused = async (items: unknown, tender = 'cash'): Promise<unknown> => {
      const { status, body } = await world.ask('POST', '/v1/sales', { saleKey: 'bad', items, tender });
      return [status, body.code];
    };
    expect(await refused([{ sku: 'NOTHING', quantity: 1 }])).toEqual([422, 'unknown-sku']);
    expect(await refused([{ sku: 'TEA', quantity: -1 }])).toEqual([422, 'bad-quantity']);
    expect(await refused([{ sku: 'TEA', quantity: 1.5 }])).toEqual([422, 'bad-quantity']);
    expect(await refused([{ sku: 'TEA', quantity: 1e300 }])).toEqual([422, 'bad-quantity']);
    expect(await refused([{ sku: 'DIAMOND', quantity: 10_000 }])).toEqual([422, 'sum-overflow']);
    expect(await refused([])).toEqual([400, 'invalid-request']);
    expect(await refused([{ sku: 'TEA', quantity: 1 }], 'barter')).toEqual([400, 'invalid-request']);
    for (const saleKey of ['a\u0000b', '\ud800']) {
      const items = [{ sku: 'TEA', quantity: 1 }];
      const { status, body } = await world.ask('POST', '/v1/sales', { saleKey, items, tender: 'cash' });
      expect([status, body.code]).toEqual([422, 'bad-sale-key']);
    }
    const response = await fetch(`http://127.0.0.1:${world.till!.port}/v1/sales`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"saleKey"',
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      400,
      'application/problem+json',
    ]);
    expect((await world.ask('GET', '/v1/sales/till-1-000099')).status).toBe(404);
    expect((await world.status()).queue.entries).toBe(before);
    expect(await world.sell('good', { tender: 'cash' })).toMatchObject({ saleId: 'till-1-000001' });
  });

  it('from a page of another site is not heard', async () => {
    await world.startOffline();
    const url = `http://127.0.0.1:${world.till!.port}/v1/shift/close`;
    const foreign = await fetch(url, { method: 'POST', headers: { origin: 'http://example.org' } });
    expect([foreign.status, ((await foreign.json()) as { code: string }).code]).toEqual([
      403,
      'foreign-page',
    ]);
    const own = await fetch(url, {
      method: 'POST',
      headers: { origin: `http://127.0.0.1:${world.till!.port}` },
    });
    expect(own.status).toBe(409); // no shift is open
    expect(own.headers.get('content-security-policy')).toBe("frame-ancestors 'none'");
    const otherName = await new Promise<number | undefined>((resolve) => {
      const headers = { host: `till.example.org:${world.till!.port}` }; // a name that was pointed at this machine
      get(`http://127.0.0.1:${world.till!.port}/v1/status`, { headers }, ({ statusCode }) =>
        resolve(statusCode),
      );
    });
    expect(otherName).toBe(403);
  });

  it('from the reader, or none at all, is laid at the reader’s door and not at the card’s', async () => {
    await world.startOffline();
    world.reader.next = 'failed';
    expect(await world.sell('1')).toMatchObject({ outcome: 'refused', reason: 'card-unreadable' });
    world.reader.next = 'garbage';
    expect(await world.sell('2')).toMatchObject({ outcome: 'refused', reason: 'card-reader-silent' });
    world.reader.next = card('anna');
    expect(await world.sell('3')).toMatchObject({ outcome: 'accepted' });
    await world.reader.stop();
    expect(await world.sell('4')).toMatchObject({ outcome: 'refused', reason: 'card-reader-silent' });
    expect(await world.sell('5', { tender: 'cash' })).toMatchObject({ outcome: 'accepted' });
  });
});

describe('when something breaks in the middle', () => {
  it.each([
    ['silent-after', 'accepted', 1],
    ['silent-before', 'refused', 0],
  ] as const)(
    'drive %s signing, till killed: resolved once at the next start',
    async (how, outcome, receipts) => {
      await world.startOffline();
      world.drive.nextSale = how;
      const { status, body } = await world.ask('POST', '/v1/sales', {
        saleKey: 'key',
        items: [{ sku: 'TEA', quantity: 2 }],
        tender: 'card',
      });
      expect([status, body.code]).toEqual([503, 'sale-outcome-unknown']);
      expect((await world.ask('GET', '/v1/sales/till-1-000001')).status).toBe(503);
      await world.stop(); // the intent stands open in the journal, as after a kill
      world.drive.mode = 'ready';
      await world.start();
      const { body: sale } = await world.ask<tillApi.Sale>('GET', '/v1/sales/till-1-000001');
      expect(sale).toMatchObject({ outcome, reason: outcome === 'accepted' ? null : 'interrupted' });
      expect(await world.sell('key')).toEqual(sale);
      expect(world.drive.receipts).toHaveLength(receipts);
      await world.stop();
      world.host.setLink(true);
      await world.start();
      await world.until(shipped, 2_000);
      const ends = kinds().filter((kind) => kind === 'sale.accepted' || kind === 'sale.abandoned');
      expect(ends).toHaveLength(1);
    },
  );

  it.each([
    ['silent-after', { outcome: 'accepted' }],
    ['silent-before', { outcome: 'refused', reason: 'fiscal-drive-silent' }],
  ] as const)('drive %s signing, then back: the same key gives the sale’s end', async (how, end) => {
    await world.startOffline();
    world.drive.nextSale = how;
    const sale = { saleKey: 'key', items: [{ sku: 'TEA', quantity: 1 }], tender: 'card' };
    expect((await world.ask('POST', '/v1/sales', sale)).status).toBe(503);
    expect((await world.ask('POST', '/v1/sales', sale)).status).toBe(503);
    world.drive.mode = 'ready';
    expect(await world.ask('POST', '/v1/sales', sale)).toMatchObject({ status: 200, body: end });
    expect(world.drive.receipts).toHaveLength(end.outcome === 'accepted' ? 1 : 0);
  });

  it('says that its data cannot be written; a sale that was signed meanwhile is found under its key', async () => {
    await world.startOffline();
    const other = new DatabaseSync(join(world.dataDir, 'till.db'));
    const make = (saleKey: string) =>
      world.ask('POST', '/v1/sales', { saleKey, items: [{ sku: 'TEA', quantity: 1 }], tender: 'card' });
    other.exec('BEGIN IMMEDIATE');
    expect(await make('1')).toMatchObject({ status: 503, body: { code: 'data-not-written' } });
    expect(await world.ask('POST', '/v1/shift/close')).toMatchObject({ status: 503 });
    other.exec('ROLLBACK');
    world.drive.onSigned = () => other.exec('BEGIN IMMEDIATE');
    expect(await make('2')).toMatchObject({ status: 503, body: { code: 'sale-outcome-unknown' } });
    world.drive.onSigned = undefined;
    expect(await make('2')).toMatchObject({ status: 503, body: { code: 'sale-outcome-unknown' } });
    other.exec('ROLLBACK');
    other.close();
    expect(await make('2')).toMatchObject({ status: 200, body: { outcome: 'accepted' } });
    expect(await make('1')).toMatchObject({ status: 200, body: { outcome: 'accepted' } });
    expect(world.drive.receipts).toHaveLength(2);
  });

  it('refuses, and asks for no card, while the drive is silent; goes on when it is back', async () => {
    await world.startOffline();
    world.drive.mode = 'silent';
    const asked = world.reader.asked.length;
    expect(await world.sell('1')).toMatchObject({ outcome: 'refused', reason: 'fiscal-drive-silent' });
    expect(world.reader.asked).toHaveLength(asked);
    world.drive.mode = 'ready';
    world.drive.nextSale = 'refuse';
    expect(await world.sell('2')).toMatchObject({ outcome: 'refused', reason: 'fiscal-drive-refused' });
    expect(await world.sell('3')).toMatchObject({ outcome: 'accepted' });
  });

  it('closes the shift by itself before 24 hours, also where the clock jumps over them', async () => {
    await world.startOffline();
    await world.sell('1', { tender: 'cash' });
    world.clock.jump(23.6 * 3_600_000);
    await world.until(async () => !(await world.status()).shift.open);
    expect(await world.sell('2', { tender: 'cash' })).toMatchObject({ fiscal: { shiftNumber: 2 } });
    world.clock.jump(30 * 3_600_000);
    expect(await world.sell('3', { tender: 'cash' })).toMatchObject({
      outcome: 'accepted',
      fiscal: { shiftNumber: 3 },
    });
    expect((await world.ask('POST', '/v1/shift/close')).status).toBe(200);
    expect(await world.ask('POST', '/v1/shift/close')).toMatchObject({
      status: 409,
      body: { code: 'shift-not-open' },
    });
  });

  it('goes on where the shift was closed behind its back', async () => {
    await world.startOffline();
    await world.sell('1', { tender: 'cash' });
    await world.drive.closeShift();
    expect(await world.sell('2', { tender: 'cash' })).toMatchObject({
      outcome: 'accepted',
      fiscal: { shiftNumber: 2 },
    });
    expect((await world.status()).shift).toMatchObject({ number: 2, open: true });
  });

  it('opens no journal that somebody changed, and no folder where another till works', async () => {
    await world.startOffline();
    await world.sell('1');
    await expect(world.start()).rejects.toThrow(/another till works/);
    await world.stop();
    const database = new DatabaseSync(join(world.dataDir, 'till.db'));
    expect(() => database.exec("UPDATE journal SET payload = '' WHERE seq = 2")).toThrow(/never changed/);
    database.exec('DROP TRIGGER journal_is_not_changed');
    database.exec("UPDATE journal SET payload = replace(payload, '24000', '14000')");
    database.close();
    await expect(world.start()).rejects.toThrow(/entry \d+ of the journal is not what this till wrote/);
  });

  it('folds its tables again from the journal where they are gone', async () => {
    await world.startOffline();
    const sale = await world.sell('1');
    const report = await world.ask<tillApi.ItemReport>('GET', '/v1/reports/items?shift=all');
    await world.stop();
    const database = new DatabaseSync(join(world.dataDir, 'till.db'));
    database.exec(
      'DELETE FROM projection; DELETE FROM sale; DELETE FROM item_total; DELETE FROM outstanding_sale',
    );
    database.close();
    await world.start();
    expect((await world.ask('GET', `/v1/sales/${sale.saleId}`)).body).toEqual(sale);
    const again = await world.ask<tillApi.ItemReport>('GET', '/v1/reports/items?shift=all');
    expect(again.body.rows).toEqual(report.body.rows);
    expect((await world.status()).limits.tillCountLeft).toBe(limits.perTillCount - 1);
  });
});

describe('reports and papers', () => {
  it('sums by item, by VAT rate, card and cash apart, without a link', async () => {
    await world.startOffline();
    const items = [
      { sku: 'TEA', quantity: 2 },
      { sku: 'MILK', quantity: 1 },
    ];
    await world.sell('1', { items });
    await world.sell('2', { items, tender: 'cash' });
    world.reader.next = card('old', { expiry: '2001' });
    await world.sell('3', { items }); // refused: not in the report
    const { body } = await world.ask<tillApi.ItemReport>('GET', '/v1/reports/items');
    expect(body.rows).toEqual([
      {
        sku: 'MILK',
        name: 'Молоко',
        vatRate: '10',
        cardQuantity: 1,
        cardSumMinor: 7_550,
        cashQuantity: 1,
        cashSumMinor: 7_550,
      },
      {
        sku: 'TEA',
        name: 'Чай чёрный',
        vatRate: '22',
        cardQuantity: 2,
        cardSumMinor: 24_000,
        cashQuantity: 2,
        cashSumMinor: 24_000,
      },
    ]);
    expect(body.vat).toEqual([
      { vatRate: '10', cardSumMinor: 7_550, cashSumMinor: 7_550, vatMinor: 1_372 },
      { vatRate: '22', cardSumMinor: 24_000, cashSumMinor: 24_000, vatMinor: 8_656 },
    ]);
    expect(body.totals).toEqual({
      sales: 2,
      cardSales: 1,
      cashSales: 1,
      cardMinor: 31_550,
      cashMinor: 31_550,
      sumMinor: 63_100,
    });
    expect(Math.max(...body.print.lines.map((line) => line.length))).toBe(42);
    const printed = body.print.lines.map((line) => line.replaceAll(/\s+/g, ' ').trim());
    const at10 = printed.indexOf('ПРОДАЖИ, НДС 10% =151.00');
    expect(printed.slice(at10 + 1, at10 + 4)).toEqual([
      'картой =75.50',
      'наличными =75.50',
      'в т.ч. налог =13.72',
    ]);
    await world.ask('POST', '/v1/shift/close');
    await world.sell('4', { tender: 'cash' });
    const next = await world.ask<tillApi.ItemReport>('GET', '/v1/reports/items');
    expect(next.body.totals.sales).toBe(1);
    const all = await world.ask<tillApi.ItemReport>('GET', '/v1/reports/items?shift=all');
    expect(all.body.totals.sales).toBe(3);
  });

  it('sells without a printer, says so, and prints once more when it is there again', async () => {
    await world.startOffline();
    const paper = join(world.dataDir, 'printer.escpos');
    mkdirSync(paper); // nothing can be written there
    const { saleId } = await world.sell('1', { tender: 'cash' });
    const print = `/v1/sales/${saleId}/print`;
    expect(await world.ask('POST', print)).toMatchObject({ status: 503, body: { code: 'printer-failed' } });
    expect(await world.ask('POST', '/v1/reports/items/print')).toMatchObject({ status: 503 });
    rmSync(paper, { recursive: true });
    expect((await world.ask('POST', print)).status).toBe(200);
    expect(readFileSync(paper).includes(saleId)).toBe(true);
  });

  it('gives sales in pages, the catalogue, the description of the API, and a word where the screen is not built', async () => {
    await world.startOffline();
    for (const key of ['1', '2', '3']) await world.sell(key, { tender: 'cash' });
    type Page = { items: tillApi.Sale[]; nextCursor: string | null };
    const { body } = await world.ask<Page>('GET', '/v1/sales?limit=2');
    expect(body.items.map(({ saleId }) => saleId)).toEqual(['till-1-000003', 'till-1-000002']);
    const rest = await world.ask<Page>('GET', `/v1/sales?limit=2&cursor=${body.nextCursor}`);
    expect(rest.body).toMatchObject({ items: [{ saleId: 'till-1-000001' }], nextCursor: null });
    const catalogue = await world.ask<tillApi.Catalogue>('GET', '/v1/catalogue');
    expect(catalogue.body.categories.map(({ ru }) => ru)).toEqual(['Напитки', 'Еда', 'Сувениры']);
    type Operation = { responses: Record<string, { content?: object }> };
    type OpenApi = { openapi: string; paths: Record<string, Record<string, Operation>> };
    const { body: openapi } = await world.ask<OpenApi>('GET', '/openapi.json');
    expect(openapi.openapi).toBe('3.1.0');
    expect(Object.keys(openapi.paths)).toContain('/v1/sales/{saleId}');
    for (const operation of Object.values(openapi.paths).flatMap((path) => Object.values(path)))
      for (const [status, { content }] of Object.entries(operation.responses))
        expect(Object.keys(content!)).toEqual([
          status === '200' ? 'application/json' : 'application/problem+json',
        ]);
    expect(Object.keys(openapi.paths['/v1/sales']!.post!.responses)).toEqual(
      expect.arrayContaining(['200', '400', '409', '422', '503']),
    );
    const screen = await fetch(`http://127.0.0.1:${world.till!.port}/`);
    expect(await screen.text()).toContain('not built yet');
  });
});
