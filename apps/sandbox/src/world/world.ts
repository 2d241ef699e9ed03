import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Renderer } from '@bivak/messages';
import { withoutProxyOnLoopback } from '@bivak/process';
import { z } from 'zod';
import { type ClockServer, startClockServer } from '../clock/clock-server.ts';
import { makeWallet } from '../wallet/wallet.ts';
import { journeyBeginsAtMs } from './business.ts';
import { makeCertificates, type Subject } from './certificates.ts';
import { type Child, superviseChild } from './child.ts';
import { type Layout, projectRoot } from './layout.ts';
import { endLeftovers, writeProcesses } from './leftovers.ts';
import {
  encryptedBanks,
  type PlanInput,
  type PortName,
  type Ports,
  type ProcessPlan,
  planProcesses,
  preferredPortsFrom,
  serverNameOf,
} from './plans.ts';
import { type ReservedPorts, reservePorts } from './ports.ts';
import { loadSecrets, type SandboxSecrets } from './secrets.ts';
import { readWhole, writeWhole } from './whole-file.ts';

/** Everything that runs in a sandbox. */
export interface World {
  layout: Layout;
  ports: Ports;
  clock: ClockServer;
  children: ReadonlyMap<string, Child>;
  url(name: PortName): string;
  /** Gives the control API's port free for it to listen on. */
  releaseControl(): Promise<void>;
  /** Starts all; resolves when each answers. */
  start(): Promise<void>;
  /** Ends all, users before what they use, the database last. */
  stop(): Promise<void>;
  /** The processes that have not ended, by name. */
  running(): string[];
}

/** The host and each bank that is reached by TLS. */
const certificateSubjects = (layout: Layout): Subject[] => [
  { name: 'host.sandbox', role: 'client', files: layout.certificate('host') },
  ...encryptedBanks.map((bankId): Subject => {
    const files = layout.certificate(`bank-${bankId}`);
    return { name: serverNameOf(bankId), role: 'server', files };
  }),
];

/** How long a process may take to end in order, real time. */
const MAX_STOP_MS = 12_000;

/**
 * Lays out a sandbox in a data folder that this process has taken: ends what was left of an earlier one, chooses
 * ports, makes keys and wallet if there are none, writes each process's configuration, and serves the clock.
 */
export async function layOutWorld(options: {
  layout: Layout;
  speed: number;
  portBase: number;
  bankMind: PlanInput['bankMind'];
  renderer: Renderer;
  print: (line: string) => void;
}): Promise<World> {
  const { layout, renderer, print } = options;
  const left = await endLeftovers(layout.processesFile);
  if (left.length > 0) print(renderer.t('sandbox:endedLeftovers', { names: renderer.list(left) }));
  const reserved = await choosePorts(layout, options.portBase);
  const secrets = loadSecrets(layout.secretsFile);
  await makeKeys(layout, secrets);
  makeWallet(layout.walletFile, journeyBeginsAtMs);
  if (!existsSync(layout.macKeyFile)) writeWhole(layout.macKeyFile, secrets.bankMacKey);
  await makeCertificates(certificateSubjects(layout), Date.now());
  await reserved.release(['clock']);
  const clock = await startClockServer({
    port: reserved.ports.clock,
    file: layout.clockFile,
    beginsAtMs: journeyBeginsAtMs,
    speed: options.speed,
  });
  const plans = planProcesses({
    layout,
    ports: reserved.ports,
    secrets,
    bankMind: options.bankMind,
  });
  let isEnding = false;
  const children = superviseAll(layout, plans, reserved.ports, { renderer, print });
  return {
    layout,
    ports: reserved.ports,
    clock,
    children,
    url: (name) => `http://127.0.0.1:${reserved.ports[name]}`,
    releaseControl: () => reserved.release(['control']),
    start: () => startAll(plans, children, reserved, () => isEnding),
    async stop() {
      isEnding = true;
      await stopAll(plans, children);
      await stopDatabase(layout);
      await clock.close();
      await reserved.release(Object.keys(reserved.ports) as PortName[]);
    },
    running: () =>
      [...children.values()]
        .map((child) => child.state())
        .filter(({ pid }) => pid !== null)
        .map(({ name }) => name),
  };
}

const portNumbers = z.record(z.string(), z.number().int().min(1).max(65_535));

