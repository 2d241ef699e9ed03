import type { DatabaseSync } from 'node:sqlite';
import {
  type Attachment,
  type Attachments,
  commitmentTo,
  type EntryEnvelope,
  type NewAttachments,
} from '@bivak/journal';
import { all, first } from './database.ts';

/** What lies beside the journal's entries, until it is destroyed. */
export interface AttachmentStore {
  /** Runs in the transaction of the entry. */
  save(seq: number, attachments: NewAttachments): void;
  /** One by its name; undefined if there is none (any more). */
  get(seq: number, name: string): Attachment | undefined;
  /** All to which an entry commits; null: destroyed, or damaged so that the entry no longer commits to it. */
  of(envelope: Pick<EntryEnvelope, 'seq' | 'attachments'>): Attachments;
  /** Deletes those of this name up to `throughSeq`; true if there were any. */
  destroy(name: string, throughSeq: number): boolean;
}

export function attachmentStore(database: DatabaseSync): AttachmentStore {
  const insert = database.prepare('INSERT INTO attachment (seq, name, salt, content) VALUES (?, ?, ?, ?)');
  const select = database.prepare('SELECT salt, content FROM attachment WHERE seq = ? AND name = ?');
  const remove = database.prepare('DELETE FROM attachment WHERE name = ? AND seq <= ? RETURNING seq');
  const get = (seq: number, name: string): Attachment | undefined => {
    const found = first<Attachment>(select, seq, name);
    return found === undefined ? undefined : { salt: found.salt, content: found.content };
  };
  return {
    save(seq, attachments) {
      for (const [name, { salt, content }] of Object.entries(attachments))
        insert.run(seq, name, salt, content);
    },
    get,
    of: ({ seq, attachments: commitments = {} }) =>
      Object.fromEntries(
        Object.entries(commitments).map(([name, commitment]) => {
          const found = get(seq, name);
          const isWhole = found !== undefined && commitmentTo(name, found) === commitment;
          return [name, isWhole ? found : null];
        }),
      ),
    destroy: (name, throughSeq) => all(remove, name, throughSeq).length > 0,
  };
}
