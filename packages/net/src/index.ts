export {
  type Address,
  type Connection,
  type ConnectionEnd,
  openConnection,
  type TlsOptions,
} from './connection.ts';
export { bufferedFraming, lineFraming } from './framing.ts';
export { PendingRequests, type RequestEnd } from './pending-requests.ts';
export { PersistentConnection } from './persistent-connection.ts';
export { Retry } from './retry.ts';
