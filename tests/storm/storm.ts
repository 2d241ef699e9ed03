import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Alarm, paymentEnds } from '@bivak/domain';
import { budgetsOf, openAttemptStates, schemeOf } from '@bivak/rules';
import { sql } from '../../apps/host/src/store/index.ts';
import { sumsAndFullCounts } from '../../apps/host/src/testing/sums.ts';
import { type Dice, seededDice } from '../../apps/sandbox/src/bank-mind/random.ts';
import { type Counter, openCounter, pause, type Sale } from './counter.ts';
import type { CommitFate } from './database-proxy.ts';
import { type Faults, type HeldPayment, judge } from './judgement.ts';
import type { Machine } from './machine.ts';
import { commandOf, type StormOptions } from './options.ts';
import { allAlarms, dayFileOf, type Person, scriptedPerson } from './person.ts';
import { bankIds, openWorld, type World } from './world.ts';

/** What came of a run. */
export interface StormReport {
  /** The command that does the same again. */
  command: string;
  sales: number;
  accepted: number;
  states: Record<string, number>;
  debits: number;
  givenBack: number;
  /** Declined for good: the issuer's answer or the scheme's budget allows no retry. */
  retryForbidden: number;
  alarms: Record<string, number>;
  decisions: number;
  kills: number;
  heldCommits: number;
  cuts: number;
  /** Virtual. */
  days: number;
  seconds: number;
  endedByThemselves: string[];
  faults: Faults;
  /** With logs and the stories of faulty payments; only if there are any. */
  folder: string | null;
}

interface Said {
  reference: string | null;
  stan: string | null;
}

type Say = (line: string) => void;

/**
 * Sales, banks and crashes by a seed; then time passes until nothing is under way, and the banks' books decide. Rejects with the
 * signal's reason when it is aborted; every process has ended then.
 */
export async function storm(
  options: StormOptions,
  say: Say = () => {},
  signal?: AbortSignal,
): Promise<StormReport> {
  const beganMs = Date.now();
  const diceOf = seededDice(`storm ${options.seed}`);
  const weather = newWeather(options, diceOf('database'));
  const world = await openWorld(options, weather.fateOf);
  weather.jump = (ms) => void world.clock.change({ advanceMs: ms });
  const fromMs = world.clock.nowMs();
  const counter = openCounter(options, world, diceOf);
  const person = scriptedPerson(world, diceOf('person'));
  const play = async (): Promise<StormReport> => {
    await playOut(options, { world, counter, person, weather, dice: diceOf('trouble') }, say);
    const evidence = await gather(world, counter.sales, options);
    const faults = judge(evidence);
    const isFaulty = Object.keys(faults).length > 0;
    if (isFaulty) writeFileSync(join(world.folder, 'faults.json'), await stories(world, faults));
    return {
      ...figuresOf(evidence),
      command: commandOf(options),
      decisions: person.decisions(),
      kills: options.kills,
      heldCommits: world.proxy.held(),
      cuts: weather.cuts(),
      days: Math.round((world.clock.nowMs() - fromMs) / 8_640_000) / 10,
      seconds: seconds(beganMs),
      endedByThemselves: [...world.hosts, ...world.banks].flatMap((one) =>
        one.endedByItself() > 0 ? [`${one.name}: ${one.endedByItself()}`] : [],
      ),
      faults,
      folder: isFaulty ? world.folder : null,
    };
  };
  let keep = true;
  try {
    const report = await Promise.race([play(), aborted(signal)]);
    keep = report.folder !== null;
    return report;
  } finally {
    keep &&= signal?.aborted !== true;
    await world.end(keep);
  }
}

const aborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    // It may have been aborted while the world was opened.
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason));
  });

interface Cast {
  world: World;
  counter: Counter;
  person: Person;
  weather: Weather;
  dice: Dice;
}

/** Everything from the first sale until nothing is under way. */
async function playOut(
  options: StormOptions,
  { world, counter, person, weather, dice }: Cast,
  say: Say,
): Promise<void> {
  const beganMs = Date.now();
  await counter.open();
  world.clock.change({ speed: speedOf(options) });
  weather.isOn = true;
  const troubles = causeTrouble(options, world, dice);
  await Promise.all([counter.sell(), troubles]);
  say(`sold ${counter.sales.length} in ${seconds(beganMs)} s`);
  weather.isOn = false;
  await counter.close();
  world.clock.change({ speed: options.preset === 'honest' ? 2 : settlingSpeed });
  await settle(options, world, person, say);
}

const seconds = (sinceMs: number): number => Math.round((Date.now() - sinceMs) / 1_000);

/** Virtual time while sales come in: an honest bank is never late, however busy this machine is. */
const speedOf = ({ preset }: StormOptions): number => (preset === 'honest' ? 2 : 12);

/** At the end: a time-out of 15 s passes in half a second. */
const settlingSpeed = 30;

interface Weather {
  isOn: boolean;
  fateOf: () => CommitFate;
  jump: (ms: number) => void;
  cuts: () => number;
}

