export { type StopListKeeper, stopListKeeper } from './keeper.ts';
