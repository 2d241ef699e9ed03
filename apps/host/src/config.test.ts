import { expect, it } from 'vitest';
import { hostConfig } from './config.ts';

const bank = {
  bankId: 'north',
  name: { ru: 'Север', en: 'North' },
  profile: 'north',
  host: '127.0.0.1',
  port: 1,
  terminalId: 'T1',
  merchantId: 'M1',
  feePercent: '1.6',
  onUsFeePercent: '0.9',
};
const till = { tillId: 'till-1', place: 'Поезд', enrolmentCode: 'enrol-me-please' };
const config = {
  port: 0,
  dataDir: 'data',
  publicUrl: 'http://127.0.0.1:1',
  merchant: { name: 'Буфет', inn: '7701234560', acceptorId: 'A1', categoryCode: '5812' },
  currency: 'RUB',
  timeZone: 'Europe/Moscow',
  banks: [bank],
  smsc: { host: '127.0.0.1', port: 1, systemId: 'bivak', password: 'secret', from: 'BUFET' },
  tills: [till],
  keyStore: { file: 'keys', passphraseFile: 'passphrase' },
  limits: {
    perSaleMinor: 1,
    perCardMinor: 1,
    perCardCount: 1,
    perTillMinor: 1,
    perTillCount: 1,
    stopListMaxAgeMs: 1,
  },
  bankWindowMs: 1,
  recovery: { windowMs: 1, attemptHourLocal: 9 },
  language: 'ru',
};

it('takes a host’s config', () => {
  expect(hostConfig.safeParse(config).error).toBeUndefined();
});

it.each([
  ['timeZone', { timeZone: 'Moon/Tycho' }],
  ['currency', { currency: 'XAU' }],
  ['banks.0.profile', { banks: [{ ...bank, profile: 'east' }] }],
  ['banks', { banks: [bank, { ...bank, port: 2 }] }],
  ['banks.0.feePercent', { banks: [{ ...bank, feePercent: '1,6' }] }],
  ['banks.0', { banks: [{ ...bank, profile: 'baikal' }] }],
  ['banks.0', { banks: [{ ...bank, macKeyFile: 'key' }] }],
  ['banks.0.timeouts.answerMs', { banks: [{ ...bank, timeouts: { answerMs: 60_000 } }] }],
  ['banks.0.merchantCategoryCode', { banks: [{ ...bank, merchantCategoryCode: '58' }] }],
  ['tills', { tills: [till, { ...till, place: 'Буфет' }] }],
  ['tills.0.enrolmentCode', { tills: [{ ...till, enrolmentCode: 'short' }] }],
])('refuses at its start what could not work: %s', (place, change) => {
  const parsed = hostConfig.safeParse({ ...config, ...change });
  expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual([place]);
});
