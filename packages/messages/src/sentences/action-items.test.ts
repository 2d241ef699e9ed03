import { type Alarm, bankHealths, bankSessionStates } from '@bivak/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRenderer } from '../index.ts';
import {
  type ActionClaim,
  type ActionItem,
  actionClaims,
  needsAPerson,
  type OperationsFacts,
} from './action-items.ts';

const nowMs = Date.parse('2026-11-24T12:00:00.000Z');
const hourMs = 3_600_000;
const iso = (atMs: number): string => new Date(atMs).toISOString();
const names: Readonly<Record<string, string>> = {
  north: 'North Bank',
  volga: 'Volga Bank',
  ural: 'Ural Bank',
};
const options = {
  timeZone: 'Europe/Moscow',
  currency: 'RUB',
  nowMs,
  nameOfBank: (id: string) => names[id] ?? id,
};
const en = createRenderer({ language: 'en', ...options });
const ru = createRenderer({ language: 'ru', ...options });
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

const up = { session: 'signed-on', health: 'healthy', unauthenticMessages: 0 } as const;
const nothing = { count: 0, sumMinor: 0 };
const calm: OperationsFacts = {
  store: { isInDoubt: false, atStake: nothing, perhapsDebited: nothing },
  banks: [
    { bankId: 'north', ...up },
    { bankId: 'volga', ...up },
    { bankId: 'ural', ...up },
  ],
  waiting: { count: 0, sumMinor: 0, byReason: [] },
  due: [],
  tills: [],
  alarms: [],
  nowMs,
};
const waiting = { count: 3, sumMinor: 417_500, byReason: [] };
const said = (facts: Partial<OperationsFacts>, renderer = en): string[] =>
  needsAPerson({ ...calm, ...facts }, renderer).map(({ sentence }) => plain(sentence));
const alarmOf = (facts: Pick<Alarm, 'kind' | 'data'>, state: Alarm['state'] = 'raised'): Alarm =>
  ({
    ...facts,
    alarmId: 'a1',
    tillId: 'till-1',
    state,
    raisedAt: iso(nowMs),
    lastSeenAt: iso(nowMs),
    acknowledgedAt: null,
    acknowledgedBy: null,
    endedAt: null,
  }) as Alarm;

describe('what needs a person', () => {
  it('is nothing while all is well', () => {
    expect(said({})).toEqual([]);
  });

  it('is above all a store in doubt, with the money at stake, and no bank that is not connected because of it', () => {
    const banks = calm.banks.map((bank) => ({ ...bank, session: 'down' as const }));
    const atStake = { count: 5, sumMinor: 250_000 };
    const inDoubt = { isInDoubt: true, atStake, perhapsDebited: nothing };
    expect(said({ banks, waiting, store: inDoubt })).toEqual([
      'The host’s store may be older than the world: nothing is sent to the banks. 5 payments (₽2,500.00) are at stake. Decide about the store.',
    ]);
    expect(said({ banks, waiting, store: inDoubt }, ru)[0]).toContain('5 платежей на 2 500,00 ₽');
    const held = { isInDoubt: false, atStake: nothing, perhapsDebited: { count: 1, sumMinor: 100 } };
    expect(said({ store: held })[0]).toContain('1 payment (₽1.00) may have been debited');
  });

  it('is one line when no bank can be reached, with the money that waits', () => {
    const banks = calm.banks.map((bank) => ({ ...bank, session: 'down' as const }));
    expect(said({ banks, waiting })).toEqual(['No bank can be reached: 3 payments (₽4,175.00) wait.']);
    expect(said({ banks, waiting }, ru)).toEqual(['Ни один банк не на связи: ждут 3 платежа на 4 175,00 ₽.']);
    const blocked = calm.banks.map((bank) => ({ ...bank, health: 'blocked' as const }));
    expect(said({ banks: blocked, waiting })).toHaveLength(1);
    expect(said({ banks: [banks[0]!, blocked[1]!], waiting })[0]).toContain(
      'Account blocked: Volga Bank. Call those',
    );
  });

  it('names the banks that payments go through instead', () => {
    const [north, ...others] = calm.banks;
    expect(said({ banks: [{ ...north!, session: 'down' }, ...others] })).toEqual([
      'North Bank is not connected: payments go through Volga Bank and Ural Bank.',
    ]);
  });

  it('says of each alarm what it is, and of one that is acknowledged nothing', () => {
    const off = { kind: 'clock-off', data: { offMs: -7_200_000 } } as const;
    const kept = {
      kind: 'entry-quarantined',
      data: {
        seq: 7,
        reason: { kind: 'newer-version', entryKind: 'intent', version: 9 },
        saleId: null,
        amountMinor: null,
        currency: null,
      },
    } as const;
    expect(said({ alarms: [alarmOf(off)] })).toEqual(['Till till-1. Its clock is 2 hrs slow.']);
    expect(said({ alarms: [alarmOf(kept)] })[0]).toContain('Entry 7 of its journal did not become a payment');
    expect(said({ alarms: [alarmOf(off, 'acknowledged')] })).toEqual([]);
  });

  it('tells late payments in one line, the most urgent named', () => {
    const due = [
      { paymentId: 'till-1-000003', amountMinor: 100, bankDueAt: iso(nowMs + 5 * hourMs) },
      { paymentId: 'till-1-000002', amountMinor: 200, bankDueAt: iso(nowMs - hourMs) },
      { paymentId: 'till-1-000001', amountMinor: 300, bankDueAt: iso(nowMs - 2 * hourMs) },
    ];
    const items = needsAPerson({ ...calm, due }, en);
    expect(items.map(({ key, target }) => [key, target.kind])).toEqual([
      ['overdue', 'payments'],
      ['due-soon', 'payment'],
    ]);
    expect(items[0]!.sentence).toContain('2 payments (₽5.00)');
    expect(items[1]!.sentence).toContain('till-1-000003');
  });
});

