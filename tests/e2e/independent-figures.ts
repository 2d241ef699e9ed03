import { decodeFields, numberOf, orThrow, textOf } from '@bivak/fiscal';
import { bankIds } from '../../apps/sandbox/src/world/business.ts';
import { records } from './sandbox.ts';

/** What has moved or was declined; other records of the books are the bank's own notes. */
const booked = ['debit', 'decline', 'reversal', 'reversal-of-nothing', 'refund'];

interface LedgerRow {
  kind: string;
  reference: string;
  amountMinor: number;
  at: string;
}

/** The scenario's figures, counted here once more from the files of banks, SMS centre and fiscal operator alone. */
export function figuresFromFiles(dataDir: string): Record<string, number> {
  const ledger = bankIds.flatMap((bank) =>
    records<LedgerRow>(dataDir, `bank-${bank}`, 'books.jsonl').filter(({ kind }) => booked.includes(kind)),
  );
  const documents = records<{ code: number; body: string }>(dataDir, 'fiscal-operator', 'archive.jsonl').map(
    ({ code, body }) => {
      const fields = orThrow(decodeFields(Buffer.from(body, 'hex')));
      return { code, cardMinor: numberOf(fields, 1081) ?? 0, saleId: textOf(fields, 1192) };
    },
  );
  const receipts = documents.filter(({ code }) => code === 3);
  const byCard = receipts.filter(({ cardMinor }) => cardMinor > 0);
  const of = (kind: string, saleId: string | undefined): LedgerRow[] =>
    ledger.filter((row) => row.kind === kind && row.reference === saleId);
  const net = (saleId: string | undefined): number =>
    of('debit', saleId).length - of('reversal', saleId).length - of('refund', saleId).length;
  const references = [...new Set(ledger.map(({ reference }) => reference))];
  const declined = byCard.filter(({ saleId }) => of('decline', saleId).length > 0);
  const paid = byCard.filter(({ saleId }) => net(saleId) === 1);
  const unpaid = byCard.filter(({ saleId }) => net(saleId) !== 1);
  return {
    sales: receipts.length,
    cardSales: byCard.length,
    fiscalDocuments: documents.length,
    collected: references.filter((saleId) => net(saleId) > 0).length,
    collectedMinor: paid.reduce((sum, { cardMinor }) => sum + cardMinor, 0),
    debts: declined.length,
    recovered: declined.filter(({ saleId }) => net(saleId) === 1).length,
    sms: records(dataDir, 'sms-centre', 'messages.jsonl').length,
    reversals: ledger.filter(({ kind }) => kind === 'reversal').length,
    doubleDebited: references.filter((saleId) => net(saleId) > 1).length,
    lost:
      unpaid.filter(({ saleId }) => of('decline', saleId).length === 0).length +
      references.filter((saleId) => net(saleId) > 0 && !byCard.some((one) => one.saleId === saleId)).length,
  };
}