/** The ports of the last start, if they are free again: links in messages already sent stay good. */
async function choosePorts(layout: Layout, portBase: number): Promise<ReservedPorts<PortName>> {
  const before = readWhole(layout.portsFile, portNumbers) ?? {};
  const reserved = await reservePorts<PortName>({ ...preferredPortsFrom(portBase), ...before });
  writeWhole(layout.portsFile, JSON.stringify(reserved.ports, null, 2));
  return reserved;
}

/** Gives the host its key store, once: the readers' base key and the key of card references, encrypted under a passphrase. */
async function makeKeys(layout: Layout, secrets: SandboxSecrets): Promise<void> {
  if (existsSync(layout.keyStoreFile)) return;
  writeFileSync(layout.passphraseFile, secrets.passphrase, { mode: 0o600 });
  const keysFile = `${layout.keyStoreFile}.clear`;
  const { baseDerivationKey, cardReferenceKey } = secrets;
  writeFileSync(keysFile, JSON.stringify({ baseDerivationKey, cardReferenceKey }), { mode: 0o600 });
  try {
    const args = [
      '--create',
      layout.keyStoreFile,
      '--passphrase-file',
      layout.passphraseFile,
      '--keys',
      keysFile,
    ];
    await runScript('apps/host/src/keys/main.ts', args);
  } finally {
    rmSync(keysFile);
  }
}

/** Ends the database that a killed host may have left running; `drop` removes its data, wherever it lies. */
export async function stopDatabase(
  layout: Layout,
  options: { drop: boolean } = { drop: false },
): Promise<void> {
  const args = ['--data-dir', layout.data('host'), ...(options.drop ? ['--drop'] : [])];
  await runScript('apps/host/src/store/stop-database.ts', args);
}

function runScript(script: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(projectRoot, script), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      env: withoutProxyOnLoopback(process.env),
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${script} ended with ${code}: ${errors.trim()}`)),
    );
  });
}

function superviseAll(
  layout: Layout,
  plans: readonly ProcessPlan[],
  ports: Ports,
  { renderer, print }: { renderer: Renderer; print: (line: string) => void },
): Map<string, Child> {
  const { t, duration } = renderer;
  const children = new Map<string, Child>();
  const onPid = (): void => {
    const running = [...children.values()].flatMap((child) => {
      const { name, pid } = child.state();
      return pid === null ? [] : [{ name, pid, configFile: child.plan.configFile }];
    });
    writeProcesses(layout.processesFile, running);
  };
  for (const plan of plans) {
    writeFileSync(layout.config(plan.name), JSON.stringify(plan.config, null, 2), { mode: 0o600 });
    const child = superviseChild(
      {
        name: plan.name,
        script: join(projectRoot, plan.script),
        configFile: layout.config(plan.name),
        logFile: layout.log(plan.name),
        url: `http://127.0.0.1:${ports[plan.httpPort]}`,
      },
      {
        onDeath: (name, how, againInMs) =>
          print(t('sandbox:died', { name, how, againInMs, logFile: layout.log(name) })),
        onSilence: (name, forMs) =>
          print(
            t('sandbox:silent', {
              name,
              lasting: duration(forMs, { withSeconds: true }),
              logFile: layout.log(name),
            }),
          ),
        onReturn: (name) => print(t('sandbox:returned', { name })),
        onPid,
      },
    );
    children.set(plan.name, child);
  }
  return children;
}

async function startAll(
  plans: readonly ProcessPlan[],
  children: ReadonlyMap<string, Child>,
  reserved: ReservedPorts<PortName>,
  isEnding: () => boolean,
): Promise<void> {
  for (const stage of ['world', 'users'] as const) {
    if (isEnding()) return;
    const now = plans.filter((plan) => plan.stage === stage);
    await reserved.release(now.flatMap(({ ports }) => ports));
    await Promise.all(now.map(({ name }) => children.get(name)!.start()));
  }
}

async function stopAll(plans: readonly ProcessPlan[], children: ReadonlyMap<string, Child>): Promise<void> {
  const groups = [
    plans.filter(({ stage }) => stage === 'users'),
    plans.filter(({ name }) => name === 'host'),
    plans.filter(({ stage, name }) => stage === 'world' && name !== 'host'),
  ];
  for (const group of groups)
    await Promise.all(group.map(({ name }) => children.get(name)!.stop(MAX_STOP_MS)));
}
