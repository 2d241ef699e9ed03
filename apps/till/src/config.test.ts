import { describe, expect, it } from 'vitest';
import { tillConfig } from './config.ts';

const good = {
  port: 0,
  dataDir: 'data',
  tillId: 'till-1',
  merchant: { name: 'Буфет', inn: '7701234560', address: 'Москва' },
  place: 'Поезд',
  timeZone: 'Europe/Moscow',
  currency: 'RUB',
  catalogueFile: 'catalogue.csv',
  reader: { host: '127.0.0.1', port: 1 },
  drive: { host: '127.0.0.1', port: 2 },
  registration: {
    registrationNumber: '0000001001012345',
    serialNumber: '00106700000101',
    operatorName: 'ОФД',
    operatorInn: '7704567896',
    taxSystem: 'general',
  },
  hostUrl: 'http://127.0.0.1:3',
  operator: { host: '127.0.0.1', port: 4 },
  enrolmentCode: 'enrol-me-please',
  cashier: 'Кассир',
  limits: {
    perSaleMinor: 1,
    perCardMinor: 1,
    perCardCount: 1,
    perTillMinor: 1,
    perTillCount: 1,
    stopListMaxAgeMs: 1,
  },
};

describe('the configuration of a till', () => {
  it('gives the tax system its bit', () => {
    expect(tillConfig.parse(good).registration.taxSystem).toBe(1);
    expect(
      tillConfig.parse({ ...good, registration: { ...good.registration, taxSystem: 6 } }).registration,
    ).toMatchObject({ taxSystem: 6 });
  });

  it.each([
    ['an id whose sales’ identities are too long for a receipt', { tillId: 'train-002-car-7' }, /tag 1192/],
    ['a time zone that does not exist', { timeZone: 'Europe/Moskau' }, /no time zone/],
    ['a port that does not exist', { port: 70_000 }, /port/],
  ])('refuses %s', (_, change, why) => {
    const result = tillConfig.safeParse({ ...good, ...change });
    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error?.issues)).toMatch(why);
  });
});
