import { canMove, type Lifecycle, statesOf } from '@bivak/lifecycle';

/** The states from which a row may come into `to`: what an update of many rows is bound to, as `assertMove` binds that of one. */
export const statesBefore = <State extends string>(lifecycle: Lifecycle<State>, to: State): State[] =>
  statesOf(lifecycle).filter((from) => canMove(lifecycle, from, to));
