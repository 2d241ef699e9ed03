import { parse } from 'libpg-query';
import type { SqlText } from './sql-texts.ts';
import { all, at, isNode, list, type Node, text } from './sql-tree.ts';

/** The store's tables as `apps/host/src/store/tables.ts` has them; `values` are all that a column of states may hold. */
export type Tables = Readonly<
  Record<string, Readonly<Record<string, { values?: readonly string[] | undefined }>>>
>;

/** Whose a table is, and who else reads it. */
export type TableRooms = Readonly<Record<string, { owner: string; readers: readonly string[] }>>;

/** What SQL names that is not there, or that is not the naming room's: "place: what is wrong". */
export async function nameBreaches(
  texts: readonly SqlText[],
  tables: Tables,
  rooms: TableRooms,
): Promise<string[]> {
  const found: string[] = [];
  for (const { place, text: sql } of texts) {
    const { stmts = [] } = await parse(sql);
    for (const { stmt } of stmts) {
      const statement = stmt as unknown as Node;
      const breaches = [
        ...valueBreaches(statement, tables),
        ...roomBreaches(statement, roomOf(place), rooms),
      ];
      found.push(...new Set(breaches.map((what) => `${place}: ${what}`)));
    }
  }
  return found;
}

/** A room of the host by the place of a statement; undefined for a migration, which makes what all rooms use. */
const roomOf = (place: string): string | undefined =>
  place.includes('/migrations/') ? undefined : /^apps\/host\/src\/([^/]+)\//.exec(place)?.[1];

const writingKinds = ['InsertStmt', 'UpdateStmt', 'DeleteStmt'] as const;

function roomBreaches(statement: Node, room: string | undefined, rooms: TableRooms): string[] {
  if (room === undefined) return [];
  const written = new Set(
    writingKinds
      .flatMap((kind) => all(statement, kind))
      .map((node) => String(at(node, 'relation', 'relname'))),
  );
  const names = tableNames(statement);
  const locked = new Set(all(statement, 'SelectStmt').flatMap((select) => lockedIn(select, names)));
  return [...new Set(names.values())].flatMap((table) => {
    const { owner, readers } = rooms[table] ?? { owner: undefined, readers: [] };
    if (owner === undefined) return [`${table} belongs to no room (rooms.ts)`];
    if (owner === room) return [];
    if (written.has(table)) return [`${room} writes ${table}, which is ${owner}'s`];
    if (locked.has(table) && !readers.includes(room)) return [`${room} locks ${table}, which is ${owner}'s`];
    return room === 'views' || readers.includes(room) ? [] : [`${room} reads ${table}, which is ${owner}'s`];
  });
}

/** The tables whose rows a select locks: those that it names (`for update of x`), else all from which it reads. */
function lockedIn(select: Node, names: ReadonlyMap<string, string>): string[] {
  return list(select.lockingClause).flatMap((clause) => {
    const some = list(at(clause, 'LockingClause', 'lockedRels')).map((one) => at(one, 'RangeVar', 'relname'));
    const every = all(select.fromClause, 'RangeVar').map(({ relname }) => relname);
    return (some.length > 0 ? some : every).map((name) => names.get(String(name)) ?? String(name));
  });
}

/** A column that a statement compares or sets, and the texts that it does it with. */
interface Use {
  columns: readonly Column[];
  values: readonly string[];
}

interface Column {
  /** The name or alias before the dot. */
  table: string | undefined;
  name: string;
}

function valueBreaches(statement: Node, tables: Tables): string[] {
  const names = tableNames(statement);
  return [
    ...[...new Set(names.values())]
      .filter((table) => tables[table] === undefined)
      .map((table) => `there is no table ${table} (tables.ts)`),
    ...usesIn(statement).flatMap(({ columns, values }) =>
      columns.flatMap((column) => {
        const candidates = column.table === undefined ? [...names.values()] : [names.get(column.table) ?? ''];
        const known = candidates.flatMap((table) => {
          const found = tables[table]?.[column.name];
          return found === undefined ? [] : [found.values];
        });
        // A column without listed values holds any text; a name that no table has is the statement's own.
        if (known.length === 0 || known.includes(undefined)) return [];
        return values
          .filter((value) => !known.some((listed) => listed?.includes(value)))
          .map((value) => `${column.name} is never '${value}'`);
      }),
    ),
  ];
}

