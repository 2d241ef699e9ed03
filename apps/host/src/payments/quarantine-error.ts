import type { QuarantineReason } from '@bivak/domain';

/** An entry that cannot become a payment (now), and why. */
export class QuarantineError extends Error {
  readonly reason: QuarantineReason;
  constructor(reason: QuarantineReason) {
    super(reason.kind);
    this.reason = reason;
  }
}

/** What is wrong with the entry itself; undefined if it is the store that failed, and trying again may help. */
export function quarantineReasonOf(error: unknown): QuarantineReason | undefined {
  if (error instanceof QuarantineError) return error.reason;
  // PostgreSQL's class 22, data exception: a value that the store cannot hold.
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('22') ? { kind: 'not-storable' } : undefined;
}
