import { type Queries, type Row, rows, sql } from '../store/index.ts';

/** Who holds the connection with a bank, and until when. */
export interface LineLease {
  bankId: string;
  hostName: string;
  untilMs: number;
}

/** How long a host holds a bank's connection without saying again that it does. */
export const lineLeaseMs = 15_000;

/**
 * Takes or keeps the banks' connections that nobody else holds, at most one host each: a bank takes one sign-on for a
 * terminal. Resolves with who holds which.
 */
export async function holdLines(
  queries: Queries,
  bankIds: readonly string[],
  hostName: string,
  nowMs: number,
): Promise<LineLease[]> {
  const until = new Date(nowMs + lineLeaseMs);
  // In one order, so that no two hosts wait for each other.
  const list = bankIds.toSorted().map((bankId) => [bankId, hostName, until]);
  await queries.query(sql`
    insert into bank_lines (bank_id, host_name, held_until) values ${rows(list)}
    on conflict (bank_id) do update set host_name = excluded.host_name,
      held_until = greatest(bank_lines.held_until, excluded.held_until)
    where bank_lines.host_name = ${hostName} or bank_lines.held_until <= ${new Date(nowMs)}`);
  return heldLines(queries);
}

/** Who holds which bank's connection, or did last. */
export async function heldLines(queries: Queries): Promise<LineLease[]> {
  const found = await queries.query<Row<'bank_lines'>>(sql`
    select bank_id, host_name, held_until from bank_lines order by bank_id`);
  return found.map(({ bank_id, host_name, held_until }) => ({
    bankId: bank_id,
    hostName: host_name,
    untilMs: held_until.getTime(),
  }));
}

/** Keeps connections of this host's that nobody has taken. */
export async function renewLines(
  queries: Queries,
  bankIds: readonly string[],
  hostName: string,
  nowMs: number,
): Promise<void> {
  const until = new Date(nowMs + lineLeaseMs);
  await queries.query(sql`
    update bank_lines set held_until = greatest(held_until, ${until})
    where host_name = ${hostName} and bank_id = any(${bankIds}::text[])`);
}

/** Gives this host's connections up: others may take them at once. */
export async function releaseLines(queries: Queries, hostName: string, nowMs: number): Promise<void> {
  await queries.query(sql`
    update bank_lines set held_until = ${new Date(nowMs)} where host_name = ${hostName}`);
}
