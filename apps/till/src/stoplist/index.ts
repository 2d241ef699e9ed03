export { type StopListStore, stopListStore } from './store.ts';
