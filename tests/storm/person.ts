import type { hostApi, sandboxApi } from '@bivak/contracts';
import type { Alarm, AttemptDecision } from '@bivak/domain';
import type { Dice } from '../../apps/sandbox/src/bank-mind/random.ts';
import { terminalId, type World } from './world.ts';

/** Who decides what the wire leaves open: by the banks' day files alone, as an operator would. */
export interface Person {
  /** Looks at what needs a decision now and decides what can be said truly. */
  look(): Promise<void>;
  decisions: () => number;
}

/** So long nothing about a sale may have moved at the bank before a person believes that nothing will. */
const settledMs = 60 * 60_000;

type Line = sandboxApi.DayFileLine;

export function scriptedPerson(world: World, dice: Dice): Person {
  let decisions = 0;
  const read = async <Answer>(url: string): Promise<Answer> => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    return (await answer.json()) as Answer;
  };
  const anyHost = (): string => world.hosts.find((host) => host.isUp())!.url;
  const decideOne = async (payment: hostApi.PaymentDetail, needed: hostApi.NeededDecision): Promise<void> => {
    const bank = world.banks.find(({ name }) => name === needed.bankId)!;
    const attempt = payment.attempts[needed.attempt - 1]!;
    const lines = (await dayFileOf(world, bank.name)).filter(({ reference }) => reference === payment.id);
    const newestMs = Math.max(Date.parse(needed.since), ...lines.map(({ at }) => Date.parse(at)));
    if (world.clock.nowMs() - newestMs < settledMs) return;
    const standingMinor = standingOf(lines, payment, needed.attempt);
    const mayStand = needed.options.includes('debit-stands') && standingMinor === payment.amountMinor;
    const mayComplete = needed.options.includes('complete-again');
    // What is reserved and not debited may be told to the bank once more.
    let decision: AttemptDecision = mayComplete && dice.chance(0.5) ? 'complete-again' : 'nothing-debited';
    if (mayStand) decision = dice.pick(['debit-stands', 'reverse-again'] as const);
    else if (standingMinor > 0) {
      // Asked once more by the wire, or on the telephone.
      if (dice.chance(0.3)) decision = 'reverse-again';
      else {
        const { stan, rrn } = attempt;
        await fetch(`${bank.url}/v1/given-back`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ stan, rrn, terminalId }),
        });
        if (needed.options.includes('given-back')) decision = 'given-back';
      }
    }
    const answer = await fetch(`${anyHost()}/v1/payments/${payment.id}/attempts/${needed.attempt}/decision`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ decision, by: 'Storm', why: `standing: ${standingMinor}` }),
      signal: AbortSignal.timeout(20_000),
    });
    if (answer.ok) decisions++;
  };
  return {
    decisions: () => decisions,
    async look() {
      try {
        for (const alarm of await openAlarms(anyHost())) {
          if (alarm.kind !== 'payment-needs-decision') continue;
          const url = `${anyHost()}/v1/payments/${alarm.data.paymentId}`;
          const payment = await read<hostApi.PaymentDetail>(url);
          for (const needed of payment.neededDecisions) await decideOne(payment, needed);
        }
      } catch {
        // A host was killed meanwhile: he looks again later.
      }
    },
  };
}

/** What stands at a bank of an attempt. Refunds bear a name of their own: they count for what was given back first. */
function standingOf(lines: readonly Line[], payment: hostApi.PaymentDetail, number: number): number {
  const { bankId } = payment.attempts[number - 1]!;
  const atBank = payment.attempts.filter((attempt) => attempt.bankId === bankId);
  const netOf = ({ stan, rrn }: { stan: string; rrn: string }): number =>
    lines
      .filter((line) => line.kind !== 'refund' && line.stan === stan && line.rrn === rrn)
      .reduce((net, { kind, amountMinor }) => net + (kind === 'debit' ? amountMinor : -amountMinor), 0);
  let refundedMinor = lines
    .filter(({ kind }) => kind === 'refund')
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  for (const attempt of atBank) {
    if (attempt.number === number || attempt.state === 'approved') continue;
    refundedMinor -= Math.min(refundedMinor, Math.max(0, netOf(attempt)));
  }
  return netOf(payment.attempts[number - 1]!) - refundedMinor;
}

export async function dayFileOf(world: World, bankId: string): Promise<Line[]> {
  const bank = world.banks.find(({ name }) => name === bankId)!;
  const answer = await fetch(`${bank.url}/v1/day-file`);
  return ((await answer.json()) as { items: Line[] }).items;
}

const openAlarms = async (url: string): Promise<Alarm[]> => {
  const states = ['raised', 'acknowledged'] as const;
  return (await Promise.all(states.map((state) => allAlarms(url, `&state=${state}`)))).flat();
};

/** All alarms, page by page. */
export async function allAlarms(url: string, filter = ''): Promise<Alarm[]> {
  const alarms: Alarm[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Response = await fetch(
      `${url}/v1/alarms?limit=200${filter}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      { signal: AbortSignal.timeout(20_000) },
    );
    if (!page.ok) throw new Error(`the alarms answered ${page.status}`);
    const { items, nextCursor } = (await page.json()) as { items: Alarm[]; nextCursor: string | null };
    alarms.push(...items);
    cursor = nextCursor;
  }
  return alarms;
}
