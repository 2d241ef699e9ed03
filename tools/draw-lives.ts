// `npm run lives`: writes docs/lives.md from the tables of states in the code.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { livesPage } from './lives.ts';
import { root } from './run-steps.ts';

writeFileSync(join(root, 'docs', 'lives.md'), livesPage());
