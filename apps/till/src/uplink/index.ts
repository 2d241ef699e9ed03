export { type OperatorDrain, operatorDrain } from './drain.ts';
export { type HostClient, hostClient } from './host-client.ts';
export { foldLink, type LinkState, linkAtStart } from './link-state.ts';
export { type UplinkStore, uplinkStore } from './store.ts';
export { startUplink, type Uplink } from './uplink.ts';
