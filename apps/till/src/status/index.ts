export { driveWatch } from './drive-watch.ts';
export { type StatusOptions, tillStatus } from './status.ts';
