export { type BackoffRange, backoffMs } from './backoff.ts';
export {
  type Address,
  type Connection,
  type ConnectionEnd,
  type ConnectionOptions,
  openConnection,
} from './connection.ts';
export { bufferedFraming, type Framing, lineFraming } from './framing.ts';
export { PendingRequests, type RequestEnd } from './pending-requests.ts';
export { PersistentConnection, type PersistentConnectionOptions } from './persistent-connection.ts';
export { Retry } from './retry.ts';
export type { Timers } from './timers.ts';
