import { parseArgs } from 'node:util';
import type { sandboxApi } from '@bivak/contracts';
import { mindNames } from '../../apps/sandbox/src/bank-mind/settings.ts';

/** What a run is made of: the same options, the same sales, ways of the banks, and faults. */
export interface StormOptions {
  seed: number;
  payments: number;
  /** How long sales come in, in real time. */
  trafficMs: number;
  preset: sandboxApi.BankMind;
  hosts: number;
  kills: number;
}

const perSecond = 4;

/** What the command line asks for. Throws an Error that says what is wrong with it. */
export function readOptions(args: string[]): StormOptions {
  const { values } = parseArgs({
    args,
    strict: true,
    options: {
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string' },
      payments: { type: 'string' },
      preset: { type: 'string', default: 'hostile' },
      hosts: { type: 'string', default: '2' },
      kills: { type: 'string' },
    },
  });
  const preset = mindNames.find((name) => name === values.preset);
  if (preset === undefined) throw new Error(`--preset is one of ${mindNames.join(', ')}.`);
  const number = (name: 'seed' | 'minutes' | 'payments' | 'hosts' | 'kills', min: number): number | null => {
    const text = values[name];
    if (text === undefined) return null;
    const value = Number(text);
    if (!Number.isFinite(value) || value < min) throw new Error(`--${name} is a number from ${min} on.`);
    return value;
  };
  const minutes = number('minutes', 0.1);
  const payments = number('payments', 1) ?? Math.ceil((minutes ?? 1) * 60 * perSecond);
  const trafficMs = minutes === null ? (payments / perSecond) * 1_000 : minutes * 60_000;
  const hosts = number('hosts', 1)!;
  if (hosts > 2) throw new Error('--hosts is 1 or 2.');
  return {
    seed: Math.trunc(number('seed', Number.NEGATIVE_INFINITY)!),
    payments: Math.trunc(payments),
    trafficMs: Math.max(5_000, trafficMs),
    preset,
    hosts: Math.trunc(hosts),
    kills: Math.trunc(number('kills', 0) ?? Math.max(2, Math.round(payments / 100))),
  };
}

/** The command that does the same once more. */
export const commandOf = ({ seed, payments, trafficMs, preset, hosts, kills }: StormOptions): string =>
  `npm run storm -- --seed ${seed} --payments ${payments} --minutes ${(trafficMs / 60_000).toFixed(2)} --preset ${preset} --hosts ${hosts} --kills ${kills}`;
