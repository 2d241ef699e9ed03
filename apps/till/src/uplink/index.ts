export { type HostClient, hostClient } from './host-client.ts';
export type { LinkState } from './link-state.ts';
export { type LinkWatch, linkWatch } from './link-watch.ts';
export { type OperatorDrain, operatorDrain } from './operator-drain.ts';
export { type UplinkStore, uplinkStore } from './store.ts';
export { startUplink, type Uplink } from './uplink.ts';
