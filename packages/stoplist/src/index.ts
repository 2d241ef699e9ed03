export { describeStopList } from './describe.ts';
export {
  applyMessage,
  buildDelta,
  buildSnapshot,
  emptyStopList,
  isListed,
  type StopList,
  type StopListError,
} from './stop-list.ts';
