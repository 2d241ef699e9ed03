import { parse } from 'libpg-query';
import type { SqlText } from './sql-texts.ts';
import { all, at, isNode, list, type Node, text } from './sql-tree.ts';

/**
 * The rules of the host's store: what shards (money by card bucket, intake by till bucket) shards from the first day, and
 * nothing creeps in that only one PostgreSQL accepts.
 */

/** Small, the same on every node, changed seldom: the only tables without a bucket. */
const referenceTables: readonly string[] = [
  'migrations',
  'tills',
  'bank_states',
  'bank_troubles',
  'issuer_states',
  'trace_numbers',
  'stop_list_versions',
  'hosts',
  'bank_lines',
  'store_epochs',
  'store_doubts',
  'store_joins',
  'store_keys',
];

const bucketColumns: readonly string[] = ['bucket', 'till_bucket'];
/** Times, ids and chance are parameters of the program's; locks over all shards and set-returning arrays do not shard. */
const forbiddenFunctions =
  /^(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|random|gen_random_uuid|uuid\w*|nextval|currval|lastval|setval|unnest|pg_advisory\w*|pg_notify|set_config|pg_sleep\w*)$/;
const forbiddenTypes = /^(small|big)?serial\d?$/;
const allowedStatements: readonly string[] = [
  'CreateStmt',
  'IndexStmt',
  'AlterTableStmt',
  'DropStmt',
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'LockStmt',
];

/** The tables that have a bucket, each with its bucket column (its first column). */
export type Buckets = ReadonlyMap<string, string>;

/** What the lint found: "place: what is wrong". */
export async function sqlBreaches(texts: readonly SqlText[]): Promise<string[]> {
  const found: string[] = [];
  const trees: { place: string; statement: Node }[] = [];
  for (const { place, text } of texts) {
    try {
      const { stmts = [] } = await parse(text);
      for (const { stmt } of stmts) trees.push({ place, statement: stmt as unknown as Node });
    } catch (error) {
      found.push(`${place}: is no SQL of PostgreSQL's: ${error instanceof Error ? error.message : error}`);
    }
  }
  const buckets = new Map(
    trees.flatMap(({ statement }) => all(statement, 'CreateStmt')).flatMap((table) => bucketOf(table)),
  );
  for (const { place, statement } of trees)
    found.push(...breachesOf(statement, buckets).map((what) => `${place}: ${what}`));
  return found;
}

function bucketOf(table: Node): [string, string][] {
  const name = at(table, 'relation', 'relname') as string;
  return referenceTables.includes(name) ? [] : [[name, firstColumn(table)]];
}

const firstColumn = (table: Node): string =>
  String(
    at(
      list(table.tableElts).find((element) => at(element, 'ColumnDef') !== undefined),
      'ColumnDef',
      'colname',
    ),
  );

function breachesOf(statement: Node, buckets: Buckets): string[] {
  const kind = Object.keys(statement)[0] ?? '';
  if (!allowedStatements.includes(kind))
    return [`${kind} is nothing that every node has (no triggers, functions, sequences, listeners)`];
  return [
    ...volatileParts(statement),
    ...all(statement, 'CreateStmt').flatMap((table) => tableBreaches(table, buckets)),
    ...all(statement, 'IndexStmt').flatMap((index) => indexBreaches(index, buckets)),
    ...all(statement, 'InsertStmt').flatMap((insert) => insertBreaches(insert, buckets)),
    ...[...all(statement, 'UpdateStmt'), ...all(statement, 'DeleteStmt')].flatMap((change) =>
      changeBreaches(change, buckets),
    ),
    ...selects(statement).flatMap((select) => selectBreaches(select, buckets)),
  ];
}

function volatileParts(statement: Node): string[] {
  const functions = all(statement, 'FuncCall').map((call) => text(list(call.funcname).at(-1)) ?? '');
  const types = [...all(statement, 'ColumnDef'), ...all(statement, 'TypeCast')].map(
    (node) => text(list(at(node, 'typeName', 'names')).at(-1)) ?? '',
  );
  const casts = all(statement, 'TypeCast').map((cast) =>
    String(at(cast, 'arg', 'A_Const', 'sval', 'sval') ?? ''),
  );
  const identities = all(statement, 'Constraint').map(({ contype }) => contype);
  return [
    ...functions
      .filter((name) => forbiddenFunctions.test(name))
      .map((name) => `${name}(): pass a parameter instead`),
    ...all(statement, 'SQLValueFunction').map(({ op }) => `${op}: pass a parameter instead`),
    ...types.filter((name) => forbiddenTypes.test(name)).map((name) => `${name}: ids come from the program`),
    ...casts
      .filter((value) => /^(now|today|yesterday|tomorrow)$/i.test(value))
      .map((value) => `'${value}': pass a parameter instead`),
    ...identities
      .filter((type) => type === 'CONSTR_IDENTITY' || type === 'CONSTR_GENERATED')
      .map(() => 'generated columns: the program computes what it stores'),
  ];
}

