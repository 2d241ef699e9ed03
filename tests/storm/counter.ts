import { luhnDigit } from '@bivak/card';
import { refusalReasons } from '@bivak/domain';
import { SignJWT } from 'jose';
import { type TestTill, testPans, testTill } from '../../apps/host/src/testing/till.ts';
import type { Dice, DiceOf } from '../../apps/sandbox/src/bank-mind/random.ts';
import type { StormOptions } from './options.ts';
import { tillIds, type World } from './world.ts';

/** A sale that was rung up, and how it ended at the till. */
export interface Sale {
  saleId: string;
  amountMinor: number;
  end: 'accepted' | 'abandoned';
}

/** The tills of a run: each sells one buyer after the other and ships its journal to any host that answers. */
export interface Counter {
  sales: Sale[];
  /** Enrols the tills. */
  open(): Promise<void>;
  /** Sells until every planned sale has been made. */
  sell(): Promise<void>;
  /** Ships what is left. */
  close(): Promise<void>;
}

const shipTimeoutMs = 15_000;
const waitForOutcomeMs = 8_000;

export function openCounter(options: StormOptions, world: World, diceOf: DiceOf): Counter {
  const nowMs = (): number => world.clock.nowMs();
  const sales: Sale[] = [];
  const plans = planSales(options, diceOf('sales'));
  const tills = tillIds.map((tillId) => testTill(tillId, nowMs));
  const shipped = new Map<string, number>();

  const signed = (till: TestTill): Promise<string> =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA' })
      .setSubject(till.tillId)
      .setIssuedAt(Math.floor(nowMs() / 1_000))
      .sign(till.privateKey);
  const call = async (till: TestTill, dice: Dice, path: string, init: RequestInit): Promise<Response> =>
    fetch(`${dice.pick(world.hosts).url}${path}`, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${await signed(till)}` },
      signal: AbortSignal.timeout(shipTimeoutMs),
    });
  /** Ships what the host has not acknowledged; false if no host takes it now. */
  const ship = async (till: TestTill, dice: Dice): Promise<boolean> => {
    const from = shipped.get(till.tillId) ?? 0;
    const headers = { 'content-type': 'application/x-ndjson' };
    const body = till.batch(from);
    try {
      const path = `/v1/tills/${till.tillId}/journal`;
      const answer = await call(till, dice, path, { method: 'POST', body, headers });
      if (!answer.ok) return false;
      const { acknowledgedSeq } = (await answer.json()) as { acknowledgedSeq: number };
      shipped.set(till.tillId, acknowledgedSeq);
      return true;
    } catch {
      return false;
    }
  };
  const outcomeOf = async (till: TestTill, dice: Dice, saleId: string): Promise<string> => {
    try {
      const path = `/v1/tills/${till.tillId}/sales/${saleId}/outcome?waitMs=${waitForOutcomeMs}`;
      const answer = await call(till, dice, path, {});
      return answer.ok ? ((await answer.json()) as { state: string }).state : 'pending';
    } catch {
      return 'pending';
    }
  };
  const abandon = (till: TestTill, dice: Dice, saleId: string): 'abandoned' => {
    till.write({ kind: 'sale.abandoned', body: { saleId, reason: dice.pick(refusalReasons) } });
    return 'abandoned';
  };
  const sellOnline = async (till: TestTill, dice: Dice, saleId: string): Promise<Sale['end']> => {
    await ship(till, dice);
    const state = await outcomeOf(till, dice, saleId);
    const isDone = dice.chance(state === 'approved' ? 0.93 : state === 'pending' ? 0.5 : 0);
    if (!isDone) return abandon(till, dice, saleId);
    till.accept(saleId, state === 'approved' ? 'online' : 'offline');
    return 'accepted';
  };
  const sellOne = async (till: TestTill, { pan, amountMinor, isOnline, isShipped }: Plan, dice: Dice) => {
    const saleId = till.intend({
      pan,
      totalMinor: amountMinor,
      requestedMode: isOnline ? 'online' : 'offline',
    });
    const sale: Sale = { saleId, amountMinor, end: 'accepted' };
    sales.push(sale);
    if (isOnline) sale.end = await sellOnline(till, dice, saleId);
    else till.accept(saleId);
    if (isShipped) await ship(till, dice);
  };

  return {
    sales,
    async open() {
      for (const till of tills) {
        const publicKey = till.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
        const answer = await fetch(`${world.hosts[0]!.url}/v1/enrolment`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ tillId: till.tillId, code: world.codeOf(till.tillId), publicKey }),
        });
        if (!answer.ok) throw new Error(`${till.tillId} is not enrolled: ${await answer.text()}`);
      }
    },
    async sell() {
      const beganMs = Date.now();
      const at = async (till: TestTill, index: number): Promise<void> => {
        const dice = diceOf(`till ${till.tillId}`);
        for (const plan of plans.filter(({ till: one }) => one === index)) {
          await pause(beganMs + plan.afterMs - Date.now());
          await sellOne(till, plan, dice);
        }
      };
      await Promise.all(tills.map(at));
    },
    async close() {
      const dice = diceOf('last shipping');
      for (const till of tills) {
        for (let tries = 0; (shipped.get(till.tillId) ?? 0) < till.entries.length; tries++) {
          if (tries > 60) throw new Error(`no host takes the journal of ${till.tillId}`);
          if (!(await ship(till, dice))) await pause(500);
        }
      }
    },
  };
}

interface Plan {
  till: number;
  afterMs: number;
  pan: string;
  amountMinor: number;
  isOnline: boolean;
  isShipped: boolean;
}

function planSales({ payments, trafficMs }: StormOptions, dice: Dice): Plan[] {
  const pans = Array.from({ length: Math.max(4, Math.ceil(payments * 0.7)) }, () => cardNumber(dice));
  const plans = Array.from({ length: payments }, () => ({
    till: dice.between(0, tillIds.length - 1),
    afterMs: dice.between(0, trafficMs),
    pan: dice.pick(pans),
    amountMinor: dice.between(100, 400_000),
    isOnline: dice.chance(0.35),
    isShipped: dice.chance(0.6),
  }));
  return plans.toSorted((a, b) => a.afterMs - b.afterMs);
}

/** Beginnings of the schemes' own test cards, digits of chance, and a check digit. */
function cardNumber(dice: Dice): string {
  const number = `${dice.pick(testPans).slice(0, 6)}${String(dice.between(0, 999_999_999)).padStart(9, '0')}`;
  return number + luhnDigit(number);
}

/** Real time. */
export const pause = (ms: number): Promise<void> =>
  ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
