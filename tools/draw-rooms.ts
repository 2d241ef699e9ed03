// `npm run rooms`: draws who imports whom into docs/architecture.md, from the code.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withRoomsPictures } from './rooms-page.ts';
import { root } from './run-steps.ts';

const file = join(root, 'docs', 'architecture.md');
writeFileSync(file, withRoomsPictures(readFileSync(file, 'utf8')));
