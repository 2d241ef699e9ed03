export { toMermaid } from './diagram.ts';
export {
  assertMove,
  canMove,
  defineLifecycle,
  isTerminal,
  type Lifecycle,
  type StateOf,
} from './lifecycle.ts';
