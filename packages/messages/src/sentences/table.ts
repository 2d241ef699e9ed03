/** A row of a table of sentences: the states in which it is said, and what its text claims to be true in them. */
export interface Row<State, Claim extends string> {
  when: (state: State) => boolean;
  claims: readonly Claim[];
}

/** Rows by the keys of their texts, the more particular first. */
export type Table<Key extends string, State, Claim extends string> = Readonly<Record<Key, Row<State, Claim>>>;

/** The key of the first row that is said in this state. A state without a row is a bug of the table and throws. */
export function rowFor<Key extends string, State, Claim extends string>(
  table: Table<Key, State, Claim>,
  state: State,
): Key {
  const found = (Object.keys(table) as Key[]).find((key) => table[key].when(state));
  if (found === undefined) throw new Error(`no sentence for ${JSON.stringify(state)}`);
  return found;
}

export const always = (): boolean => true;
