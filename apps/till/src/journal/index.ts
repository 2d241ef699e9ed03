export { all, first, inTransaction, JournalError } from './database.ts';
export { type Journal, type JournalOptions, openJournal } from './journal.ts';
export type { Projection } from './projection.ts';
