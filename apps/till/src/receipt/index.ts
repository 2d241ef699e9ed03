export { centred, leftRight, localTime, paper, rule, sum, vatName } from './layout.ts';
export { filePrinter, type Printer } from './printer.ts';
export { type ReceiptHead, type ReceiptSale, receiptOf, sumsByVat } from './receipt.ts';
