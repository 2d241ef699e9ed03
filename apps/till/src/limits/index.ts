export { type LimitsStore, limitsStore, outstandingProjection } from './outstanding.ts';
