/** A lifecycle as one readable table: every state, where it may go from there, and what being in it means. */
export interface Lifecycle<State extends string> {
  name: string;
  initial: State;
  states: Readonly<Record<State, { to: readonly State[]; means: string }>>;
}

/** The states of a lifecycle that {@link defineLifecycle} made. */
export type StateOf<Of> = Of extends Lifecycle<infer State> ? State : never;

/** Every state of a lifecycle, in the order of its table: the one list from which a schema or a filter is made. */
export function statesOf<State extends string>(lifecycle: Lifecycle<State>): [State, ...State[]] {
  return Object.keys(lifecycle.states) as [State, ...State[]];
}

/**
 * Makes a lifecycle from its table and checks the table itself: every target is a state, every state can be reached from the
 * initial one. Throws an Error that names what is wrong; since a table is loaded with its module, a wrong one stops
 * the program before it does anything.
 */
export function defineLifecycle<State extends string>(table: {
  name: string;
  initial: NoInfer<State>;
  states: Record<State, { to: readonly NoInfer<State>[]; means: string }>;
}): Lifecycle<State> {
  const names = Object.keys(table.states) as State[];
  if (!names.includes(table.initial))
    throw new Error(`lifecycle of a ${table.name}: no state "${table.initial}" to begin in`);
  for (const name of names) {
    for (const target of table.states[name].to) {
      if (!names.includes(target))
        throw new Error(`lifecycle of a ${table.name}: ${name} leads to "${target}", which is no state`);
    }
  }
  const reached = reachable(table);
  const lost = names.filter((name) => !reached.has(name));
  if (lost.length > 0) throw new Error(`lifecycle of a ${table.name}: nothing leads to ${lost.join(', ')}`);
  return table;
}

function reachable<State extends string>(table: Lifecycle<State>): Set<State> {
  const reached = new Set<State>([table.initial]);
  for (const state of reached) for (const target of table.states[state].to) reached.add(target);
  return reached;
}

/** True if the table has the transition. */
export function canMove<State extends string>(lifecycle: Lifecycle<State>, from: State, to: State): boolean {
  return lifecycle.states[from].to.includes(to);
}

/** Throws if the table does not have the transition: such a move is a bug, not a case to handle. */
export function assertMove<State extends string>(lifecycle: Lifecycle<State>, from: State, to: State): void {
  if (!canMove(lifecycle, from, to)) throw new Error(`a ${lifecycle.name} cannot go from ${from} to ${to}`);
}

/** True for a state that nothing leaves. */
export function isTerminal<State extends string>(lifecycle: Lifecycle<State>, state: State): boolean {
  return lifecycle.states[state].to.length === 0;
}
