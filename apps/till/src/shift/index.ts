export { maxShiftMs, type ShiftService, shiftService } from './service.ts';
export { type Shift, shiftProjection } from './store.ts';
