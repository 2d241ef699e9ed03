import type { ChainFault, StorageFault } from '@bivak/domain';

/** What is wrong with a till's data, with its facts. */
export type JournalFault =
  /** Another till works in the folder. */
  | { code: 'in-use'; folder: string }
  /** SQLite does not keep the promise of durability here. */
  | { code: 'not-durable'; journalMode: string; synchronous: number }
  /** The machine does not take what is to be written. */
  | { code: 'not-written'; storageFault: StorageFault }
  /** Entry `seq` is not what this till wrote. */
  | { code: 'tampered'; seq: number; fault: ChainFault | 'hash-differs' }
  /** A newer program has changed the store's tables by a step that this one does not know. */
  | { code: 'store-newer'; migration: string };

/** Why a till's data could not be opened or written. Its message is for the log. */
export class JournalError extends Error {
  readonly facts: JournalFault;

  constructor(facts: JournalFault, options?: ErrorOptions) {
    super(logMessage(facts), options);
    this.name = 'JournalError';
    this.facts = facts;
  }

  get code(): JournalFault['code'] {
    return this.facts.code;
  }
}

/** How the machine failed, if the error says that it did not take what was to be written. */
export function storageFaultOf(error: unknown): StorageFault | undefined {
  return error instanceof JournalError && error.facts.code === 'not-written'
    ? error.facts.storageFault
    : undefined;
}

function logMessage(facts: JournalFault): string {
  switch (facts.code) {
    case 'in-use':
      return `another till works in ${facts.folder}: stop it first, or name another dataDir`;
    case 'not-durable':
      return `the data needs journal_mode wal and synchronous 2 (FULL), has ${facts.journalMode} and ${facts.synchronous}`;
    case 'not-written':
      return `the data cannot be written: ${facts.storageFault}`;
    case 'tampered':
      return `entry ${facts.seq} of the journal is not what this till wrote (${facts.fault}): keep the folder as it is and call support`;
    case 'store-newer':
      return `a newer program has changed the data (${facts.migration}): start that program, or a newer one`;
  }
}