const anyFacts: fc.Arbitrary<OperationsFacts> = fc
  .record({
    isInDoubt: fc.boolean(),
    held: fc.integer({ min: 0, max: 3 }),
    banks: fc.uniqueArray(
      fc.record({
        bankId: fc.constantFrom('north', 'volga', 'ural'),
        unauthenticMessages: fc.nat(2),
        session: fc.constantFrom(...bankSessionStates),
        health: fc.constantFrom(...bankHealths),
      }),
      { selector: ({ bankId }) => bankId },
    ),
    waits: fc.array(fc.integer({ min: 1, max: 100_000 }), { maxLength: 25 }),
    unreadable: fc.integer({ min: 0, max: 3 }),
    dueIn: fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 5 }),
    silence: fc.array(fc.option(fc.integer({ min: 0, max: 40 })), { maxLength: 3 }),
    alarms: fc.array(
      fc.record({
        state: fc.constantFrom('raised', 'acknowledged', 'ended'),
        offMs: fc.integer({ min: 60_000, max: 10_000_000 }),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ isInDoubt, held, banks, waits, unreadable, dueIn, silence, alarms }) => ({
    store: {
      isInDoubt,
      atStake: { count: 1, sumMinor: 1 },
      perhapsDebited: { count: held, sumMinor: held },
    },
    banks,
    waiting: {
      count: waits.length,
      sumMinor: waits.reduce((sum, one) => sum + one, 0),
      byReason: [{ kind: 'card-data-unreadable' as const, count: unreadable, sumMinor: unreadable * 100 }],
    },
    due: dueIn.map((hours, index) => ({
      paymentId: `till-1-00000${index}`,
      amountMinor: 100,
      bankDueAt: iso(nowMs + hours * hourMs),
    })),
    tills: silence.map((hours, index) => ({
      tillId: `till-${index}`,
      lastContactAt: hours === null ? null : iso(nowMs - hours * hourMs),
    })),
    alarms: alarms.map(({ state, offMs }, index) => ({
      ...alarmOf({ kind: 'clock-off', data: { offMs } }, state as Alarm['state']),
      alarmId: String(index),
    })),
    nowMs,
  }));

const subject = ({ id }: ActionItem): string => id.split(' ')[1] ?? '';
const works = (bank: OperationsFacts['banks'][number]): boolean =>
  !['down', 'connecting'].includes(bank.session) && bank.health !== 'blocked';

