/** What the bar opens over the items. */
export type SheetName = 'report' | 'sales' | 'details';
