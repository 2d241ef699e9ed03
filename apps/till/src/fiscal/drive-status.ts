import { decodeDateTime, instantOfLocal, warningsOf } from '@bivak/fiscal';
import { type DriveConnection, decodedOrSilent } from './drive-connection.ts';
import type { FiscalStatus } from './port.ts';

const phases: Readonly<Record<number, FiscalStatus['phase']>> = {
  0: 'not-ready',
  1: 'awaiting-registration',
  3: 'fiscal',
  7: 'after-fiscal',
  15: 'archive-only',
};

/** Reads how the drive is (commands 30h, 10h, 20h, 43h). */
export async function readStatus(drive: DriveConnection, timeZone: string): Promise<FiscalStatus> {
  const status = await drive.send('readStatus');
  const phase = phases[status[0]!] ?? 'not-ready';
  const lastDocumentNumber = status.readUInt32LE(26);
  const lastAt =
    lastDocumentNumber === 0 ? null : instantOfLocal(decodedOrSilent(decodeDateTime(status, 5)), timeZone);
  const isFiscal = phase === 'fiscal';
  const shift = isFiscal ? await drive.send('readShift') : Buffer.alloc(5);
  const exchange = isFiscal ? await drive.send('readExchange') : Buffer.alloc(13);
  const unsentDocuments = exchange.readUInt16LE(2);
  return {
    driveNumber: status.toString('latin1', 10, 26),
    phase,
    registrationNumber: isFiscal
      ? (await drive.send('readRegistration')).toString('latin1', 17, 37).trim()
      : null,
    shift: { open: shift[0] === 1, number: shift.readUInt16LE(1), receipts: shift.readUInt16LE(3) },
    lastDocumentNumber,
    lastDocumentAtMs: lastAt,
    unsentDocuments,
    oldestUnsentAtMs:
      unsentDocuments === 0 ? null : instantOfLocal(decodedOrSilent(decodeDateTime(exchange, 8)), timeZone),
    warnings: warningsOf(status[4]!),
  };
}
