import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import type { startHost } from '../../../apps/host/src/host.ts';
import { startBank } from '../../../apps/sandbox/src/banks/bank-server.ts';

export const bankIds = ['north', 'volga'] as const;
const dayMs = 86_400_000;

/** A port that nobody uses now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** A simulated bank with its books in a folder of its own, in front of the issuers. */
export function openBank(
  bankId: string,
  around: { folder: string; issuersPort: number; clock: Clock; log: Logger },
): ReturnType<typeof startBank> {
  const { folder, issuersPort, clock, log } = around;
  return startBank({
    config: {
      bankId,
      name: { ru: bankId, en: bankId },
      profile: bankId,
      port: 0,
      isoPort: 0,
      dataDir: join(folder, bankId),
      issuersUrl: `http://127.0.0.1:${issuersPort}`,
      terminals: [{ terminalId: 'T1', merchantId: 'M1' }],
    },
    clock,
    log,
  });
}

/** A host before these banks, with one till; its keys and passphrase lie in `folder`. */
export function hostConfig(of: {
  folder: string;
  port: number;
  isoPorts: readonly number[];
  smppPort: number;
}): Parameters<typeof startHost>[0]['config'] {
  const { folder, port, isoPorts, smppPort } = of;
  return {
    port,
    dataDir: join(folder, 'host'),
    publicUrl: `http://127.0.0.1:${port}`,
    merchant: { name: 'Буфет', inn: '7701234560', acceptorId: 'A1', categoryCode: '5812' },
    currency: 'RUB',
    timeZone: 'Europe/Moscow',
    banks: bankIds.map((bankId, index) => ({
      bankId,
      name: { ru: bankId, en: bankId },
      profile: bankId,
      host: '127.0.0.1',
      port: isoPorts[index]!,
      terminalId: 'T1',
      merchantId: 'M1',
      feePercent: index === 0 ? '1.6' : '1.9',
      onUsFeePercent: '0.9',
      issuers: [],
    })),
    smsc: { host: '127.0.0.1', port: smppPort, systemId: 'bivak', password: 'secret', from: 'BUFET' },
    tills: [{ tillId: 'till-1', place: 'Поезд', enrolmentCode: 'enrol-me-please' }],
    keyStore: { file: join(folder, 'keys.json'), passphraseFile: join(folder, 'passphrase') },
    returnWindowMs: 60 * dayMs,
    limits: {
      perSaleMinor: 1,
      perCardMinor: 1,
      perCardCount: 1,
      perTillMinor: 1,
      perTillCount: 1,
      stopListMaxAgeMs: 1,
    },
    bankWindowMs: dayMs,
    recovery: { windowMs: 7 * dayMs, attemptHourLocal: 9 },
    language: 'ru',
  };
}
