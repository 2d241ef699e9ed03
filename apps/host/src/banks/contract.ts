import { readFileSync } from 'node:fs';
import { type BankProfile, bankProfile, bankProfileNames, type Timeouts } from '@bivak/bank-profiles';
import { type Authenticator, authenticator } from '@bivak/mac';
import type { Address, TlsOptions } from '@bivak/net';
import type { Acceptor } from './messages.ts';

/** How one bank is reached, and what identifies us there: its part of the configuration. */
export interface BankAddress extends Acceptor {
  bankId: string;
  profile: string;
  host: string;
  port: number;
  /** Where the same bank is reached if it cannot be at the first address. */
  secondAddress?: { host: string; port: number } | undefined;
  /** Files in PEM: the authority that alone is trusted, and the certificate and key by which the bank knows us. */
  tls?: { caFile: string; certificateFile: string; keyFile: string; serverName: string } | undefined;
  /** A file that holds the key of the messages' authentication codes, in hex. */
  macKeyFile?: string | undefined;
  /** Instead of the profile's. */
  timeouts?: { [Name in keyof Timeouts]?: Timeouts[Name] | undefined } | undefined;
}

/** A contract with what its files hold: ready for a session. */
export interface OpenedContract {
  profile: BankProfile;
  addresses: readonly Address[];
  authenticator: Authenticator | undefined;
  timeouts: Timeouts;
}

/** What keeps a contract from being used with its profile; undefined: nothing, or there is no such profile. */
export function contractFault({
  profile: name,
  tls,
  macKeyFile,
}: Pick<BankAddress, 'profile' | 'tls' | 'macKeyFile'>): string | undefined {
  if (!bankProfileNames.includes(name)) return undefined;
  const { isEncrypted, mac } = bankProfile(name);
  if (isEncrypted !== (tls !== undefined))
    return isEncrypted ? 'the bank is reached by TLS alone: tls is missing' : 'the bank has no TLS';
  if ((mac === undefined) !== (macKeyFile === undefined))
    return mac === undefined
      ? 'the bank’s messages are not authenticated'
      : 'the bank’s messages are authenticated: macKeyFile is missing';
  return undefined;
}

/** Reads the files of a contract. Throws an Error if one is missing, or a key does not fit. */
export function openContract(bank: BankAddress): OpenedContract {
  const profile = bankProfile(bank.profile);
  const fault = contractFault(bank);
  if (fault !== undefined) throw new Error(`${bank.bankId}: ${fault}`);
  const tls = bank.tls === undefined ? {} : { tls: readTls(bank.tls) };
  const second = bank.secondAddress === undefined ? [] : [bank.secondAddress];
  const given = Object.entries(bank.timeouts ?? {}).filter(([, ms]) => ms !== undefined);
  return {
    profile,
    addresses: [bank, ...second].map(({ host, port }) => ({ host, port, ...tls })),
    authenticator:
      profile.mac === undefined ? undefined : authenticator(profile.mac, readMacKey(bank.macKeyFile!)),
    timeouts: { ...profile.timeouts, ...Object.fromEntries(given) },
  };
}

const readTls = ({
  caFile,
  certificateFile,
  keyFile,
  serverName,
}: NonNullable<BankAddress['tls']>): TlsOptions => ({
  ca: readFileSync(caFile),
  cert: readFileSync(certificateFile),
  key: readFileSync(keyFile),
  serverName,
});

function readMacKey(file: string): Buffer {
  const text = readFileSync(file, 'latin1').trim();
  if (!/^([0-9a-f]{2})+$/i.test(text)) throw new Error(`${file} holds no key in hex`);
  return Buffer.from(text, 'hex');
}