/** What is true of the state, told apart from how the sentences were chosen. */
const truths: Readonly<Record<ActionClaim, (facts: OperationsFacts, item: ActionItem) => boolean>> = {
  'store-in-doubt': ({ store }) => store.isInDoubt,
  'store-not-in-doubt': ({ store }) => !store.isInDoubt,
  'payments-perhaps-debited': ({ store }) => store.perhapsDebited.count > 0,
  'no-bank-usable': ({ banks }) => !banks.some(works),
  'every-bank-blocked': ({ banks }) => banks.every(({ health }) => health === 'blocked'),
  'no-bank-connected': ({ banks }) => banks.every(({ session }) => session !== 'signed-on'),
  'payments-wait': ({ waiting: { count } }) => count > 0,
  'no-payment-waits': ({ waiting: { count } }) => count === 0,
  'another-bank-usable': ({ banks }, item) =>
    banks.some((bank) => bank.bankId !== subject(item) && works(bank)),
  'another-bank-healthy': ({ banks }, item) =>
    banks.some((bank) => bank.bankId !== subject(item) && works(bank) && bank.health === 'healthy'),
  'bank-blocked': ({ banks }, item) =>
    banks.find(({ bankId }) => bankId === subject(item))!.health === 'blocked',
  'bank-down': ({ banks }, item) => banks.find(({ bankId }) => bankId === subject(item))!.session === 'down',
  'bank-failing': ({ banks }, item) =>
    banks.find(({ bankId }) => bankId === subject(item))!.health === 'failing',
  'messages-not-authentic': ({ banks }, item) =>
    banks.find(({ bankId }) => bankId === subject(item))!.unauthenticMessages > 0,
  'every-usable-bank-failing': ({ banks }) =>
    banks.some(works) && banks.filter(works).every(({ health }) => health === 'failing'),
  'alarm-raised': ({ alarms }, item) =>
    alarms.some(({ alarmId, state }) => alarmId === subject(item) && state === 'raised'),
  'time-ran-out': ({ due }) => due.some(({ bankDueAt }) => bankDueAt <= iso(nowMs)),
  'time-runs-out-soon': ({ due }) => due.some(({ bankDueAt }) => bankDueAt > iso(nowMs)),
  'card-data-unreadable': ({ waiting: { byReason } }) =>
    byReason.some(({ kind, count }) => kind === 'card-data-unreadable' && count > 0),
  'till-silent': ({ tills }, item) => {
    const { lastContactAt } = tills.find(({ tillId }) => tillId === subject(item))!;
    return lastContactAt !== null && nowMs - Date.parse(lastContactAt) >= 12 * hourMs;
  },
};

describe('each sentence of what needs a person', () => {
  it('is true of the state in which it is said', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const items = needsAPerson(facts, en);
        for (const item of items) {
          expect(item.sentence).not.toContain('{{');
          for (const claim of actionClaims[item.key] as readonly ActionClaim[])
            expect(truths[claim](facts, item), `${item.key}: ${claim}`).toBe(true);
        }
        expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
        // The banks are spoken of at once where none can be used, and one by one where some can.
        const ofBanks = items.filter(({ target }) => target.kind === 'banks');
        if (facts.banks.length > 0 && !facts.banks.some(works))
          expect(ofBanks).toHaveLength(facts.store.isInDoubt ? 0 : 1);
        expect(needsAPerson(facts, ru).map(({ id }) => id)).toEqual(items.map(({ id }) => id));
      }),
      { numRuns: 500 },
    );
  });

  it('leaves out nothing that it could say', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const keys = needsAPerson(facts, en).map(({ key }) => key);
        const blocked = facts.banks.filter(({ health }) => health === 'blocked');
        if (facts.banks.some(works))
          expect(keys.filter((key) => key === 'bank-blocked')).toHaveLength(blocked.length);
        expect(keys.filter((key) => key === 'alarm')).toHaveLength(
          facts.alarms.filter(({ state }) => state === 'raised').length,
        );
        expect(keys.includes('overdue')).toBe(
          facts.due.some(({ bankDueAt }) => Date.parse(bankDueAt) <= nowMs),
        );
      }),
    );
  });
});
