/** SQL text with its parameters. */
export interface Statement {
  text: string;
  values: unknown[];
}

/** Many rows for one `insert … values ${rows(…)}`: one statement and one round trip for a whole batch. */
export class Rows {
  readonly list: readonly (readonly unknown[])[];
  constructor(list: readonly (readonly unknown[])[]) {
    this.list = list;
  }
}
export const rows = (list: readonly (readonly unknown[])[]): Rows => new Rows(list);

/** A statement whose `${values}` become parameters: nothing is ever written into the text. */
export function sql(texts: TemplateStringsArray, ...parameters: unknown[]): Statement {
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const place = (value: unknown): string =>
    value instanceof Rows
      ? value.list.map((row) => `(${row.map(parameter).join(', ')})`).join(', ')
      : parameter(value);
  const text = texts.reduce((before, part, index) => `${before}${place(parameters[index - 1])}${part}`);
  return { text, values };
}

/** What runs statements: the pool, or one transaction. */
export interface Queries {
  query<Row extends object>(statement: Statement): Promise<Row[]>;
  /** Does `act` once what was written is committed: at once outside of a transaction, and never if it fails. */
  onCommit(act: () => void): void;
}
