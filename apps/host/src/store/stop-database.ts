// node stop-database.ts (--data-dir DIR | --config FILE) [--drop]: ends the embedded database server of a host that was
// killed; --drop removes its data too. FILE is the host's own config; with a databaseUrl in it there is nothing to end.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { stopEmbedded } from './embedded.ts';

const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    config: { type: 'string' },
    drop: { type: 'boolean', default: false },
  },
});
const hostConfig = z.object({ dataDir: z.string(), databaseUrl: z.string().optional() });
const read =
  values.config === undefined
    ? undefined
    : hostConfig.parse(JSON.parse(readFileSync(values.config, 'utf8')) as unknown);
const dataDir = values['data-dir'] ?? read?.dataDir;
if (dataDir === undefined) {
  console.error('Say whose: stop-database (--data-dir DIR | --config FILE) [--drop]');
  process.exit(2);
}
if (read?.databaseUrl === undefined) await stopEmbedded(dataDir, { drop: values.drop });
