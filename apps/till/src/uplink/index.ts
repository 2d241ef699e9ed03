export { forgetting } from './forgetting.ts';
export { hostClient } from './host-client.ts';
export type { LinkState } from './link-state.ts';
export { linkWatch } from './link-watch.ts';
export { tillMemory } from './memory.ts';
export { operatorDrain } from './operator-drain.ts';
export { type UplinkStore, uplinkStore } from './store.ts';
export { startUplink } from './uplink.ts';
