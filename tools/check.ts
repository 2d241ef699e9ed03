// `npm run check`: what is run before each commit; under a minute.
import { lint, runSteps, types, vitest } from './run-steps.ts';

process.exitCode = await runSteps([types(), lint(), vitest('house'), vitest('unit')]);
