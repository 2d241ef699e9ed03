// `npm test`: everything. Types, lint, house rules, unit and property tests, the screens' build, end-to-end runs
// with real processes, and the browser. Its last line is `N passed, N failed`.
import { ensureScreens } from './build.ts';
import { ensureChromium } from './chromium.ts';
import { lint, runSteps, type Step, types, vitest } from './run-steps.ts';

const build: Step = {
  name: 'screens',
  run: async () => {
    ensureScreens();
    return { passed: 1, failed: 0 };
  },
};
const chromium: Step = {
  name: 'chromium',
  run: async () => {
    process.env.BIVAK_CHROMIUM = await ensureChromium();
    console.log(process.env.BIVAK_CHROMIUM);
    return { passed: 1, failed: 0 };
  },
};

process.exitCode = await runSteps([
  types(),
  lint(),
  vitest('house'),
  vitest('unit'),
  build,
  vitest('e2e'),
  chromium,
  vitest('browser'),
]);
