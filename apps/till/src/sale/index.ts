export type { Knowledge } from './acceptance.ts';
export { type Catalogue, CatalogueError, parseCatalogue } from './catalogue.ts';
export { type OnlineDesk, type SaleDesk, saleDesk } from './desk.ts';
export { watchOpenSales } from './settler.ts';
export { outcomeUnknown, type Signing, signing } from './signing.ts';
export { type SaleRecord, type SaleStore, saleStore, salesProjection } from './store.ts';
