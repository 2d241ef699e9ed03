export { toMermaid } from './diagram.ts';
export {
  assertMove,
  canMove,
  defineLifecycle,
  isTerminal,
  type Lifecycle,
  type StateOf,
  statesOf,
} from './lifecycle.ts';
