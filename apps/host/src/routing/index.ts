export {
  bankHealthById,
  type HealthSign,
  type RoutingHealth,
  recordHealth,
  registerBanks,
  routingHealth,
  takeProbe,
} from './bank-health.ts';
export { loadIssuerRows } from './issuer-data.ts';
export { type Issuers, issuerTable } from './issuers.ts';
