import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardDataError } from '@bivak/card';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataKeys, dataKeys } from './data-keys.ts';

const wrappingKey = Buffer.alloc(32, 7);
const copyOf = (keys: DataKeys, id: string): string =>
  keys.use(id, (key) => Buffer.from(key).toString('hex'));
const faultOf = (keys: DataKeys, id: string): string => {
  try {
    keys.use(id, () => {});
    return 'none';
  } catch (error) {
    return (error as CardDataError).fault;
  }
};

describe('data keys', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-data-keys-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const bytes = (): Buffer =>
    Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));

  it('are each another, and there for every host that shares the folder, also after a restart', async () => {
    const keys = dataKeys(folder, wrappingKey);
    const [ids, more] = await Promise.all([keys.create(3), keys.create(2)]);
    const all = [...ids, ...more];
    const values = all.map((id) => copyOf(keys, id));
    expect(new Set(values).size).toBe(5);
    const later = dataKeys(folder, wrappingKey);
    expect(all.map((id) => copyOf(later, id))).toEqual(values);
    expect(await later.create(1)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(ids[0]!.slice(0, 32))]),
    );
    expect(statSync(folder).mode & 0o077).toBe(0);
  });

  it('lie wrapped, and open under their own wrapping key and id only', async () => {
    const keys = dataKeys(folder, wrappingKey);
    const [id, other] = await keys.create(2);
    expect(bytes().includes(Buffer.from(copyOf(keys, id!), 'hex'))).toBe(false);
    expect(faultOf(dataKeys(folder, Buffer.alloc(32, 8)), id!)).toBe('altered-or-other-key');
    expect(copyOf(keys, id!)).not.toBe(copyOf(keys, other!));
  });

  it('are destroyed one by one: what was written over is not in the file any more', async () => {
    const keys = dataKeys(folder, wrappingKey);
    const [id, other] = await keys.create(2);
    const wrapped = bytes().subarray(0, 60);
    await keys.destroy([id!]);
    await keys.destroy([id!, 'nonsense', `${'0'.repeat(32)}/1`, `${id!.slice(0, 32)}/999`]);
    expect(bytes().includes(wrapped)).toBe(false);
    expect(faultOf(keys, id!)).toBe('destroyed');
    expect(faultOf(keys, other!)).toBe('none');
    expect(faultOf(keys, 'nonsense')).toBe('destroyed');
    const [later] = await keys.create(1);
    expect(later).not.toBe(id); // no id is used twice
  });

  it('leave with their file once the last one of a full file is destroyed', async () => {
    const keys = dataKeys(folder, wrappingKey);
    const ids = await keys.create(1_100);
    expect(new Set(ids).size).toBe(1_100);
    expect(readdirSync(folder)).toHaveLength(2);
    const full = ids.slice(0, 1_024);
    await keys.destroy(full.slice(1));
    expect(readdirSync(folder)).toHaveLength(2);
    await keys.destroy(full.slice(0, 1));
    expect(readdirSync(folder)).toHaveLength(1);
    expect(faultOf(keys, full[5]!)).toBe('destroyed');
    expect(faultOf(keys, ids.at(-1)!)).toBe('none');
  });

  it('begin another file if one could not be written', async () => {
    const keys = dataKeys(folder, wrappingKey);
    const [before] = await keys.create(1);
    rmSync(join(folder, `${before!.slice(0, 32)}.keys`));
    await expect(keys.create(1)).rejects.toThrow('ENOENT');
    const [after] = await keys.create(1);
    expect(faultOf(keys, after!)).toBe('none');
  });

  it('are lent: the memory of a key is zeros afterwards', async () => {
    const keys = dataKeys(folder, wrappingKey);
    const [id] = await keys.create(1);
    let seen: Uint8Array = Buffer.alloc(0);
    keys.use(id!, (key) => {
      seen = key;
    });
    expect(Buffer.from(seen)).toEqual(Buffer.alloc(32));
  });
});
