import type { Clock } from '@bivak/clock';
import { type Logger, pino } from 'pino';

export type { Logger };

/** Fields that are never written to a log, wherever a caller may have put an object that holds them. */
export const cardDataRedaction: readonly string[] = [
  'pan',
  'track2',
  'cardData',
  'ciphertext',
  'key',
  'password',
  'authorization',
  'phone',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** JSON lines on standard output, their time taken from the process's clock. */
export function createLogger(name: string, clock: Clock): Logger {
  return pino({
    name,
    level: process.env.BIVAK_LOG_LEVEL ?? 'info',
    redact: { paths: [...cardDataRedaction], censor: '[redacted]' },
    timestamp: () => `,"time":"${new Date(clock.nowMs()).toISOString()}"`,
  });
}
