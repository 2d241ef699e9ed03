import type { Database } from '../../apps/host/src/store/index.ts';

/**
 * Tables of which every row belongs to one sale: they grow with the sales, in the proportions in which real lives have filled
 * them. Others (tills, banks, versions) stay as they are.
 */
const ownedBySale = ['payment_id', 'sale_id'];
/** Columns that name work to be done: what is past has none. */
const workColumns = ['due_at', 'lease', 'pending_outcome', 'pending_alarm', 'stay_alarm'];
const saleNumberDigits = 6;
const saleNumbersOfACopy = 1_000_000;
const minutesOfACopy = 20;

interface Column {
  /** Part of the primary key. */
  isKey: boolean;
  table: string;
  name: string;
  type: string;
  nullable: boolean;
}

const run = (database: Database, text: string): Promise<Record<string, string>[]> =>
  database.query({ text, values: [] });

async function columnsOf(database: Database): Promise<Map<string, Column[]>> {
  const found = await run(
    database,
    `select c.table_name, c.column_name, c.data_type, c.is_nullable, exists (
       select 1 from information_schema.key_column_usage k
       join information_schema.table_constraints s on s.constraint_name = k.constraint_name and s.table_schema = k.table_schema
       where k.table_schema = 'public' and k.table_name = c.table_name and k.column_name = c.column_name
         and s.constraint_type = 'PRIMARY KEY')::text as is_key
     from information_schema.columns c join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
     where c.table_schema = 'public' and t.table_type = 'BASE TABLE' order by c.table_name, c.ordinal_position`,
  );
  const columns = found.map((row) => ({
    isKey: row.is_key === 'true',
    table: row.table_name!,
    name: row.column_name!,
    type: row.data_type!,
    nullable: row.is_nullable === 'YES',
  }));
  return Map.groupBy(columns, ({ table }) => table);
}

const isOwned = (columns: readonly Column[]): boolean =>
  columns.some(({ name }) => ownedBySale.includes(name)) ||
  columns.some(({ name, isKey }) => name === 'seq' && isKey);
const isSum = (columns: readonly Column[]): boolean => columns.some(({ name }) => name === 'sum_minor');

/** Keeps what real lives have written as the pattern of what {@link multiply} adds. */
export async function keepPattern(database: Database): Promise<void> {
  await run(database, 'drop schema if exists pattern cascade');
  await run(database, 'create schema pattern');
  for (const [table, columns] of await columnsOf(database))
    if (isOwned(columns) || isSum(columns))
      await run(database, `create table pattern.${table} as select * from public.${table}`);
}

/** Adds copies of the pattern, numbered from `first` to `last`: other cards, other sales, earlier times. */
export async function multiply(database: Database, first: number, last: number): Promise<void> {
  for (const [table, columns] of await columnsOf(database)) {
    const names = columns.map(({ name }) => name);
    if (isOwned(columns)) {
      const values = columns.map(expressionOf).join(', ');
      await run(
        database,
        `begin; set local session_replication_role = replica; set local synchronous_commit = off;
         insert into public.${table} (${names.join(', ')})
         select ${values} from pattern.${table} p cross join generate_series(${first}, ${last}) as k; commit`,
      );
    } else if (isSum(columns)) await addSums(database, table, names, first, last);
    await run(database, `vacuum analyze public.${table}`);
  }
}

const bucket = '((p.bucket + k * 37) % 1024)';

function expressionOf({ name, type, nullable }: Column): string {
  if (workColumns.includes(name) && nullable) return 'null';
  if (name === 'recovery_due') return 'false';
  if (name === 'bucket') return bucket;
  if (name === 'card_reference')
    return `lpad(to_hex(((('x' || left(p.card_reference, 8))::bit(32)::bigint >> 10) # k) << 10 | ${bucket}), 8, '0') || substr(p.card_reference, 9)`;
  if (ownedBySale.includes(name))
    return `left(p.${name}, -${saleNumberDigits}) || (right(p.${name}, ${saleNumberDigits})::bigint + k * ${saleNumbersOfACopy})`;
  if (name === 'seq') return `p.seq - k * ${saleNumbersOfACopy}`;
  if (name === 'cursor') return `p.cursor - k * ${saleNumbersOfACopy}`;
  if (/stan$/.test(name)) return stan(name);
  if (/rrn$/.test(name)) return `left(p.${name}, 6) || ${stanOf(`right(p.${name}, 6)`)}`;
  if (name === 'ksn')
    return `left(p.ksn, 16) || lpad(to_hex(('x' || right(p.ksn, 8))::bit(32)::bigint + k * 4096), 8, '0')`;
  if (type === 'timestamp with time zone')
    return `p.${name} - make_interval(mins => k::integer * ${minutesOfACopy})`;
  return `p.${name}`;
}

const stan = (name: string): string =>
  `case when p.${name} is null then null else ${stanOf(`p.${name}`)} end`;
const stanOf = (digits: string): string => `lpad(((${digits}::bigint + k * 331) % 1000000)::text, 6, '0')`;

/** Sums of the copies: a copy's buckets are others, its amounts the same. */
async function addSums(
  database: Database,
  table: string,
  names: readonly string[],
  first: number,
  last: number,
): Promise<void> {
  const amounts = names.filter((name) => name === 'count' || name.endsWith('_minor'));
  const keys = names.filter((name) => !amounts.includes(name));
  const keyValues = keys.map((name) => (name === 'bucket' ? bucket : `p.${name}`));
  const groups = keys.map((_, index) => index + 1).join(', ');
  await run(
    database,
    `insert into public.${table} (${[...keys, ...amounts].join(', ')})
     select ${[...keyValues, ...amounts.map((name) => `sum(p.${name})`)].join(', ')}
     from pattern.${table} p cross join generate_series(${first}, ${last}) as k group by ${groups}
     on conflict (${keys.join(', ')}) do update
     set ${amounts.map((name) => `${name} = ${table}.${name} + excluded.${name}`).join(', ')}`,
  );
}
