export { aesCmac } from './aes-cmac.ts';
export { type Authenticator, authenticator, type MacAlgorithm, macAlgorithms } from './authenticator.ts';
export { retailMac } from './retail-mac.ts';
