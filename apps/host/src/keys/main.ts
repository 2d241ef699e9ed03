// node keys/main.ts --create FILE --passphrase-file FILE --keys FILE: makes the host's encrypted key file. KEYS is JSON
// with baseDerivationKey (32 hex digits) and cardReferenceKey (64 hex digits); remove it afterwards.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { terminalRenderer } from '@bivak/messages';
import { createKeyFile, keySet } from './key-file.ts';

const { t } = terminalRenderer(process.env);

const { values } = parseArgs({
  options: { create: { type: 'string' }, 'passphrase-file': { type: 'string' }, keys: { type: 'string' } },
});
const { create, 'passphrase-file': passphraseFile, keys } = values;
if (create === undefined || passphraseFile === undefined || keys === undefined) {
  console.error(t('cli:keys.usage'));
  process.exit(2);
}
const parsed = keySet.partial({ linkKey: true }).safeParse(JSON.parse(readFileSync(keys, 'utf8')));
if (!parsed.success) {
  console.error(t('cli:keys.badKeys', { file: keys }));
  process.exit(2);
}
createKeyFile(create, readFileSync(passphraseFile, 'utf8'), {
  ...parsed.data,
  linkKey: parsed.data.linkKey ?? randomBytes(32).toString('hex'),
});
console.log(t('cli:keys.done', { file: create, keys }));
