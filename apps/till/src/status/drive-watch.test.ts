import { describe, expect, it } from 'vitest';
import { FiscalError, type FiscalRegister, type FiscalStatus } from '../fiscal/port.ts';
import { driveWatch, driveWindowMs } from './drive-watch.ts';

const signedAtMs = Date.UTC(2026, 10, 24);
const usable: FiscalStatus = {
  driveNumber: '9999078900005488',
  phase: 'fiscal',
  registrationNumber: '0000001001012345',
  shift: { open: true, number: 1, receipts: 1 },
  lastDocumentNumber: 3,
  lastDocumentAtMs: signedAtMs,
  unsentDocuments: 3,
  oldestUnsentAtMs: signedAtMs,
  warnings: [],
};

describe('what is known of the drive', () => {
  const watchOf = (status: () => Promise<FiscalStatus>, nowMs = signedAtMs) =>
    driveWatch({
      fiscal: { status } as FiscalRegister,
      clock: { nowMs: () => nowMs, at: () => ({ cancel() {} }) },
    });

  it.each<[string, Partial<FiscalStatus>, number, string]>([
    ['ready', {}, 0, 'ready'],
    ['ready to be registered', { phase: 'awaiting-registration' }, 0, 'ready'],
    ['ready in the last minute of its 30 days', {}, driveWindowMs - 60_000, 'ready'],
    ['refusing after 30 days without the operator', {}, driveWindowMs, 'refusing'],
    ['refusing when its archive is closed', { phase: 'archive-only' }, 0, 'refusing'],
    ['refusing after a critical error', { warnings: ['critical-error'] }, 0, 'refusing'],
  ])('is %s', async (_, change, laterMs, state) => {
    const watch = watchOf(async () => ({ ...usable, ...change }), signedAtMs + laterMs);
    await watch.look();
    expect(watch.now()).toMatchObject({ state, unsentDocuments: 3, number: usable.driveNumber });
  });

  it('is silent before it has answered, and when it does not', async () => {
    const watch = watchOf(() => Promise.reject(new FiscalError('silent', 'no answer')));
    expect(watch.now()).toMatchObject({ state: 'silent', number: '', daysLeftToSend: null });
    await watch.look();
    expect(watch.now().state).toBe('silent');
  });
});
