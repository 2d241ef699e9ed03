export { centred, leftRight, localTime, paper, rule, sum, vatName } from './layout.ts';
export { filePrinter, type Printer } from './printer.ts';
export { type ReceiptHead, receiptOf, sumsByVat } from './receipt.ts';
