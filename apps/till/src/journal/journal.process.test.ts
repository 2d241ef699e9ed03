import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@bivak/clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from './index.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'bivak-journal-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const keys = generateKeyPairSync('ed25519');

describe('the journal', () => {
  it('has every entry that was written before the program was killed', async () => {
    const script = join(dataDir, 'write.mjs');
    const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    writeFileSync(
      script,
      `import { createPrivateKey, createPublicKey } from 'node:crypto';
       import { systemClock } from '${import.meta.resolve('@bivak/clock')}';
       import { openJournal } from '${new URL('./index.ts', import.meta.url).href}';
       const privateKey = createPrivateKey(${JSON.stringify(key)});
       const journal = openJournal({ dataDir: ${JSON.stringify(join(dataDir, 'killed'))}, tillId: 'till-1',
         timeZone: 'UTC', keys: { privateKey, publicKey: createPublicKey(privateKey) }, clock: systemClock, projections: [] });
       const more = () => {
         process.stdout.write(journal.append({ kind: 'till.started', body: { softwareVersion: 'x' } }).seq + '\\n');
         setImmediate(more);
       };
       more();`,
    );
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    for await (const chunk of child.stdout) {
      output += chunk;
      if (output.split('\n').length > 20) child.kill('SIGKILL');
    }
    const lastWritten = Number(output.split('\n').at(-2));
    const journal = openJournal({
      dataDir: join(dataDir, 'killed'),
      tillId: 'till-1',
      timeZone: 'UTC',
      keys,
      clock: systemClock,
      projections: [],
    });
    expect(journal.lastSeq()).toBeGreaterThanOrEqual(lastWritten);
    expect(lastWritten).toBeGreaterThan(10);
    journal.close();
  });
});
