export { type Clock, sleepMs, systemClock, type Timer } from './clock.ts';
export { type ClockSetting, parseClockSetting, virtualNowMs } from './setting.ts';
export { connectClock, type SharedClock } from './shared-clock.ts';
export { isTimeZone } from './time-zone.ts';
