import { join } from 'node:path';
import { bankProfile } from '@bivak/bank-profiles';
import { deriveInitialKey } from '@bivak/card';
import type { sandboxApi } from '@bivak/contracts';
import {
  attemptHourLocal,
  type BankId,
  bankIds,
  banks,
  bankWindowMs,
  cashier,
  currency,
  fiscalOperator,
  merchant,
  offlineLimits,
  recoveryWindowMs,
  registrationNumber,
  type TillId,
  tillIds,
  tills,
  timeZone,
} from './business.ts';
import { type Layout, projectRoot } from './layout.ts';
import { initialKeyId, type SandboxSecrets } from './secrets.ts';

/** A process of the sandbox before it has been started. */
export interface ProcessPlan {
  name: string;
  /** Path of its main.ts from the project's root. */
  script: string;
  config: Readonly<Record<string, unknown>>;
  httpPort: PortName;
  /** All ports on which it listens. */
  ports: readonly PortName[];
  /** The simulated world and the host come first, then tills and console, which need them. */
  stage: 'world' | 'users';
}

/** The panel's port; the others follow it. */
export const defaultPortBase = 8700;

/** Ports by name, with the number that is tried first, in the order of choosing. */
const preferredPorts = {
  control: 8700,
  host: 8710,
  console: 8720,
  'till-1': 8731,
  'till-2': 8732,
  clock: 8740,
  issuers: 8741,
  'sms-centre': 8742,
  'sms-centre-smpp': 8743,
  'fiscal-operator': 8744,
  'fiscal-operator-operator': 8745,
  ...bankPorts(8750),
  'drive-till-1': 8760,
  'drive-till-1-frame': 8761,
  'drive-till-2': 8762,
  'drive-till-2-frame': 8763,
  'reader-till-1': 8770,
  'reader-till-1-reader': 8771,
  'reader-till-2': 8772,
  'reader-till-2-reader': 8773,
  'radio-link': 8780,
  'link-till-1-host': 8781,
  'link-till-1-fiscal-operator': 8782,
  'link-till-2-host': 8783,
  'link-till-2-fiscal-operator': 8784,
} as const;

/** Two for each bank: its HTTP interface and its ISO 8583 one. */
function bankPorts(first: number): Readonly<Record<`bank-${BankId}` | `bank-${BankId}-iso`, number>> {
  const ports = bankIds.flatMap((bankId, index) => [
    [`bank-${bankId}`, first + 2 * index],
    [`bank-${bankId}-iso`, first + 2 * index + 1],
  ]);
  return Object.fromEntries(ports);
}

/** The ports to try first if they begin at another number. */
export function preferredPortsFrom(base: number): Record<PortName, number> {
  const moved = Object.entries(preferredPorts).map(([name, port]) => [name, port - defaultPortBase + base]);
  return Object.fromEntries(moved) as Record<PortName, number>;
}
export type PortName = keyof typeof preferredPorts;
export type Ports = Readonly<Record<PortName, number>>;

export interface PlanInput {
  layout: Layout;
  ports: Ports;
  secrets: SandboxSecrets;
  /** What the banks make of what they are asked. */
  bankMind: { mind: sandboxApi.BankMind; seed: number };
}

const loopback = (port: number): string => `http://127.0.0.1:${port}`;

/** Every process of the sandbox with its configuration, in the order of starting. */
export function planProcesses(input: PlanInput): ProcessPlan[] {
  return [
    hostPlan(input),
    ...worldPlans(input),
    ...bankIds.map((bankId) => bankPlan(bankId, input)),
    ...tillIds.flatMap((tillId) => [drivePlan(tillId, input), readerPlan(tillId, input)]),
    ...tillIds.map((tillId) => tillPlan(tillId, input)),
    consolePlan(input),
  ];
}

function common({ layout, ports }: PlanInput, name: string, port: PortName) {
  return { clock: { host: '127.0.0.1', port: ports.clock }, port: ports[port], dataDir: layout.data(name) };
}

