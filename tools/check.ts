// `npm run check`: what is run before each commit, well under a minute; nothing in it starts a database.
import { lint, runSteps, types, vitest } from './run-steps.ts';

process.exitCode = await runSteps([types(), lint(), vitest('architecture'), vitest('unit')]);
