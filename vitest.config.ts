import { defineConfig } from 'vitest/config';

/** Tests that start a database or the project's own processes: too slow to be run before each commit. */
const integration = [
  'tests/integration/**/*.test.ts',
  'apps/host/src/{api,cardholder-page,fleet,intake,notices,payments,recovery,stoplist,store}/**/*.test.ts',
  'apps/sandbox/src/world/**/*.test.ts',
];

const unit = [
  'packages/*/src/**/*.test.ts',
  'apps/*/src/**/*.test.ts',
  'apps/*/{screen,panel}/**/*.test.ts',
  'tools/**/*.test.ts',
];

export default defineConfig({
  test: {
    allowOnly: false,
    projects: [
      {
        test: {
          name: 'unit',
          include: unit,
          exclude: integration,
          environment: 'node',
          // Nothing at module level remembers anything, so files may share a process: half the time.
          isolate: false,
        },
      },
      { test: { name: 'integration', include: integration, environment: 'node' } },
      {
        test: {
          name: 'house',
          include: ['tests/house/**/*.test.ts'],
          environment: 'node',
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          environment: 'node',
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          environment: 'node',
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