function hostPlan(input: PlanInput): ProcessPlan {
  const { layout, ports, secrets } = input;
  const config = {
    ...common(input, 'host', 'host'),
    publicUrl: loopback(ports.host),
    merchant: {
      name: merchant.name,
      inn: merchant.inn,
      acceptorId: merchant.acceptorId,
      categoryCode: merchant.categoryCode,
    },
    currency,
    timeZone,
    banks: bankIds.map((bankId) => ({
      bankId,
      name: banks[bankId].name,
      profile: banks[bankId].profile,
      host: '127.0.0.1',
      port: ports[`bank-${bankId}-iso`],
      terminalId: terminalId(bankId),
      merchantId: banks[bankId].merchantId,
      feePercent: banks[bankId].feePercent,
      onUsFeePercent: banks[bankId].onUsFeePercent,
      issuers: banks[bankId].issuers,
      ...contractSecrets(bankId, layout),
    })),
    smsc: {
      host: '127.0.0.1',
      port: ports['sms-centre-smpp'],
      systemId: 'bivak',
      password: secrets.smsPassword,
      from: 'BUFET',
    },
    tills: tillIds.map((tillId) => ({
      tillId,
      place: tills[tillId].place,
      enrolmentCode: secrets.enrolmentCodes[tillId],
    })),
    keyStore: { file: layout.keyStoreFile, passphraseFile: layout.passphraseFile },
    limits: offlineLimits,
    bankWindowMs,
    recovery: { windowMs: recoveryWindowMs, attemptHourLocal },
    language: 'ru',
  };
  return {
    name: 'host',
    script: 'apps/host/src/main.ts',
    config,
    httpPort: 'host',
    ports: ['host'],
    stage: 'world',
  };
}

/** The name for which a bank's certificate is. */
export const serverNameOf = (bankId: BankId): string => `${bankId}.bank.sandbox`;
export const encryptedBanks: readonly BankId[] = bankIds.filter(
  (bankId) => bankProfile(banks[bankId].profile).isEncrypted,
);

/** What the host's contract with a bank needs of keys and certificates. */
function contractSecrets(bankId: BankId, layout: Layout): object {
  const { isEncrypted, mac } = bankProfile(banks[bankId].profile);
  return {
    ...(isEncrypted ? { tls: { ...layout.certificate('host'), serverName: serverNameOf(bankId) } } : {}),
    ...(mac === undefined ? {} : { macKeyFile: layout.macKeyFile }),
  };
}

function terminalId(bankId: BankId): string {
  return `BVK0000${bankIds.indexOf(bankId) + 1}`;
}

function sandboxPlan(
  input: PlanInput,
  name: PortName,
  folder: string,
  config: Record<string, unknown>,
  ports: readonly PortName[],
): ProcessPlan {
  return {
    name,
    script: `apps/sandbox/src/${folder}/main.ts`,
    config: { ...common(input, name, name), ...config },
    httpPort: name,
    ports: [name, ...ports],
    stage: 'world',
  };
}

function worldPlans(input: PlanInput): ProcessPlan[] {
  const { layout, ports, secrets } = input;
  const links = tillIds.map((tillId) => ({
    tillId,
    routes: [
      { name: 'host', listenPort: ports[`link-${tillId}-host`], targetPort: ports.host },
      {
        name: 'fiscal-operator',
        listenPort: ports[`link-${tillId}-fiscal-operator`],
        targetPort: ports['fiscal-operator-operator'],
      },
    ],
  }));
  return [
    sandboxPlan(input, 'issuers', 'issuers', { walletFile: layout.walletFile }, []),
    sandboxPlan(
      input,
      'sms-centre',
      'sms-centre',
      { smppPort: ports['sms-centre-smpp'], systemId: 'bivak', password: secrets.smsPassword },
      ['sms-centre-smpp'],
    ),
    sandboxPlan(
      input,
      'fiscal-operator',
      'fiscal-operator',
      { operatorPort: ports['fiscal-operator-operator'] },
      ['fiscal-operator-operator'],
    ),
    sandboxPlan(
      input,
      'radio-link',
      'radio-link',
      { links, seed: 2026 },
      tillIds.flatMap((tillId) => [`link-${tillId}-host`, `link-${tillId}-fiscal-operator`] as const),
    ),
  ];
}

