export { itemReport, type ReportOptions } from './item-report.ts';
export { totalsProjection } from './store.ts';
