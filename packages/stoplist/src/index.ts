export { describeStopList } from './describe.ts';
export {
  applyMessage,
  buildDelta,
  buildSnapshot,
  emptyStopList,
  entriesOf,
  isListed,
  listHash,
  type PublishedVersion,
  type StopList,
  type StopListError,
} from './stop-list.ts';
