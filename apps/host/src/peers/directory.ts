import { type Queries, type Row, sql } from '../store/index.ts';

/** Another host of the same store. */
export interface Peer {
  hostName: string;
  /** Where its API is. */
  url: string;
}

/** A host that was not heard of for so long is told nothing any more. */
const forgottenAfterMs = 86_400_000;

/** Says that this host is here, and where. */
export async function sayHere(queries: Queries, { hostName, url }: Peer, nowMs: number): Promise<void> {
  const at = new Date(nowMs);
  await queries.query(sql`
    insert into hosts (host_name, url, seen_at) values (${hostName}, ${url}, ${at})
    on conflict (host_name) do update set url = ${url}, seen_at = ${at}`);
}

/** The hosts that have said within a day that they are here, and when. */
export async function hostsSeen(queries: Queries, nowMs: number): Promise<(Peer & { seenAtMs: number })[]> {
  const found = await queries.query<Row<'hosts'>>(sql`
    select host_name, url, seen_at from hosts
    where seen_at > ${new Date(nowMs - forgottenAfterMs)} order by host_name`);
  return found.map(({ host_name, url, seen_at }) => ({
    hostName: host_name,
    url,
    seenAtMs: seen_at.getTime(),
  }));
}

/** This host has ended in order: nobody asks it any more. */
export async function sayGone(queries: Queries, hostName: string): Promise<void> {
  await queries.query(sql`delete from hosts where host_name = ${hostName}`);
}
