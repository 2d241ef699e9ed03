/** Names of the drive's answer codes (drive protocol v1.1, tables 4 and 5). */
export const answerNames = {
  0: 'done',
  1: 'unknown-command',
  2: 'wrong-state',
  3: 'drive-error',
  4: 'crypto-error',
  5: 'drive-expired',
  6: 'archive-full',
  7: 'wrong-date-time',
  8: 'no-such-data',
  9: 'bad-parameters',
  16: 'document-too-large',
  17: 'no-operator-connection',
  18: 'crypto-exhausted',
  20: 'unsent-storage-full',
  21: 'not-confirmed-30-days',
  22: 'shift-over-24h',
  23: 'clock-drift',
  32: 'operator-message-refused',
} as const;

export type AnswerCode = keyof typeof answerNames;
export type AnswerName = (typeof answerNames)[AnswerCode];

const codes = new Map(Object.entries(answerNames).map(([code, name]) => [name, Number(code)]));

/** The code of a name. */
export function answerCode(name: AnswerName): number {
  return codes.get(name)!;
}

/** The name of a code (without the warning bit), or undefined if the protocol has none. */
export function answerName(code: number): AnswerName | undefined {
  return (answerNames as Readonly<Record<number, AnswerName>>)[code];
}

/** Bit 7 of an answer's code: the drive has raised a warning flag; ask command 30h which (section 3.4). */
export const WARNING_BIT = 0x80;

/** Bits of the warning byte (table 9). */
export const warningBits = {
  'replace-within-3-days': 0x01,
  'replace-within-30-days': 0x02,
  'memory-90-percent': 0x04,
  'operator-overdue': 0x08,
  'critical-error': 0x80,
} as const;
export type DriveWarning = keyof typeof warningBits;

export function warningsOf(byte: number): DriveWarning[] {
  return (Object.keys(warningBits) as DriveWarning[]).filter((name) => (byte & warningBits[name]) !== 0);
}