function tableBreaches(table: Node, buckets: Buckets): string[] {
  const name = at(table, 'relation', 'relname') as string;
  const bucket = buckets.get(name);
  if (bucket === undefined) return [];
  const says = (what: string): string => `table ${name}: ${what}`;
  if (!bucketColumns.includes(bucket)) return [says('its first column has to be bucket or till_bucket')];
  const columns = list(table.tableElts).flatMap((element) =>
    isNode(element) ? all(element, 'ColumnDef') : [],
  );
  const found: string[] = [];
  const [first] = columns;
  const isSmallint = text(list(at(first, 'typeName', 'names')).at(-1)) === 'int2';
  const isNotNull = all(first, 'Constraint').some(({ contype }) => contype === 'CONSTR_NOTNULL');
  if (!isSmallint || !isNotNull) found.push(says(`${bucket} has to be smallint not null`));
  for (const column of columns.slice(1))
    for (const { contype } of all(column, 'Constraint'))
      if (contype === 'CONSTR_PRIMARY' || contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_FOREIGN')
        found.push(says(`a key on ${column.colname} alone has no bucket`));
  const keys = list(table.tableElts).flatMap((element) => {
    const constraint = at(element, 'Constraint');
    return isNode(constraint) ? [constraint] : [];
  });
  if (!keys.some(({ contype }) => contype === 'CONSTR_PRIMARY'))
    found.push(says('it needs a primary key that begins with its bucket'));
  for (const key of keys) found.push(...keyBreaches(key, bucket, buckets).map(says));
  return found;
}

function keyBreaches(key: Node, bucket: string, buckets: Buckets): string[] {
  if (key.contype === 'CONSTR_FOREIGN') {
    const target = at(key, 'pktable', 'relname') as string;
    const targetBucket = buckets.get(target);
    if (targetBucket === undefined) return [];
    const isTogether = text(list(key.fk_attrs)[0]) === bucket && text(list(key.pk_attrs)[0]) === targetBucket;
    return isTogether ? [] : [`its reference to ${target} has to begin with both buckets`];
  }
  if (key.contype !== 'CONSTR_PRIMARY' && key.contype !== 'CONSTR_UNIQUE') return [];
  return text(list(key.keys)[0]) === bucket ? [] : [`a key has to begin with ${bucket}`];
}

function indexBreaches(index: Node, buckets: Buckets): string[] {
  const bucket = buckets.get(at(index, 'relation', 'relname') as string);
  if (bucket === undefined) return [];
  const columns = list(index.indexParams).map((param) => at(param, 'IndexElem', 'name'));
  const mustBegin = index.unique === true || columns.includes('due_at');
  return mustBegin && columns[0] !== bucket
    ? [`index ${index.idxname}: what is unique or due has to begin with ${bucket}`]
    : [];
}

function insertBreaches(insert: Node, buckets: Buckets): string[] {
  const name = at(insert, 'relation', 'relname') as string;
  const bucket = buckets.get(name);
  if (bucket === undefined) return [];
  const found: string[] = [];
  if (at(insert, 'cols', 0, 'ResTarget', 'name') !== bucket)
    found.push(`insert into ${name}: name ${bucket} first`);
  const conflict = insert.onConflictClause;
  if (conflict !== undefined && at(conflict, 'infer', 'indexElems', 0, 'IndexElem', 'name') !== bucket)
    found.push(`insert into ${name}: a conflict is found by a key that begins with ${bucket}`);
  return found;
}

/** A change of a table with buckets names the bucket: one shard, one ordinary commit. */
function changeBreaches(change: Node, buckets: Buckets): string[] {
  const table = tablesIn([{ RangeVar: change.relation }])[0]!;
  const bucket = buckets.get(table.name);
  if (bucket === undefined) return [];
  const isPinned = equalities(change.whereClause).some(
    ({ left, right }) => isColumn(left, table, bucket) && isGiven(right),
  );
  return isPinned ? [] : [`a change of ${table.name} has to say ${bucket} = …`];
}

interface Table {
  name: string;
  alias: string;
}

function tablesIn(from: readonly unknown[]): Table[] {
  return from.flatMap((item) => {
    const join = at(item, 'JoinExpr');
    if (join !== undefined) return tablesIn([at(join, 'larg'), at(join, 'rarg')]);
    const name = at(item, 'RangeVar', 'relname') as string | undefined;
    if (name === undefined) return [];
    return [{ name, alias: (at(item, 'RangeVar', 'alias', 'aliasname') as string | undefined) ?? name }];
  });
}

const joinConditions = (from: readonly unknown[]): unknown[] =>
  from.flatMap((item) => {
    const join = at(item, 'JoinExpr');
    return join === undefined
      ? []
      : [at(join, 'quals'), ...joinConditions([at(join, 'larg'), at(join, 'rarg')])];
  });

interface Equality {
  left: unknown;
  right: unknown;
}

/** The equalities that always hold: those that stand alone or are joined by `and`; each in both directions. */
function equalities(condition: unknown): Equality[] {
  const and = at(condition, 'BoolExpr');
  if (at(and, 'boolop') === 'AND_EXPR') return list(at(and, 'args')).flatMap(equalities);
  const expression = at(condition, 'A_Expr');
  if (at(expression, 'kind') !== 'AEXPR_OP' || text(list(at(expression, 'name'))[0]) !== '=') return [];
  const [left, right] = [at(expression, 'lexpr'), at(expression, 'rexpr')];
  return [
    { left, right },
    { left: right, right: left },
  ];
}

function isColumn(value: unknown, table: Table, column: string, isAlone = true): boolean {
  const names = list(at(value, 'ColumnRef', 'fields')).map(text);
  return names.length === 1
    ? isAlone && names[0] === column
    : names[0] === table.alias && names[1] === column;
}

const isGiven = (value: unknown): boolean =>
  at(value, 'ParamRef') !== undefined ||
  at(value, 'A_Const') !== undefined ||
  at(value, 'TypeCast', 'arg', 'ParamRef') !== undefined;

/** Every select in a statement, also those inside others and the halves of a union. */
function selects(tree: unknown): Node[] {
  if (!isNode(tree)) return [];
  const here = Array.isArray(tree.fromClause) ? [tree] : [];
  return [...here, ...Object.values(tree).flatMap(selects)];
}

function selectBreaches(select: Node, buckets: Buckets): string[] {
  const from = list(select.fromClause);
  const tables = tablesIn(from).filter(({ name }) => buckets.has(name));
  const held = [select.whereClause, ...joinConditions(from)].flatMap(equalities);
  const isAlone = tables.length === 1;
  const isPinned = (table: Table): boolean =>
    held.some(
      ({ left, right }) => isColumn(left, table, buckets.get(table.name)!, isAlone) && isGiven(right),
    );
  const found: string[] = [];
  if (list(select.lockingClause).length > 0)
    for (const table of tables.filter((one) => !isPinned(one)))
      found.push(
        `rows of ${table.name} are locked in one bucket at a time: say ${buckets.get(table.name)} = …`,
      );
  if (!areTogether(tables, buckets, held, isPinned))
    found.push(`${tables.map(({ name }) => name).join(' and ')} have to be joined by their buckets`);
  return found;
}

/** True if every table's bucket equals another's, or a parameter, so that a join stays within one shard. */
function areTogether(
  tables: readonly Table[],
  buckets: Buckets,
  held: readonly Equality[],
  isPinned: (table: Table) => boolean,
): boolean {
  const [first, ...rest] = tables;
  if (first === undefined || tables.every(isPinned)) return true;
  const reached = new Set([first.alias]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const table of rest.filter(({ alias }) => !reached.has(alias))) {
      const isLinked = tables
        .filter(({ alias }) => reached.has(alias))
        .some((other) =>
          held.some(
            ({ left, right }) =>
              isColumn(left, table, buckets.get(table.name)!, false) &&
              isColumn(right, other, buckets.get(other.name)!, false),
          ),
        );
      if (isLinked) {
        reached.add(table.alias);
        grew = true;
      }
    }
  }
  return reached.size === tables.length;
}
