export { type Catalogue, CatalogueError, parseCatalogue } from './catalogue.ts';
export { startOpenSalesResolver } from './open-sales-resolver.ts';
export { salesProjection } from './projection.ts';
export { readerKeys } from './reader-keys.ts';
export type { OnlineAuthorization, OnlineAuthorizer } from './sale-process.ts';
export { type SaleService, saleService } from './service.ts';
export { outcomeUnknown, signing } from './signing.ts';
export { type SaleRecord, type SaleStore, saleNumberOf, saleStore } from './store.ts';
