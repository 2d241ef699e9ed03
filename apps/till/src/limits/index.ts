export { type LimitsStore, limitsStore, type Outstanding, outstandingProjection } from './outstanding.ts';
