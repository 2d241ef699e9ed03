export { preferredLanguage } from './problem-document.ts';
export { problemStatus } from './problem-status.ts';
export { type Readiness, type ReadinessCheck, readinessOf } from './readiness.ts';
export { type ApiServer, createApiServer, listen } from './server.ts';