/** Every name by which a statement calls a table of the store: its own or an alias, and the table. */
function tableNames(statement: Node): Map<string, string> {
  const own = new Set(all(statement, 'CommonTableExpr').map(({ ctename }) => ctename));
  const aliases = new Set(all(statement, 'LockingClause').flatMap((clause) => all(clause, 'RangeVar')));
  const named = [
    ...all(statement, 'RangeVar').filter((one) => !aliases.has(one)),
    ...[...writingKinds, 'CreateStmt', 'AlterTableStmt', 'IndexStmt']
      .flatMap((kind) => all(statement, kind))
      .map(({ relation }) => relation as Node),
  ].filter(({ relname }) => !own.has(relname));
  return new Map(
    named.flatMap(({ relname, alias }) => {
      const table = String(relname);
      const aliasName = at(alias, 'aliasname');
      return [[table, table], ...(aliasName === undefined ? [] : [[String(aliasName), table] as const])] as [
        string,
        string,
      ][];
    }),
  );
}

function usesIn(statement: Node): Use[] {
  return [
    ...all(statement, 'A_Expr').flatMap(({ lexpr, rexpr }) => [
      { columns: columnsIn(lexpr), values: valuesIn(rexpr) },
      { columns: columnsIn(rexpr), values: valuesIn(lexpr) },
    ]),
    ...all(statement, 'CaseExpr').map(({ arg, args }) => ({
      columns: columnsIn(arg),
      values: list(args).flatMap((when) => valuesIn(at(when, 'CaseWhen', 'expr'))),
    })),
    ...all(statement, 'UpdateStmt').flatMap((update) => assignments(update.targetList, update)),
    ...all(statement, 'InsertStmt').flatMap(insertUses),
    ...all(statement, 'CreateStmt').flatMap((table) =>
      all(table.tableElts, 'ColumnDef').map((column) => ({
        columns: [{ table: String(at(table, 'relation', 'relname')), name: String(column.colname) }],
        values: all(column, 'Constraint')
          .filter(({ contype }) => contype === 'CONSTR_DEFAULT')
          .flatMap(({ raw_expr }) => valuesIn(raw_expr)),
      })),
    ),
  ];
}

const assignments = (targets: unknown, { relation }: Node): Use[] =>
  list(targets).map((target) => ({
    columns: [{ table: String(at(relation, 'relname')), name: String(at(target, 'ResTarget', 'name')) }],
    values: valuesIn(at(target, 'ResTarget', 'val')),
  }));

function insertUses(insert: Node): Use[] {
  const columns = list(insert.cols).map((column) => String(at(column, 'ResTarget', 'name')));
  const table = String(at(insert, 'relation', 'relname'));
  const select = at(insert, 'selectStmt', 'SelectStmt');
  const rows = list(at(select, 'valuesLists')).map((row) => list(at(row, 'List', 'items')));
  const selected = list(at(select, 'targetList')).map((target) => at(target, 'ResTarget', 'val'));
  return [
    ...[...rows, selected].flatMap((row) =>
      row.map((value, index) => ({
        columns: [{ table, name: columns[index] ?? '' }],
        values: valuesIn(value),
      })),
    ),
    ...assignments(at(insert, 'onConflictClause', 'targetList'), insert),
  ];
}

/** The columns that an expression may give the value of. */
function columnsIn(expression: unknown): Column[] {
  if (!isNode(expression)) return [];
  const names = list(at(expression, 'ColumnRef', 'fields')).map(text);
  const name = names.at(-1);
  if (name !== undefined) return [{ table: names.length > 1 ? names.at(-2) : undefined, name }];
  return partsOf(expression).flatMap(columnsIn);
}

/** The texts that an expression may give as its value; "{a,b}" is a list of PostgreSQL's. */
function valuesIn(expression: unknown): string[] {
  if (!isNode(expression)) return [];
  if (Array.isArray(expression)) return expression.flatMap(valuesIn);
  const value = at(expression, 'A_Const', 'sval', 'sval') as string | undefined;
  if (value !== undefined) return /^\{.*\}$/.test(value) ? value.slice(1, -1).split(',') : [value];
  return [
    ...partsOf(expression),
    ...list(at(expression, 'List', 'items')),
    ...list(at(expression, 'A_ArrayExpr', 'elements')),
  ].flatMap(valuesIn);
}

/** The inner expressions of one of which an expression takes its value. */
const partsOf = (expression: Node): unknown[] => [
  at(expression, 'TypeCast', 'arg'),
  ...list(at(expression, 'CoalesceExpr', 'args')),
  ...list(at(expression, 'CaseExpr', 'args')).map((when) => at(when, 'CaseWhen', 'result')),
  at(expression, 'CaseExpr', 'defresult'),
];
