export { type EnrolmentStore, enrolmentStore } from './store.ts';
export { type TillKeys, tillKeys } from './till-key.ts';
