export { type ShiftService, shiftService } from './service.ts';
export { shiftProjection } from './store.ts';
