export { longestShiftMs, type ShiftKeeper, shiftKeeper } from './keeper.ts';
export { type Shift, shiftProjection } from './store.ts';
