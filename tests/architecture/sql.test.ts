import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isTest, root, sources, trackedPaths } from './source-tree.ts';
import { sqlBreaches } from './sql-rules.ts';
import { plainStatementsIn, type SqlText, sqlTextsIn } from './sql-texts.ts';

const migrationTexts = (): SqlText[] =>
  trackedPaths(/^apps\/host\/src\/.*\.sql$/).map((path) => ({
    place: path,
    text: readFileSync(join(root, path), 'utf8'),
  }));
const hostTexts = (): SqlText[] => hostCode().flatMap(sqlTextsIn);
const hostCode = () => sources().filter(({ path }) => path.startsWith('apps/host/src/') && !isTest(path));

/** A store in little, to which each bad sample is added. */
const good = `
  create table tills (till_id text primary key, at timestamptz);
  create table payments (bucket smallint not null, payment_id text not null, state text, due_at timestamptz, primary key (bucket, payment_id));
  create table attempts (bucket smallint not null, payment_id text not null, number integer not null, primary key (bucket, payment_id, number),
    foreign key (bucket, payment_id) references payments (bucket, payment_id));
  create index payments_due on payments (bucket, due_at);
  create index payments_newest on payments (payment_id desc);
  select p.state from payments p left join attempts a on a.bucket = p.bucket and a.payment_id = p.payment_id where p.payment_id = $1;
  select 1 from payments where bucket = $1 and due_at <= $2 order by due_at limit 3 for update skip locked;
  select 1 from payments p join attempts a on a.payment_id = p.payment_id where p.bucket = $1 and a.bucket = $1 for update;
  select till_id from tills where till_id = $1 for update;
  select bucket from payments group by bucket;
  insert into payments (bucket, payment_id) values ($1, $2) on conflict (bucket, payment_id) do nothing;
  update payments set due_at = $3 where bucket = $1::smallint and payment_id = $2;
  update tills set at = $1;
  delete from attempts where payment_id = $2 and bucket = $1;
`;

const bad: readonly (readonly [sql: string, breach: string])[] = [
  ['create table debts (payment_id text primary key)', 'first column'],
  ['create table debts (bucket integer not null, primary key (bucket))', 'smallint not null'],
  ['create table debts (bucket smallint, id text, primary key (bucket, id))', 'smallint not null'],
  ['create table debts (bucket smallint not null, id text)', 'primary key'],
  ['create table debts (bucket smallint not null, id text, primary key (id, bucket))', 'begin with bucket'],
  [
    'create table debts (bucket smallint not null, id text unique, primary key (bucket, id))',
    'has no bucket',
  ],
  [
    'create table debts (bucket smallint not null, id text, primary key (bucket, id), unique (id))',
    'begin with bucket',
  ],
  [
    'create table debts (bucket smallint not null, id text, primary key (bucket, id), foreign key (id) references payments (payment_id))',
    'both buckets',
  ],
  ['create table debts (bucket smallint not null, id bigserial, primary key (bucket, id))', 'ids come from'],
  [
    'create table debts (bucket smallint not null, id bigint generated always as identity, primary key (bucket, id))',
    'generated',
  ],
  ['create table tills (till_id text primary key, at timestamptz default now())', 'now()'],
  ['create unique index one on payments (payment_id)', 'begin with bucket'],
  ['create index due on payments (due_at)', 'begin with bucket'],
  ['create trigger t before insert on payments execute function f()', 'CreateTrigStmt'],
  ["create function f() returns trigger language plpgsql as 'begin end'", 'CreateFunctionStmt'],
  ['create sequence numbers', 'CreateSeqStmt'],
  ['listen payments', 'ListenStmt'],
  ['select current_timestamp', 'SVFOP_CURRENT_TIMESTAMP'],
  ["select 'now'::timestamptz", "'now'"],
  ['select gen_random_uuid()', 'gen_random_uuid'],
  ['insert into payments (bucket, payment_id) select $1, id from unnest($2::text[]) as id', 'unnest'],
  ['insert into payments (payment_id, bucket) values ($1, $2)', 'name bucket first'],
  [
    'insert into payments (bucket, payment_id) values ($1, $2) on conflict (payment_id) do nothing',
    'conflict',
  ],
  ['insert into payments (bucket, payment_id) values ($1, $2) on conflict do nothing', 'conflict'],
  ['update payments set state = $1 where payment_id = $2', 'has to say bucket'],
  ['update payments set state = $1 where bucket = $2 or payment_id = $3', 'has to say bucket'],
  ['delete from attempts', 'has to say bucket'],
  ['select 1 from payments where due_at < $1 for update skip locked', 'one bucket at a time'],
  ['select 1 from payments p join attempts a on a.payment_id = p.payment_id', 'joined by their buckets'],
  ['select 1 from payments p, attempts a where a.payment_id = p.payment_id', 'joined by their buckets'],
  ['select (select 1 from payments p, attempts a where a.number = 1)', 'joined by their buckets'],
  ['selekt 1', 'is no SQL'],
];

describe('the rules of the store', () => {
  it('hold for every migration and every statement in the host’s code', async () => {
    const texts = [...migrationTexts(), ...hostTexts()];
    expect(texts).not.toEqual([]);
    expect(await sqlBreaches(texts)).toEqual([]);
  });

  it('cannot be passed by: outside the store no statement is plain text', () => {
    const outside = hostCode().filter(({ path }) => !path.startsWith('apps/host/src/store/'));
    expect(outside.flatMap(plainStatementsIn)).toEqual([]);
    expect(plainStatementsIn({ path: 'a.ts', text: "await database.query('select now()');" })).toEqual([
      'a.ts:1',
    ]);
    expect(plainStatementsIn({ path: 'a.ts', text: '\nqueries.query<{ n: 1 }>({ text, values })' })).toEqual([
      'a.ts:2',
    ]);
  });

  it('let good SQL pass', async () => {
    expect(await sqlBreaches([{ place: 'good', text: good }])).toEqual([]);
  });

  it.each(bad)('are broken by: %s', async (text, breach) => {
    const breaches = await sqlBreaches([
      { place: 'good', text: good },
      { place: 'bad', text },
    ]);
    expect(breaches.length, breaches.join('\n')).toBeGreaterThan(0);
    expect(breaches.join('\n')).toContain(breach);
    expect(breaches.every((one) => one.startsWith('bad: '))).toBe(true);
  });

  it('reach statements in code as the server gets them', () => {
    const code = 'q.query(sql`select #{a} from t where b = #{c ? `x#{y}` : "}"} and d in #{rows([[1]])}`);';
    expect(sqlTextsIn({ path: 'a.ts', text: code.replaceAll('#', '$') })).toEqual([
      { place: 'a.ts:1', text: 'select $1 from t where b = $2 and d in ($3)' },
    ]);
  });
});
