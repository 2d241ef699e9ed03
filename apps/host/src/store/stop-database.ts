// node stop-database.ts --data-dir DIR [--drop]: ends the database server of a host that was killed; --drop removes its
// data too.
import { parseArgs } from 'node:util';
import { stopEmbedded } from './embedded.ts';

const { values } = parseArgs({ options: { 'data-dir': { type: 'string' }, drop: { type: 'boolean' } } });
if (values['data-dir'] === undefined) {
  console.error('Say whose: stop-database --data-dir DIR [--drop], DIR the data folder of the host.');
  process.exit(2);
}
await stopEmbedded(values['data-dir'], { drop: values.drop === true });
