import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withoutProxyOnLoopback } from '@bivak/process';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What a step of the test run counted. */
export interface Count {
  passed: number;
  failed: number;
}

/** A named part of the run, and how it is done. */
export interface Step {
  name: string;
  run: () => Promise<Count>;
}

const bin = (name: string, file: string): string => join(root, 'node_modules', name, file);

/** A whole command that passes or fails as one. */
export function command(name: string, file: string, args: string[]): Step {
  return {
    name,
    run: async () =>
      (await exitCode(file, args)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 },
  };
}

export const types = (): Step => command('types', bin('typescript', 'bin/tsc'), ['-p', 'tsconfig.json']);
export const lint = (): Step =>
  command('lint', bin('@biomejs/biome', 'bin/biome'), ['check', '--error-on-warnings', '.']);

/** One project of vitest.config.ts; each of its tests is counted. */
export function vitest(project: string): Step {
  return {
    name: project,
    run: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'bivak-test-'));
      const report = join(folder, 'report.json');
      const args = [
        'run',
        // Node reads the configuration itself; Vite would write a copy of it into node_modules, which may be another's.
        '--configLoader=native',
        '--project',
        project,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ];
      const code = await exitCode(bin('vitest', 'vitest.mjs'), args);
      const count = countReport(report);
      rmSync(folder, { recursive: true });
      // A run that failed outside any test (a file that cannot be loaded, an unhandled error) counts as one failure.
      return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
    },
  };
}

function countReport(report: string): Count {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
    return {
      passed: numPassedTests,
      failed: numFailedTests === 0 && numFailedTestSuites > 0 ? 1 : numFailedTests,
    };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function exitCode(file: string, args: string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file, ...args], {
      cwd: root,
      env: withoutProxyOnLoopback(process.env),
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** A step that breaks off, or that counted nothing at all, counts as one failure. */
async function counted(step: Step): Promise<Count> {
  try {
    const count = await step.run();
    if (count.passed + count.failed > 0) return count;
    console.error(`${step.name} ran no test.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  return { passed: 0, failed: 1 };
}

/** Runs the steps in order, says how long each took, and prints `N passed, N failed` last. Resolves with the exit code. */
export async function runSteps(steps: Step[]): Promise<number> {
  const total: Count = { passed: 0, failed: 0 };
  const summary: string[] = [];
  for (const step of steps) {
    console.log(`\n── ${step.name}`);
    const startedMs = performance.now();
    const count = await counted(step);
    total.passed += count.passed;
    total.failed += count.failed;
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    summary.push(`${step.name.padEnd(11)} ${count.passed} passed, ${count.failed} failed   ${seconds} s`);
  }
  console.log(`\n${summary.join('\n')}\n`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}
