/** What the bar opens over the goods. */
export type SheetName = 'report' | 'sales' | 'details';
