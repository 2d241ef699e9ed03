export {
  bankHealthById,
  type HealthSign,
  healthFor,
  type RoutingHealth,
  recordHealth,
  registerBanks,
  routingHealth,
  type TroubleAbout,
  takeProbe,
} from './bank-health.ts';
export { loadIssuerRows } from './issuer-data.ts';
export {
  issuerBackTold,
  issuerReach,
  issuersBack,
  recordIssuerSign,
} from './issuer-reach.ts';
export { type Issuers, issuerTable } from './issuers.ts';
