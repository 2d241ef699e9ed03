import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const projectRoot = dirname(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))));

/** Where the files of a run lie. */
export interface Layout {
  dataDir: string;
  /** Held by the supervisor as long as it runs. */
  lockFile: string;
  portsFile: string;
  secretsFile: string;
  passphraseFile: string;
  keyStoreFile: string;
  walletFile: string;
  macKeyFile: string;
  /** A certificate of this sandbox's own authority, and its key. */
  certificate(name: string): { caFile: string; certificateFile: string; keyFile: string };
  clockFile: string;
  scenarioFile: string;
  processesFile: string;
  config(name: string): string;
  log(name: string): string;
  data(name: string): string;
}

/** The layout of a data folder; makes the folders. */
export function layOut(dataDir: string): Layout {
  const inside = (...parts: string[]): string => join(dataDir, ...parts);
  for (const folder of ['config', 'logs', 'data', 'certificates'])
    mkdirSync(inside(folder), { recursive: true, mode: 0o700 });
  return {
    dataDir,
    lockFile: inside('lock.sqlite'),
    portsFile: inside('ports.json'),
    secretsFile: inside('secrets.json'),
    passphraseFile: inside('key-store-passphrase'),
    keyStoreFile: inside('data', 'host-keys.json'),
    walletFile: inside('wallet.json'),
    macKeyFile: inside('bank-mac-key'),
    certificate: (name) => ({
      caFile: inside('certificates', 'authority.pem'),
      certificateFile: inside('certificates', `${name}.pem`),
      keyFile: inside('certificates', `${name}.key`),
    }),
    clockFile: inside('clock.json'),
    scenarioFile: inside('scenario.json'),
    processesFile: inside('processes.json'),
    config: (name) => inside('config', `${name}.json`),
    log: (name) => inside('logs', `${name}.log`),
    data: (name) => inside('data', name),
  };
}
