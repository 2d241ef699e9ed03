import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './run-steps.ts';

describe('the benchmarks’ command line', () => {
  it.each([[[]], [['nonsense']], [['../tools/check']], [['tap', 'tap']], [['tap', '--jsn']]])(
    'names the benchmarks if it is called with %j',
    (args) => {
      const command = [join(root, 'tools', 'bench.ts'), ...args];
      const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^Say which: .*\btap\b.*\n$/);
    },
  );
});
