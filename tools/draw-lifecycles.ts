// `npm run lifecycles`: writes docs/lifecycles.md from the tables of states in the code.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lifecyclesPage } from './lifecycles.ts';
import { root } from './run-steps.ts';

writeFileSync(join(root, 'docs', 'lifecycles.md'), lifecyclesPage());