/** The same on the bank's side. */
function bankSecrets(bankId: BankId, layout: Layout): object {
  const { isEncrypted, mac } = bankProfile(banks[bankId].profile);
  return {
    ...(isEncrypted ? { tls: layout.certificate(`bank-${bankId}`) } : {}),
    ...(mac === undefined ? {} : { macKeyFile: layout.macKeyFile }),
  };
}

function bankPlan(bankId: BankId, input: PlanInput): ProcessPlan {
  const config = {
    bankId,
    name: banks[bankId].name,
    profile: banks[bankId].profile,
    isoPort: input.ports[`bank-${bankId}-iso`],
    issuersUrl: loopback(input.ports.issuers),
    terminals: [{ terminalId: terminalId(bankId), merchantId: banks[bankId].merchantId }],
    mind: input.bankMind,
    ...bankSecrets(bankId, input.layout),
  };
  return sandboxPlan(input, `bank-${bankId}`, 'banks', config, [`bank-${bankId}-iso`]);
}

function drivePlan(tillId: TillId, input: PlanInput): ProcessPlan {
  const config = {
    driveNumber: tills[tillId].driveNumber,
    framePort: input.ports[`drive-${tillId}-frame`],
  };
  return sandboxPlan(input, `drive-${tillId}`, 'drive', config, [`drive-${tillId}-frame`]);
}

function readerPlan(tillId: TillId, input: PlanInput): ProcessPlan {
  const { layout, ports, secrets } = input;
  const keyId = initialKeyId(tillIds.indexOf(tillId));
  const initialKey = deriveInitialKey(Buffer.from(secrets.baseDerivationKey, 'hex'), keyId);
  const config = {
    tillId,
    readerPort: ports[`reader-${tillId}-reader`],
    walletFile: layout.walletFile,
    initialKeyId: keyId,
    initialKey: initialKey.toString('hex'),
    cardReferenceKey: secrets.cardReferenceKey,
  };
  return sandboxPlan(input, `reader-${tillId}`, 'reader', config, [`reader-${tillId}-reader`]);
}

function tillPlan(tillId: TillId, input: PlanInput): ProcessPlan {
  const { ports, secrets } = input;
  const config = {
    ...common(input, tillId, tillId),
    tillId,
    merchant: { name: merchant.name, inn: merchant.inn, address: merchant.address },
    place: tills[tillId].place,
    timeZone,
    currency,
    catalogueFile: join(projectRoot, 'data', 'catalogue.csv'),
    reader: { host: '127.0.0.1', port: ports[`reader-${tillId}-reader`] },
    drive: { host: '127.0.0.1', port: ports[`drive-${tillId}-frame`] },
    registration: {
      registrationNumber: registrationNumber(tillId),
      serialNumber: tills[tillId].serialNumber,
      operatorName: fiscalOperator.name,
      operatorInn: fiscalOperator.inn,
      taxSystem: 'general',
    },
    hostUrl: loopback(ports[`link-${tillId}-host`]),
    operator: { host: '127.0.0.1', port: ports[`link-${tillId}-fiscal-operator`] },
    enrolmentCode: secrets.enrolmentCodes[tillId],
    limits: offlineLimits,
    cashier,
  };
  return {
    name: tillId,
    script: 'apps/till/src/main.ts',
    config,
    httpPort: tillId,
    ports: [tillId],
    stage: 'users',
  };
}

function consolePlan(input: PlanInput): ProcessPlan {
  const { ports } = input;
  const config = {
    ...common(input, 'console', 'console'),
    hostUrl: loopback(ports.host),
    sandboxUrl: loopback(ports.control),
    timeZone,
    tills: tillIds.map((tillId) => ({ tillId, url: loopback(ports[tillId]) })),
  };
  return {
    name: 'console',
    script: 'apps/console/src/main.ts',
    config,
    httpPort: 'console',
    ports: ['console'],
    stage: 'users',
  };
}
