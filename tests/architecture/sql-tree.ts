/** Reading of the trees that PostgreSQL's own parser makes of SQL. */
export type Node = Record<string, unknown>;

export const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => (isNode(inner) ? inner[key] : undefined), value);
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string | undefined => at(value, 'String', 'sval') as string | undefined;

/** Every node of a kind in a tree ("FuncCall", "SelectStmt", …), its content. */
export function all(tree: unknown, kind: string): Node[] {
  if (!isNode(tree)) return [];
  const here = isNode(tree[kind]) ? [tree[kind]] : [];
  return [...here, ...Object.values(tree).flatMap((inner) => all(inner, kind))];
}
