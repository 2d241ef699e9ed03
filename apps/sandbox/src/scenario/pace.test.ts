import type { hostApi } from '@bivak/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ScenarioClient } from './client.ts';
import { createPace } from './pace.ts';

const at = (ms: number): string => new Date(ms).toISOString();
const beginMs = Date.parse('2026-11-24T05:00:00.000Z');

describe('the scenario’s pace', () => {
  let nowMs: number;
  let jumps: number[];
  let work: hostApi.Work;
  let links: { passing: boolean; changesAt: string | null }[];
  let payments: { state: string }[];
  /** What the host does at each look at its work. */
  let onLook: () => void;
  beforeEach(() => {
    nowMs = beginMs;
    jumps = [];
    links = [];
    payments = [];
    onLook = () => {};
    work = {
      intakeBacklog: 0,
      paymentsInFlight: 0,
      debtsAttempting: 0,
      noticesInFlight: 0,
      waiting: [],
      nextDueAt: null,
    };
  });
  const pace = () =>
    createPace({
      sandbox: {
        clock: async () => ({ now: at(nowMs), speed: 20 }),
        changeClock: async (change: { at: string }) => {
          nowMs = Date.parse(change.at);
          jumps.push(nowMs - beginMs);
        },
        links: async () => links,
      },
      host: {
        work: async () => {
          onLook();
          return work;
        },
        payments: async () => payments,
      },
    } as unknown as ScenarioClient);

  it('stops at each thing that is due, and ends only when the host has done it', async () => {
    let looks = 0;
    work.nextDueAt = at(beginMs + 1_000);
    onLook = () => {
      // The jump reaches the host a while after it.
      if (nowMs >= beginMs + 1_000 && ++looks > 5) work.nextDueAt = null;
    };
    await pace().passUntil(beginMs + 1_000);
    expect(looks).toBeGreaterThan(5);
    expect(jumps).toEqual([1_000]);
  });

  it('jumps to the end of an outage, however long, also while reversals wait for a silent bank', async () => {
    links = [
      { passing: false, changesAt: at(beginMs + 7_200_000) },
      { passing: false, changesAt: at(beginMs + 9_000_000) },
    ];
    work.paymentsInFlight = 1;
    payments = [{ state: 'reversing' }, { state: 'collected' }];
    await pace().untilOverLinks('journals-shipped', async () => nowMs >= beginMs + 7_200_000);
    expect(jumps).toEqual([7_200_000]);
  });

  it.each([
    ['a link passes something', () => links.push({ passing: true, changesAt: at(beginMs + 5_000) })],
    ['the links are cut for good', () => links.splice(0, 1, { passing: false, changesAt: null })],
    ['a payment is on its way', () => payments.push({ state: 'sending' })],
    ['a message is on its way', () => Object.assign(work, { noticesInFlight: 1 })],
  ])('does not jump while %s', async (_, happen) => {
    links = [{ passing: false, changesAt: at(beginMs + 5_000) }];
    happen();
    let looks = 0;
    await pace().untilOverLinks('journals-shipped', async () => ++looks > 3);
    expect(jumps).toEqual([]);
  });
});
