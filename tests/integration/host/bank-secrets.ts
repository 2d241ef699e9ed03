import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bankProfile } from '@bivak/bank-profiles';
import { makeCertificates } from '../../../apps/sandbox/src/world/certificates.ts';

/** What a contract and its bank need of keys and certificates: made in a folder, for as far as the profile wants them. */
export async function bankSecrets(folder: string, profile: string): Promise<{ host: object; bank: object }> {
  const { isEncrypted, mac } = bankProfile(profile);
  const macKeyFile = join(folder, 'mac-key');
  writeFileSync(macKeyFile, '00112233445566778899aabbccddeeff');
  const files = (name: string) => ({
    caFile: join(folder, 'authority.pem'),
    certificateFile: join(folder, `${name}.pem`),
    keyFile: join(folder, `${name}.key`),
  });
  const serverName = `${profile}.bank`;
  if (isEncrypted)
    await makeCertificates(
      [
        { name: 'host.bivak', role: 'client', files: files('host') },
        { name: serverName, role: 'server', files: files('bank') },
      ],
      Date.now(),
    );
  const key = mac === undefined ? {} : { macKeyFile };
  return {
    host: { ...key, ...(isEncrypted ? { tls: { ...files('host'), serverName } } : {}) },
    bank: { ...key, ...(isEncrypted ? { tls: files('bank') } : {}) },
  };
}
