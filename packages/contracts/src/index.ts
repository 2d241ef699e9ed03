export * as hostApi from './host-api.ts';
export * as peerApi from './peer-api.ts';
export * as readerApi from './reader-api.ts';
export * as sandboxApi from './sandbox-api.ts';
export * as tillApi from './till-api.ts';
export * as uplinkApi from './uplink-api.ts';
