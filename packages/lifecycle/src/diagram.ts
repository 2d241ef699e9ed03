import { isTerminal, type Lifecycle } from './lifecycle.ts';

/** The table as a Mermaid state diagram, for the docs. */
export function toMermaid<State extends string>(life: Lifecycle<State>): string {
  const id = (state: string): string => state.replaceAll('-', '_');
  const states = Object.keys(life.states) as State[];
  return [
    'stateDiagram-v2',
    ...states.map((state) => `  state "${state}" as ${id(state)}`),
    `  [*] --> ${id(life.initial)}`,
    ...states.flatMap((from) => life.states[from].to.map((to) => `  ${id(from)} --> ${id(to)}`)),
    ...states.filter((state) => isTerminal(life, state)).map((state) => `  ${id(state)} --> [*]`),
  ].join('\n');
}
