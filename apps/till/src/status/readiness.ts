import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { ReadinessCheck } from '@bivak/http-api';
import type { CardReader } from '../card/index.ts';
import type { Journal } from '../journal/index.ts';
import type { DriveWatch } from './drive-watch.ts';

export interface ReadinessParts {
  dataDir: string;
  journal: Pick<Journal, 'database'>;
  drive: DriveWatch;
  reader: Pick<CardReader, 'prompt'>;
  readerAddress: { host: string; port: number };
}

/** What has to work so that a till sells: a link is not among it. */
export function tillReadiness({
  dataDir,
  journal,
  drive,
  reader,
  readerAddress,
}: ReadinessParts): ReadinessCheck[] {
  return [
    { name: 'journal', fault: () => journalFault(dataDir, journal) },
    {
      name: 'drive',
      fault: async () => {
        await drive.look();
        const { state } = drive.now();
        return state === 'ready' ? null : state;
      },
    },
    // One that reads a card now is there, and is not disturbed.
    { name: 'reader', fault: () => (reader.prompt() === 'idle' ? reachFault(readerAddress) : null) },
  ];
}

/** A page of SQLite's, so that a disk which is full to the last byte shows. */
const probe = Buffer.alloc(4_096);

/** Writes beside the journal, down to the disk, as an entry is written; throws the operating system's error. */
function journalFault(dataDir: string, { database }: Pick<Journal, 'database'>): null {
  const file = join(dataDir, 'readiness-probe');
  const descriptor = openSync(file, 'w', 0o600);
  try {
    writeSync(descriptor, probe);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
    unlinkSync(file);
  }
  database.exec('BEGIN IMMEDIATE');
  database.exec('ROLLBACK');
  return null;
}

function reachFault({ host, port }: { host: string; port: number }): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(null);
    });
    socket.once('error', (error) => {
      socket.destroy();
      reject(error);
    });
  });
}
