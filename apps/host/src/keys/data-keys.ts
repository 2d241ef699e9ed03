import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { CardDataError, lend } from '@bivak/card';
import { seal, unseal } from './sealing.ts';

/**
 * Data keys: each encrypts one thing of one sale, and is destroyed with it. They lie in files outside of the database, so that
 * neither its write-ahead log nor a backup of it ever holds one: what was encrypted under a key that is destroyed is gone from
 * all of them. A key's id is the name of its file and its place in it; no id is used twice.
 */
export interface DataKeys {
  /** Makes keys; they are on the disk when this resolves. */
  create(count: number): Promise<string[]>;
  /**
   * Lends a key to `act`. Throws CardDataError: `destroyed` if there is none (any more), `altered-or-other-key` if it was
   * wrapped under another key than this store's.
   */
  use<Result>(id: string, act: (key: Uint8Array) => Result): Result;
  /** Overwrites keys; that is on the disk when this resolves. Once more, or a key that never was, is no error. */
  destroy(ids: readonly string[]): Promise<void>;
}

const keyBytes = 32;
/** Nonce, key, tag, filling: a key lies within one sector of a disk. */
const slotBytes = 64;
const wrappedBytes = 60;
/** A file is full with so many, and is deleted once all of them are destroyed. */
const slotsPerFile = 1_024;
const idForm = /^([0-9a-f]{32})\/(\d{1,4})$/;

/** The keys in a folder, wrapped under `wrappingKey`. Hosts that share a store share the folder; each adds to files of its own. */
export function dataKeys(folder: string, wrappingKey: Uint8Array): DataKeys {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fileOf = (segment: string): string => join(folder, `${segment}.keys`);
  let current: { segment: string; used: number } | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** Fills up the current file, or begins another; never two at a time. */
  const append = async (count: number): Promise<string[]> => {
    current ??= { segment: randomBytes(16).toString('hex'), used: 0 };
    const { segment, used } = current;
    const ids = Array.from({ length: count }, (_, index) => `${segment}/${used + index}`);
    const wrapped = ids.map((id) =>
      lend(randomBytes(keyBytes), (key) =>
        Buffer.concat([seal(wrappingKey, key, id), Buffer.alloc(slotBytes - wrappedBytes)]),
      ),
    );
    await withFile(fileOf(segment), used === 0 ? 'wx' : 'r+', async (file) => {
      await file.write(Buffer.concat(wrapped), 0, count * slotBytes, used * slotBytes);
      await file.datasync();
    });
    if (used === 0) await syncFolder(folder);
    current = used + count >= slotsPerFile ? undefined : { segment, used: used + count };
    return ids;
  };
  const create = async (count: number): Promise<string[]> => {
    const ids: string[] = [];
    while (ids.length < count) {
      const room = slotsPerFile - (current?.used ?? 0);
      ids.push(...(await append(Math.min(room, count - ids.length))));
    }
    return ids;
  };
  return {
    create(count) {
      const created = last.then(() => create(count));
      last = created.catch(() => {
        current = undefined; // what of the file was written is not known: another one is begun
      });
      return created;
    },
    use(id, act) {
      const slot = readSlot(id, fileOf);
      if (slot === undefined || slot.every((byte) => byte === 0)) throw new CardDataError('destroyed');
      const key = unseal(wrappingKey, slot.subarray(0, wrappedBytes), id);
      if (key === undefined) throw new CardDataError('altered-or-other-key');
      return lend(key, act);
    },
    async destroy(ids) {
      const placed = ids.flatMap((id) => placeOf(id) ?? []);
      for (const [segment, places] of Map.groupBy(placed, (place) => place.segment))
        await destroyIn(
          fileOf(segment),
          places.map(({ slot }) => slot),
        );
    },
  };
}

function placeOf(id: string): { segment: string; slot: number } | undefined {
  const [, segment, slot] = idForm.exec(id) ?? [];
  return segment === undefined ? undefined : { segment, slot: Number(slot) };
}

function readSlot(id: string, fileOf: (segment: string) => string): Buffer | undefined {
  const place = placeOf(id);
  if (place === undefined) return undefined;
  let descriptor: number;
  try {
    descriptor = openSync(fileOf(place.segment), 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const slot = Buffer.alloc(slotBytes);
    return readSync(descriptor, slot, 0, slotBytes, place.slot * slotBytes) === slotBytes ? slot : undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** Overwrites in place. A file that is full and holds no key any more is deleted; one that is not may still be added to. */
async function destroyIn(path: string, slots: readonly number[]): Promise<void> {
  const isSpent = await withFile(path, 'r+', async (file) => {
    const { size } = await file.stat();
    for (const slot of slots)
      if ((slot + 1) * slotBytes <= size)
        await file.write(Buffer.alloc(slotBytes), 0, slotBytes, slot * slotBytes);
    await file.datasync();
    if (size < slotsPerFile * slotBytes) return false;
    const { buffer } = await file.read(Buffer.alloc(size), 0, size, 0);
    return buffer.every((byte) => byte === 0);
  }).catch((error: unknown) => {
    if (isMissing(error)) return false; // deleted already
    throw error;
  });
  if (isSpent) await unlink(path).catch(() => {}); // another host was quicker
}

async function withFile<Result>(
  path: string,
  flags: string,
  act: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  const file = await open(path, flags, 0o600);
  try {
    return await act(file);
  } finally {
    await file.close();
  }
}

/** A file is there for good once its folder is written. */
const syncFolder = (folder: string): Promise<void> => withFile(folder, 'r', (file) => file.sync());

const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOENT';
