import { type DocumentFacts, decodeFields, documentFacts, documentTags, type Field } from '@bivak/fiscal';
import { type DriveLine, legible } from './drive-line.ts';
import { FiscalError } from './port.ts';

/** How many of the last documents are looked through for a sale: far more than can follow an open intent. */
const lookBack = 20;

/** Reads a document's requisites back from the archive (commands 45h, 46h). */
async function readDocument(line: DriveLine, number: number): Promise<DocumentFacts> {
  const asked = Buffer.alloc(4);
  asked.writeUInt32LE(number);
  const code = (await line.ask('beginDocumentRead', asked)).readUInt16LE(0);
  const fields: Field[] = [];
  for (;;) {
    try {
      fields.push(...legible(decodeFields(await line.ask('readDocumentField'))));
    } catch (error) {
      // "No such data" is the end of the document.
      if (error instanceof FiscalError && error.refusal === 'no-such-data')
        return legible(documentFacts(code, fields));
      throw error;
    }
  }
}

/** The receipt of a sale among the drive's last documents, newest first; null where none of them is it. */
export async function findReceipt(line: DriveLine, saleId: string): Promise<DocumentFacts | null> {
  const last = (await line.ask('readStatus')).readUInt32LE(26);
  for (let number = last; number > Math.max(0, last - lookBack); number--) {
    const facts = await readDocument(line, number);
    if (facts.code === documentTags.receipt && facts.saleId === saleId) return facts;
  }
  return null;
}