/** What befalls the database's answers: held back for longer than a lease, with time passing meanwhile; or lost. */
function newWeather({ preset }: StormOptions, dice: Dice): Weather {
  let cuts = 0;
  const weather: Weather = {
    isOn: false,
    jump: () => {},
    cuts: () => cuts,
    fateOf: () => {
      if (!weather.isOn || !dice.chance(0.004)) return { do: 'pass' };
      // With honest banks no answer may be given up: a late one would be an alarm, and rightly.
      if (preset === 'honest') return { do: 'hold', holdMs: dice.between(20, 500), thenCut: false };
      const thenCut = dice.chance(0.2);
      if (thenCut) cuts++;
      if (dice.chance(0.3)) setTimeout(() => weather.jump(61_000), 100);
      return { do: 'hold', holdMs: dice.between(200, 6_000), thenCut };
    },
  };
  return weather;
}

/** Kills hosts and starts them again, cuts them from the database, and lets time jump, while sales come in. */
async function causeTrouble(options: StormOptions, world: World, dice: Dice): Promise<void> {
  const { kills, trafficMs, preset } = options;
  const moments: { afterMs: number; act: () => Promise<void> | void }[] = [];
  const some = (times: number, act: () => Promise<void> | void): void => {
    for (let count = 0; count < times; count++) moments.push({ afterMs: dice.between(500, trafficMs), act });
  };
  some(kills, () => killAndStart(dice.pick(world.hosts), dice.between(0, 2_000)));
  if (preset !== 'honest') {
    some(Math.ceil(trafficMs / 20_000), () => world.proxy.cut(() => dice.chance(0.4)));
    some(
      Math.ceil(trafficMs / 15_000),
      () => void world.clock.change({ advanceMs: dice.between(10_000, 120_000) }),
    );
    some(
      Math.ceil(trafficMs / 60_000),
      () => void world.clock.change({ advanceMs: dice.between(1, 60) * 60_000 }),
    );
  }
  const beganMs = Date.now();
  for (const { afterMs, act } of moments.toSorted((a, b) => a.afterMs - b.afterMs)) {
    await pause(beganMs + afterMs - Date.now());
    await act();
  }
}

