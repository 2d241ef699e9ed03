import { hostApi } from '@bivak/contracts';
import type { ApiServer } from '@bivak/http-api';
import type { BankSessions } from '../banks/index.ts';
import { listTills } from '../fleet/fleet.ts';
import { unfoldedCount } from '../intake/journal-reading.ts';
import { knownHealth } from '../payments/bank-health.ts';
import { type Queries, sql } from '../store/index.ts';
import type { BankSetting } from './settings.ts';

export interface OverviewContext {
  database: Queries;
  banks: BankSessions;
  settings: readonly BankSetting[];
  currency: string;
  /** True while a worker that may make work for another is busy. */
  isBusy: () => boolean;
}

/** Tills, banks, where the money is, and what is under way. */
export function addOverviewRoutes(server: ApiServer, context: OverviewContext): void {
  const { database } = context;
  server.get(
    '/v1/tills',
    { schema: { summary: 'Tills', response: { 200: hostApi.tillList } } },
    async () => ({
      items: await listTills(database),
      nextCursor: null,
    }),
  );
  server.get(
    '/v1/banks',
    { schema: { summary: 'Banks', response: { 200: hostApi.bankList } } },
    async () => ({
      items: await listBanks(context),
      nextCursor: null,
    }),
  );
  server.get(
    '/v1/money',
    { schema: { summary: 'Where the money is now', response: { 200: hostApi.money } } },
    () => money(context),
  );
  server.get('/v1/work', { schema: { summary: 'What is under way', response: { 200: hostApi.work } } }, () =>
    work(context),
  );
}

async function listBanks({ database, banks, settings }: OverviewContext): Promise<hostApi.Bank[]> {
  const health = await knownHealth(database);
  const collected = await database.query<{ bank_id: string; count: number; sum: string }>(sql`
    select bank_id, count(*) as count, sum(amount_minor)::text as sum from payments where state = 'collected' group by bank_id`);
  return settings.map(({ bankId, name, feePercent, onUsFeePercent }) => {
    const status = banks.states().find((state) => state.bankId === bankId);
    const sums = collected.find((row) => row.bank_id === bankId);
    return {
      bankId,
      name,
      session: status?.session ?? 'down',
      health: health.get(bankId) ?? 'healthy',
      feePercent,
      onUsFeePercent,
      collected: sums?.count ?? 0,
      collectedMinor: Number(sums?.sum ?? 0),
      lastAnswerAt: status?.lastAnswerAtMs == null ? null : new Date(status.lastAnswerAtMs).toISOString(),
    };
  });
}

/** Which stage a payment stands in, by its own state and its debt's. */
async function money({ database, currency }: OverviewContext): Promise<hostApi.Money> {
  const found = await database.query<{ stage: string; count: number; sum: string }>(sql`
    select case
        when d.state in ('recovered', 'paid-after-listing') then 'recovered'
        when d.state = 'stop-listed' then 'stopListed'
        when d.state is not null or p.state = 'declined' then 'declined'
        when p.state = 'collected' then 'collected'
        when p.state in ('received', 'routed') then 'toBeSent'
        else 'atBanks' end as stage,
      count(*) as count, sum(p.amount_minor)::text as sum
    from payments p left join debts d on d.bucket = p.bucket and d.payment_id = p.payment_id
    where p.state <> 'cancelled' group by 1`);
  const stage = (name: string): { count: number; sumMinor: number } => {
    const row = found.find((one) => one.stage === name);
    return { count: row?.count ?? 0, sumMinor: Number(row?.sum ?? 0) };
  };
  return {
    currency,
    toBeSent: stage('toBeSent'),
    atBanks: stage('atBanks'),
    collected: stage('collected'),
    declined: stage('declined'),
    recovered: stage('recovered'),
    stopListed: stage('stopListed'),
  };
}

async function work({ database, isBusy }: OverviewContext): Promise<hostApi.Work> {
  const [counts] = await database.query<{
    payments: number;
    attempting: number;
    undiscovered: number;
    notices: number;
    next: Date | null;
  }>(sql`
    select
      (select count(*) from payments where state not in ('collected', 'declined', 'cancelled') or outcome_untold is not null) as payments,
      (select count(*) from debts where state = 'attempting') as attempting,
      (select count(*) from payments p left join debts d on d.bucket = p.bucket and d.payment_id = p.payment_id
        where p.state = 'declined' and not p.cancel_asked and p.fiscal is not null and d.payment_id is null) as undiscovered,
      (select count(*) from notices where state in ('stored', 'sending')) as notices,
      (select min(due_at) from debts) as next`);
  return {
    intakeBacklog: (await unfoldedCount(database)) + (isBusy() ? 1 : 0),
    paymentsInFlight: counts!.payments,
    debtsAttempting: counts!.attempting + counts!.undiscovered,
    noticesInFlight: counts!.notices,
    nextDueAt: counts!.next?.toISOString() ?? null,
  };
}
