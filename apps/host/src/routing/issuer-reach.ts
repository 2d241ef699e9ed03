import { type Queries, type Row, sql } from '../store/index.ts';

/** From this many attempts in vain in a row on, an issuer is known not to be reached, whatever banks carried them. */
const attemptsUntilUnreached = 3;

/** Takes into account what an attempt has shown of its card's issuer: it has decided, or no decision of it came. */
export async function recordIssuerSign(
  queries: Queries,
  issuer: string,
  hasDecided: boolean,
  nowMs: number,
): Promise<void> {
  const at = new Date(nowMs);
  if (hasDecided)
    await queries.query(sql`
      update issuer_states set attempts_in_vain = 0, decided_at = ${at}, is_back_pending = true
      where issuer = ${issuer} and attempts_in_vain > 0`);
  else
    await queries.query(sql`
      insert into issuer_states (issuer, attempts_in_vain, unreached_since, is_back_pending) values (${issuer}, 1, ${at}, false)
      on conflict (issuer) do update set attempts_in_vain = issuer_states.attempts_in_vain + 1, is_back_pending = false,
        unreached_since = case when issuer_states.attempts_in_vain = 0 then excluded.unreached_since else issuer_states.unreached_since end`);
}

interface IssuerReach {
  /** Since when it is known not to be reached; null: it is reached, or nobody knows. */
  unreachedSinceMs: number | null;
  /** When it decided first after it had not been reached; null: that never was. */
  backAtMs: number | null;
}

/** What is known of the issuer of a card by what was answered about others. */
export async function issuerReach(queries: Queries, issuer: string): Promise<IssuerReach> {
  const [row] = await queries.query<
    Pick<Row<'issuer_states'>, 'attempts_in_vain' | 'unreached_since' | 'decided_at'>
  >(sql`select attempts_in_vain, unreached_since, decided_at from issuer_states where issuer = ${issuer}`);
  if (row === undefined) return { unreachedSinceMs: null, backAtMs: null };
  const isUnreached = row.attempts_in_vain >= attemptsUntilUnreached;
  return {
    unreachedSinceMs: isUnreached ? row.unreached_since.getTime() : null,
    backAtMs: row.attempts_in_vain === 0 ? (row.decided_at?.getTime() ?? null) : null,
  };
}

/** Issuers that are back and whose waiting debts nobody has been told of yet. */
export async function issuersBack(queries: Queries): Promise<string[]> {
  const found = await queries.query<Pick<Row<'issuer_states'>, 'issuer'>>(
    sql`select issuer from issuer_states where is_back_pending`,
  );
  return found.map(({ issuer }) => issuer);
}

/** The debts that wait for the issuer have fallen due. */
export async function issuerBackTold(queries: Queries, issuer: string): Promise<void> {
  await queries.query(sql`update issuer_states set is_back_pending = false where issuer = ${issuer}`);
}