async function killAndStart(host: Machine, downMs: number): Promise<void> {
  await host.end('SIGKILL');
  await pause(downMs);
  await host.start();
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How time passes at the end: in small steps while the banks are still busy, then in large ones. */
const steps: readonly { stepMs: number; times: number }[] = [
  { stepMs: 20_000, times: 9 },
  { stepMs: minuteMs, times: 12 },
  { stepMs: 10 * minuteMs, times: 11 },
  { stepMs: hourMs, times: 10 },
  { stepMs: 3 * hourMs, times: 80 },
];
/** A day more than a debt's window and the longest that anything is waited for. */
const quietStepsAtTheEnd = 6;

/** Lets time pass until nothing is under way, while a person decides what has to be; bounded. */
async function settle(options: StormOptions, world: World, person: Person, say: Say): Promise<void> {
  let quiet = 0;
  for (const { stepMs, times } of steps) {
    for (let count = 0; count < times && quiet < quietStepsAtTheEnd; count++) {
      await untilIdle(options, world);
      await person.look();
      const open = await underWay(world);
      quiet = stepMs >= 3 * hourMs && open === 0 ? quiet + 1 : 0;
      if (count % 10 === 0) say(`${new Date(world.clock.nowMs()).toISOString()}: ${open} under way`);
      world.clock.change({ advanceMs: stepMs });
    }
  }
  await untilIdle(options, world);
}

/** Waits until no host is at work, or for as long as most things take. */
async function untilIdle({ preset }: StormOptions, world: World): Promise<void> {
  const patienceMs = preset === 'honest' ? 20_000 : 1_500;
  const beganMs = Date.now();
  for (let idle = 0; idle < 2 && Date.now() - beganMs < patienceMs; ) {
    await pause(40);
    const isBusy = await Promise.all(world.hosts.map(isAtWork));
    idle = isBusy.some(Boolean) ? 0 : idle + 1;
  }
}

async function isAtWork(host: Machine): Promise<boolean> {
  try {
    const answer = await fetch(`${host.url}/v1/work`, { signal: AbortSignal.timeout(20_000) });
    return ((await answer.json()) as { intakeBacklog: number }).intakeBacklog > 0;
  } catch {
    if (!host.isUp()) await host.start();
    return true;
  }
}

/** Payments that are undecided, attempts that are open, and debts that are still tried. */
async function underWay({ database }: World): Promise<number> {
  const [row] = await database.query<{ open: number }>(sql`
    select (select count(*) from payments where state <> all(${paymentEnds}::text[]))
      + (select count(*) from attempts where state = any(${openAttemptStates}::text[]))
      + (select count(*) from debts where state in ('open', 'attempting')) as open`);
  return row!.open;
}

type Gathered = Parameters<typeof judge>[0];

async function gather(world: World, sales: readonly Sale[], { preset }: StormOptions): Promise<Gathered> {
  const lines = (await Promise.all(bankIds.map((bankId) => dayFileOf(world, bankId)))).flat();
  const alarms = await allAlarms(world.hosts[0]!.url);
  return {
    sales,
    payments: await heldPayments(world),
    lines,
    alarms,
    nowMs: world.clock.nowMs(),
    isHonest: preset === 'honest',
    sums: await sumsAndFullCounts(world.database),
  };
}

/** Declined payments with whose cards the scheme allows no further attempt: banks in trouble have used them up. */
async function outOfBudget({ database, clock }: World): Promise<{ saleId: string }[]> {
  const cards = await database.query<{ saleId: string; maskedPan: string; sent: number }>(sql`
    select p.payment_id as "saleId", p.masked_pan as "maskedPan",
      (select count(*) from payments o join attempts a on a.bucket = o.bucket and a.payment_id = o.payment_id
        where o.bucket = p.bucket and o.card_reference = p.card_reference and a.sent_at is not null) as sent
    from payments p where p.state = 'declined'`);
  return cards.filter(({ maskedPan, sent }) =>
    budgetsOf(schemeOf(maskedPan), clock.nowMs()).some(({ attemptsMax }) => sent >= attemptsMax),
  );
}

async function heldPayments(world: World): Promise<HeldPayment[]> {
  const { database } = world;
  const rows = await database.query<{ saleId: string; state: HeldPayment['state']; open: Date }>(
    sql`select payment_id as "saleId", state, open_since as open from payments`,
  );
  const forbidden = await database.query<{ saleId: string }>(
    sql`select payment_id as "saleId" from debts where retry_class in ('never', 'mend-data')`,
  );
  const isForbidden = new Set([...forbidden, ...(await outOfBudget(world))].map(({ saleId }) => saleId));
  const attempts = await database.query<HeldPayment['attempts'][number] & { saleId: string }>(
    sql`select payment_id as "saleId", number, state from attempts order by number`,
  );
  // A dispute that ended by itself needed nobody; one that stands is looked at as an open attempt.
  const told = await database.query<HeldPayment['toldOf'][number] & { saleId: string }>(sql`
    select payment_id as "saleId", case kind when 'decided' then 'disputed' else kind end as kind,
      (data ->> 'attempt')::integer as attempt
    from payment_events where kind in ('decided', 'approved-late')`);
  const attemptsOf = Map.groupBy(attempts, ({ saleId }) => saleId);
  const toldOf = Map.groupBy(told, ({ saleId }) => saleId);
  return rows.map(({ saleId, state, open }) => ({
    saleId,
    state,
    openSinceMs: open.getTime(),
    isRetryForbidden: isForbidden.has(saleId),
    attempts: attemptsOf.get(saleId) ?? [],
    toldOf: toldOf.get(saleId) ?? [],
  }));
}

const countBy = <Item>(items: readonly Item[], key: (item: Item) => string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(items, key)].map(([name, found]) => [name, found.length]));

const figuresOf = ({ sales, payments, lines, alarms }: Gathered) => ({
  sales: sales.length,
  accepted: sales.filter(({ end }) => end === 'accepted').length,
  states: countBy(payments, ({ state }) => state),
  retryForbidden: payments.filter((one) => one.isRetryForbidden && one.state === 'declined').length,
  debits: lines.filter(({ kind }) => kind === 'debit').length,
  givenBack: lines.filter(({ kind }) => kind !== 'debit').length,
  alarms: countBy(alarms, ({ kind, endedAt }: Alarm) => `${kind}${endedAt === null ? ' (open)' : ''}`),
});

/** All that host and banks have of the payments at fault. */
async function stories(world: World, faults: Faults): Promise<string> {
  const ids = [...new Set(Object.values(faults).flat())];
  const url = world.hosts[0]!.url;
  const said = await Promise.all(
    world.banks.map(async ({ name, url: at }) => {
      const answer = await fetch(`${at}/v1/said`);
      const { items } = (await answer.json()) as { items: Said[] };
      return items.map((one) => ({ bank: name, ...one }));
    }),
  );
  const lines = await Promise.all(
    bankIds.map(async (bank) => (await dayFileOf(world, bank)).map((line) => ({ bank, ...line }))),
  );
  const stansOf = new Map<string, Set<string>>();
  for (const line of lines.flat())
    stansOf.set(line.reference, (stansOf.get(line.reference) ?? new Set()).add(line.stan));
  const all = await Promise.all(
    ids.map(async (id) => {
      const answer = await fetch(`${url}/v1/payments/${encodeURIComponent(id)}`);
      const payment = (await answer.json()) as { attempts?: { stan: string }[] };
      const stans = new Set(payment.attempts?.map(({ stan }) => stan));
      return {
        id,
        faults: Object.keys(faults).filter((kind) => faults[kind as keyof Faults]?.includes(id)),
        payment,
        books: lines.flat().filter(({ reference }) => reference === id),
        said: said.flat().filter((one) => one.reference === id || stans.has(one.stan ?? '')),
      };
    }),
  );
  return JSON.stringify(all, null, 1);
}
