import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tables } from '../../apps/host/src/store/tables.ts';
import { houses, tableRooms } from './rooms.ts';
import { isTest, root, sources, trackedPaths } from './source-tree.ts';
import { nameBreaches } from './sql-names.ts';
import { sqlTextsIn } from './sql-texts.ts';

const code = 'apps/host/src/payments/store.ts:1';
const store = {
  payments: { payment_id: {}, state: { values: ['due', 'paid'] }, amount: {} },
  attempts: { payment_id: {}, state: { values: ['sent', 'answered'] }, reason: {} },
};
const rooms = {
  payments: { owner: 'payments', readers: ['recovery'] },
  attempts: { owner: 'payments', readers: [] },
};
const breaches = (text: string, place = code) => nameBreaches([{ place, text }], store, rooms);

describe('the names in SQL', () => {
  it('are those of the store’s tables, states and rooms, in every migration and statement', async () => {
    const migrations = trackedPaths(/^apps\/host\/src\/.*\.sql$/).map((path) => ({
      place: path,
      text: readFileSync(join(root, path), 'utf8'),
    }));
    const statements = sources()
      .filter(({ path }) => path.startsWith('apps/host/src/') && !isTest(path))
      .flatMap(sqlTextsIn);
    expect(await nameBreaches([...migrations, ...statements], tables, tableRooms)).toEqual([]);
  });

  it('are divided among rooms that are there, each table of the store once', () => {
    expect(Object.keys(tableRooms).sort()).toEqual(Object.keys(tables).sort());
    const named = Object.values(tableRooms).flatMap(({ owner, readers }) => [owner, ...readers]);
    expect(named.filter((room) => houses['apps/host/src']![room] === undefined)).toEqual([]);
  });

  it.each([
    "select 1 from payments where state = 'due' and amount > 0",
    "select 1 from payments p join attempts a using (payment_id) where p.state = 'due' and a.state in ('sent', 'answered')",
    "with late as (select state from payments) select 1 from late where state = 'due'",
    "insert into attempts (payment_id, state, reason) values ('x', 'sent', 'any text') on conflict do nothing",
    "update payments p set state = case when amount > 0 then 'paid' else p.state end where state = $1",
    "select case state when 'due' then 'any text' end from payments",
    "create table payments (state text not null default 'due' check (state in ('due', 'paid')))",
  ])('let pass: %s', async (sql) => {
    expect(await breaches(sql)).toEqual([]);
  });

  it.each([
    ["select 1 from payments where state = 'gone'", "state is never 'gone'"],
    ["select 1 from payments where 'gone' <> state", "state is never 'gone'"],
    ["select 1 from payments p, attempts a where p.state = 'sent'", "state is never 'sent'"],
    ["select 1 from payments where state in ('due', 'gone')", "state is never 'gone'"],
    ["select 1 from payments where state = any('{due,gone}'::text[])", "state is never 'gone'"],
    ["select 1 from payments where state = any(array['gone'])", "state is never 'gone'"],
    ["select 1 from payments where coalesce(state, 'due') is distinct from 'gone'", "state is never 'gone'"],
    ["select count(*) filter (where state = 'gone') from payments", "state is never 'gone'"],
    ["select case state when 'gone' then 1 end from payments", "state is never 'gone'"],
    ["update payments set state = 'gone'", "state is never 'gone'"],
    ["update payments set state = case when amount > 0 then 'gone' else 'due' end", "state is never 'gone'"],
    ["insert into payments (payment_id, state) values ($1, 'due'), ($1, 'gone')", "state is never 'gone'"],
    ["insert into payments (payment_id, state) select $1, 'gone'", "state is never 'gone'"],
    [
      "insert into payments (state) values ($1) on conflict (state) do update set state = 'gone'",
      "never 'gone'",
    ],
    ["with a as (update payments set state = 'gone' returning 1) select 1 from a", "state is never 'gone'"],
    ["create table payments (state text default 'gone')", "state is never 'gone'"],
    ["create table payments (state text check (state in ('due', 'gone')))", "state is never 'gone'"],
    ["create index late on payments (payment_id) where state = 'gone'", "state is never 'gone'"],
    ['select 1 from nowhere', 'there is no table nowhere'],
  ])('are noticed if they are wrong: %s', async (sql, breach) => {
    expect((await breaches(sql)).join('\n')).toContain(breach);
  });

  it('are a room’s own: the owner writes, the readers and views read, nobody else', async () => {
    const from = (room: string, sql: string) => breaches(sql, `apps/host/src/${room}/store.ts:1`);
    expect(await from('recovery', 'select 1 from payments for update')).toEqual([]);
    const oneOfTwo = 'select 1 from attempts a join payments p using (payment_id) for update of p';
    expect(await from('recovery', oneOfTwo)).toEqual([expect.stringContaining('recovery reads attempts')]);
    expect(await from('views', 'select 1 from payments join attempts using (payment_id)')).toEqual([]);
    const wrong = [
      await from('recovery', 'select 1 from attempts'),
      await from('recovery', 'update payments set amount = 1'),
      await from('views', 'delete from attempts'),
      await from('views', 'select 1 from attempts for update'),
      await from('api', 'with x as (select 1 from payments) select 1 from x'),
    ];
    expect(wrong.map(([first]) => first?.replace(/^.*: /, ''))).toEqual([
      "recovery reads attempts, which is payments's",
      "recovery writes payments, which is payments's",
      "views writes attempts, which is payments's",
      "views locks attempts, which is payments's",
      "api reads payments, which is payments's",
    ]);
  });
});
