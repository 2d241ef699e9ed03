// `npm test`: everything. Types, lint, architecture, unit and property tests, tests with a database and single processes,
// the screens' build, end-to-end runs with all processes, and the browser. Its last line is `N passed, N failed`.
import { lint, runSteps, type Step, types, vitest } from './run-steps.ts';

// Both load their parts within the step, so that what cannot be loaded is a step that failed, not the end of the run.
const build: Step = {
  name: 'screens',
  run: async () => {
    const { ensureScreens } = await import('./build.ts');
    ensureScreens();
    return { passed: 1, failed: 0 };
  },
};
const chromium: Step = {
  name: 'chromium',
  run: async () => {
    const { ensureChromium } = await import('./chromium.ts');
    process.env.BIVAK_CHROMIUM = await ensureChromium();
    console.log(process.env.BIVAK_CHROMIUM);
    return { passed: 1, failed: 0 };
  },
};

process.exitCode = await runSteps([
  types(),
  lint(),
  vitest('architecture'),
  vitest('unit'),
  vitest('integration'),
  build,
  vitest('e2e'),
  chromium,
  vitest('browser'),
]);
