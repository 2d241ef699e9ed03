import { defineConfig } from 'vitest/config';

/**
 * Tests that start a database or a process (`*.process.test.ts`, and the rooms in which nearly all do): too slow to be run
 * before each commit.
 */
const integration = [
  'tests/integration/**/*.test.ts',
  'apps/host/src/{alarms,api,cardholder-page,epoch,fleet,intake,lines,notices,payments,peers,recovery,routing,stoplist,store,views}/**/*.test.ts',
  // Lives of banks by the thousand: pure, and too long for each commit.
  'apps/sandbox/src/bank-mind/**/*.test.ts',
  'apps/sandbox/src/world/**/*.test.ts',
  '{apps,packages}/*/src/**/*.process.test.ts',
  'tools/**/*.process.test.ts',
];

const unit = [
  'packages/*/src/**/*.test.ts',
  'apps/*/src/**/*.test.ts',
  'apps/*/{screen,panel}/**/*.test.ts',
  'tools/**/*.test.ts',
];

/** A test that waits for a process or a database fails by what it sees, not by how busy the machine is. */
const patient = { testTimeout: 120_000, hookTimeout: 120_000 };
const veryPatient = { testTimeout: 300_000, hookTimeout: 300_000 };

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
          testTimeout: 30_000,
          // Nothing at module level remembers anything, so files may share a process: half the time.
          isolate: false,
        },
      },
      { test: { name: 'integration', include: integration, environment: 'node', ...patient } },
      {
        test: {
          name: 'architecture',
          include: ['tests/architecture/**/*.test.ts'],
          environment: 'node',
          ...patient,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/{e2e,storm}/**/*.test.ts'],
          environment: 'node',
          fileParallelism: false,
          ...veryPatient,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          environment: 'node',
          fileParallelism: false,
          ...veryPatient,
        },
      },
    ],
  },
});
