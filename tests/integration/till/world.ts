import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { tillApi } from '@bivak/contracts';
import { pino } from 'pino';
import { expect } from 'vitest';
import { type TillConfig, tillConfig } from '../../../apps/till/src/config.ts';
import { type RunningTill, startTill } from '../../../apps/till/src/till.ts';
import { FakeDrive } from './fake-drive.ts';
import { FakeHost } from './fake-host.ts';
import { FakeReader } from './fake-reader.ts';
import { type FastClock, fastClock } from './fast-clock.ts';

export const limits = {
  perSaleMinor: 500_000,
  perCardMinor: 700_000,
  perCardCount: 6,
  perTillMinor: 20_000_000,
  perTillCount: 300,
  stopListMaxAgeMs: 7 * 86_400_000,
};

const catalogue = `sku,barcode,name_ru,name_en,category_ru,category_en,price_rub,vat,color
TEA,2000001001011,Чай чёрный,Black tea,Напитки,Drinks,120.00,22,#8a4b2a
MILK,2000001001028,Молоко,Milk,Напитки,Drinks,75.50,10,#6c93c4
CAVIAR,2000001001035,Икра,Caviar,Еда,Food,3000.00,22,#c4472b
DIAMOND,2000001001042,Бриллиант,Diamond,Сувениры,Souvenirs,1000000.00,22,#ffffff
`;

/** A till in the middle of fakes: drive, reader, host and clock outlive it. */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'bivak-till-'));
  readonly clock: FastClock;
  drive: FakeDrive;
  readonly reader = new FakeReader();
  readonly host: FakeHost;
  till: RunningTill | undefined;
  #config: TillConfig | undefined;

  /** `speed` of the clock: if an answer has to come in time, a slow machine needs a slow one. */
  constructor(speed = 20) {
    this.clock = fastClock(Date.UTC(2026, 10, 24, 9), speed);
    this.drive = new FakeDrive(this.clock);
    this.host = new FakeHost(this.clock, limits);
  }

  async start(change: Partial<TillConfig> = {}): Promise<void> {
    writeFileSync(join(this.folder, 'catalogue.csv'), catalogue);
    this.#config ??= tillConfig.parse({
      port: 0,
      dataDir: join(this.folder, 'till'),
      tillId: 'till-1',
      merchant: { name: 'Буфет дальнего следования', inn: '7701234560', address: 'Москва' },
      place: 'Поезд 002Э',
      timeZone: 'Europe/Moscow',
      currency: 'RUB',
      catalogueFile: join(this.folder, 'catalogue.csv'),
      reader: await this.reader.start(),
      drive: { host: '127.0.0.1', port: 1 },
      registration: {
        registrationNumber: '0000001001012345',
        serialNumber: '00106700000101',
        operatorName: 'ОФД',
        operatorInn: '7704567896',
        taxSystem: 'general',
      },
      hostUrl: await this.host.start(),
      operator: { host: '127.0.0.1', port: 1 },
      enrolmentCode: 'enrol-me-please',
      cashier: 'Кассир',
      limits,
      // The tests' buyers buy the same again and again.
      askAboutDoublesWithinMs: 0,
      screenDir: join(this.folder, 'no-screen'),
      ...change,
    });
    const log = pino({ level: process.env.BIVAK_LOG_LEVEL ?? 'silent' });
    this.till = await startTill({ config: this.#config, clock: this.clock, log, fiscal: this.drive });
  }

  get dataDir(): string {
    return join(this.folder, 'till');
  }

  async stop(): Promise<void> {
    await this.till?.stop();
    this.till = undefined;
  }

  async end(): Promise<void> {
    await this.stop();
    await Promise.all([this.reader.stop(), this.host.stop()]);
    this.clock.stop();
    rmSync(this.folder, { recursive: true });
  }

  async request<Answer = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Answer }> {
    const response = await fetch(`http://127.0.0.1:${this.till!.port}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { status: response.status, body: (await response.json()) as Answer };
  }

  async status(): Promise<tillApi.TillStatus> {
    return (await this.request<tillApi.TillStatus>('GET', '/v1/status')).body;
  }

  async sell(saleKey: string, change: Partial<tillApi.NewSale> = {}): Promise<tillApi.Sale> {
    const { status, body } = await this.request<tillApi.Sale>('POST', '/v1/sales', {
      saleKey,
      items: [{ sku: 'TEA', quantity: 2 }],
      tender: 'card',
      ...change,
    });
    expect(body).toMatchObject({});
    expect(status, JSON.stringify(body)).toBe(200);
    return body;
  }

  /** Enrolled, with an empty stop-list that the host has confirmed; then the link goes. */
  async startOffline(): Promise<void> {
    await this.start();
    await this.until(async () => (await this.status()).stopList.ageMs !== null);
    await this.cutLink();
  }

  /** Enrolled, with the link up. */
  async startOnline(): Promise<void> {
    await this.start();
    await this.until(async () => (await this.status()).stopList.ageMs !== null);
    await this.until(async () => (await this.status()).link.state === 'up');
  }

  /** Cuts the link and waits until the till has noticed. */
  async cutLink(): Promise<void> {
    this.host.setLink(false);
    await this.until(async () => (await this.status()).link.state === 'down', 5_000);
  }

  /**
   * Waits until it is so, for half a minute and longer; moves the clock on by `moveMs` now and then, and not at each
   * look, so that a request under way has time to be answered.
   */
  async until(isSo: () => boolean | Promise<boolean>, moveMs = 0): Promise<void> {
    for (let look = 0; look < 3_000; look++) {
      if (await isSo()) return;
      if (moveMs > 0 && look % 5 === 0) this.clock.jump(moveMs);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('it did not become so');
  }
}
