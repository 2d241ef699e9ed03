import { isTerminal, type Lifecycle } from './lifecycle.ts';

/** The table as a Mermaid state diagram, for the docs. */
export function toMermaid<State extends string>(lifecycle: Lifecycle<State>): string {
  const id = (state: string): string => state.replaceAll('-', '_');
  const states = Object.keys(lifecycle.states) as State[];
  return [
    'stateDiagram-v2',
    ...states.map((state) => `  state "${state}" as ${id(state)}`),
    `  [*] --> ${id(lifecycle.initial)}`,
    ...states.flatMap((from) => lifecycle.states[from].to.map((to) => `  ${id(from)} --> ${id(to)}`)),
    ...states.filter((state) => isTerminal(lifecycle, state)).map((state) => `  ${id(state)} --> [*]`),
  ].join('\n');
}
