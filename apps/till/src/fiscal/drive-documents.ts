import { type DocumentFacts, decodeFields, documentFacts, documentTags, type Field } from '@bivak/fiscal';
import { type DriveConnection, decodedOrSilent } from './drive-connection.ts';
import { FiscalError } from './port.ts';

/** How many of the last documents are looked through for a sale: far more than can follow an open intent. */
const maxLookback = 20;

/** Reads a document's requisites back from the archive (commands 45h, 46h). */
async function readDocument(drive: DriveConnection, number: number): Promise<DocumentFacts> {
  const documentNumber = Buffer.alloc(4);
  documentNumber.writeUInt32LE(number);
  const code = (await drive.send('beginDocumentRead', documentNumber)).readUInt16LE(0);
  const fields: Field[] = [];
  for (;;) {
    try {
      fields.push(...decodedOrSilent(decodeFields(await drive.send('readDocumentField'))));
    } catch (error) {
      // "No such data" is the end of the document.
      if (error instanceof FiscalError && error.refusal === 'no-such-data')
        return decodedOrSilent(documentFacts(code, fields));
      throw error;
    }
  }
}

/** The receipt of a sale among the drive's last documents, newest first; null if it is none of them. */
export async function findReceipt(drive: DriveConnection, saleId: string): Promise<DocumentFacts | null> {
  const last = (await drive.send('readStatus')).readUInt32LE(26);
  for (let number = last; number > Math.max(0, last - maxLookback); number--) {
    const facts = await readDocument(drive, number);
    if (facts.code === documentTags.receipt && facts.saleId === saleId) return facts;
  }
  return null;
}
