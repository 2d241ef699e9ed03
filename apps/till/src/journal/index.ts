export { all, first, inTransaction, quoted } from './database.ts';
export { type Journal, type JournalOptions, openJournal } from './journal.ts';
export { JournalError, type JournalFault, storageFaultOf } from './journal-error.ts';
export type { Projection } from './projection.ts';
