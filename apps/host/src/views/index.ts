export { listBanks } from './banks.ts';
export { type CardholderDebt, cardholderDebt } from './cardholder-debt.ts';
export { listDebts } from './debts.ts';
export { moneyView } from './money.ts';
export { listPayments, paymentDetail } from './payments.ts';
export { stopListView } from './stop-list.ts';
export { listTills } from './tills.ts';
export { workView } from './work.ts';
