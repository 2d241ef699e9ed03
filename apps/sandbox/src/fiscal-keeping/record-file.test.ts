import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecordFile } from './record-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bivak-records-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('record file', () => {
  it('gives back what was appended, over several openings', () => {
    const path = join(folder, 'deep', 'records');
    const first = openRecordFile(path);
    expect(first.records).toEqual([]);
    first.file.append({ n: 1, text: 'строка\nдругая' });
    first.file.close();
    const second = openRecordFile(path);
    second.file.append({ n: 2 });
    second.file.close();
    expect(openRecordFile(path).records).toEqual([{ n: 1, text: 'строка\nдругая' }, { n: 2 }]);
  });

  it('cuts off a last record that was not finished, at whatever byte, and goes on behind the others', () => {
    const whole = '{"n":1}\n{"n":2}\n';
    for (let length = 0; length <= whole.length; length += 1) {
      const path = join(folder, `cut-${length}`);
      writeFileSync(path, whole.slice(0, length));
      const opened = openRecordFile(path);
      const finished = whole.slice(0, length).split('\n').length - 1;
      expect(opened.records).toHaveLength(finished);
      expect(opened.droppedBytes).toBe(length - finished * 8);
      opened.file.append({ n: 3 });
      opened.file.close();
      expect(readFileSync(path, 'utf8')).toBe(`${whole.slice(0, finished * 8)}{"n":3}\n`);
    }
  });

  it('refuses a file that is damaged before its end, and leaves it alone', () => {
    const path = join(folder, 'damaged');
    writeFileSync(path, '{"n":1}\n{"n"\n{"n":3}\n');
    expect(() => openRecordFile(path)).toThrow(/line 2/);
    appendFileSync(path, '');
    expect(readFileSync(path, 'utf8')).toBe('{"n":1}\n{"n"\n{"n":3}\n');
  });
});
