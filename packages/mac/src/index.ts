export { type Authenticator, authenticator, type MacAlgorithm } from './authenticator.ts';
