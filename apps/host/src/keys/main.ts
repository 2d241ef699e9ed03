// node keys/main.ts --create FILE --passphrase-file FILE --keys FILE: makes the host's encrypted key file. KEYS is JSON
// with baseDerivationKey (32 hex digits) and cardReferenceKey (64 hex digits); remove it afterwards.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createKeyFile, keySet } from './key-store.ts';

const { values } = parseArgs({
  options: { create: { type: 'string' }, 'passphrase-file': { type: 'string' }, keys: { type: 'string' } },
});
const { create, 'passphrase-file': passphraseFile, keys } = values;
if (create === undefined || passphraseFile === undefined || keys === undefined) {
  console.error('Say: --create FILE --passphrase-file FILE --keys FILE');
  process.exit(2);
}
const parsed = keySet.partial({ linkKey: true }).safeParse(JSON.parse(readFileSync(keys, 'utf8')));
if (!parsed.success) {
  console.error(
    `${keys} has to hold baseDerivationKey (32 hex digits) and cardReferenceKey (64 hex digits) and nothing else.`,
  );
  process.exit(2);
}
createKeyFile(create, readFileSync(passphraseFile, 'utf8'), {
  ...parsed.data,
  linkKey: parsed.data.linkKey ?? randomBytes(32).toString('hex'),
});
console.log(`${create} was made.`);
