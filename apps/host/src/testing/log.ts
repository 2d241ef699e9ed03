import { pino } from 'pino';

/** Says nothing, unless a test is looked into: `BIVAK_TEST_LOG=debug`. */
export const silentLog = pino({ level: process.env.BIVAK_TEST_LOG ?? 'silent' });
