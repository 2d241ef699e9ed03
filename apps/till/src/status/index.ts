export { driveWatch } from './drive-watch.ts';
export { tillReadiness } from './readiness.ts';
export { type StatusOptions, tillStatus } from './status.ts';
