import type { sandboxApi } from '@bivak/contracts';
import {
  type Container,
  containerOf,
  containerTypes,
  decodeContainer,
  decodeFields,
  documentFacts,
  documentKind,
  documentTags,
  encodeContainer,
  encodeFields,
  type Field,
  instantOfLocal,
  localSecondsAt,
  orThrow,
} from '@bivak/fiscal';
import { z } from 'zod';
import { messageSign, operatorSign, signsMatch } from '../fiscal-keeping/key-system.ts';
import type { RecordFile } from '../fiscal-keeping/record-file.ts';

export const archivedDocument = z.object({
  driveNumber: z.string(),
  documentNumber: z.number().int(),
  code: z.number().int(),
  body: z.string(),
  receivedAtMs: z.number(),
});
export type ArchivedDocument = z.infer<typeof archivedDocument>;

/** Why the operator takes no document: the connection is closed with it. */
export class NotTaken extends Error {}

const timeZone = 'Europe/Moscow';

/** The operator's archive: one document of a drive once, on the disk before it is confirmed. */
export class OperatorArchive {
  readonly #file: RecordFile;
  readonly #documents = new Map<string, ArchivedDocument>();

  constructor(file: RecordFile, documents: readonly ArchivedDocument[]) {
    this.#file = file;
    for (const document of documents)
      this.#documents.set(`${document.driveNumber} ${document.documentNumber}`, document);
  }

  /**
   * Takes a drive's container and gives the confirmation's. Throws {@link NotTaken} if it is not the drive's own, says two
   * things, or another document of that number is here.
   */
  take(driveNumber: string, bytes: Uint8Array, nowMs: number): Buffer {
    const container = decodeContainer(bytes);
    if (!container.ok) throw new NotTaken(`no container: ${container.error.message}`);
    const { value } = container;
    this.#check(driveNumber, value);
    const key = `${driveNumber} ${value.documentNumber}`;
    const body = value.document.body.toString('hex');
    const before = this.#documents.get(key);
    if (before !== undefined && before.body !== body)
      throw new NotTaken(`document ${key} is here with other contents`);
    if (before === undefined) {
      const document = {
        driveNumber,
        documentNumber: value.documentNumber,
        code: value.document.code,
        body,
        receivedAtMs: nowMs,
      };
      this.#file.append(document);
      this.#documents.set(key, document);
    }
    return confirmation(driveNumber, value.documentNumber, nowMs);
  }

  #check(
    driveNumber: string,
    { type, driveNumber: named, documentNumber, document, messageSign: sign }: Container,
  ): void {
    if (type !== containerTypes.fromDrive || named !== driveNumber)
      throw new NotTaken('the container is not this drive’s');
    if (sign === null || !signsMatch(sign, messageSign(driveNumber, document.body)))
      throw new NotTaken('the sign is not this drive’s');
    const fields = decodeFields(document.body);
    if (!fields.ok) throw new NotTaken(`the document cannot be read: ${fields.error.message}`);
    const facts = documentFacts(document.code, fields.value);
    if (!facts.ok) throw new NotTaken(`the document is not whole: ${facts.error.message}`);
    if (facts.value.driveNumber !== driveNumber || facts.value.documentNumber !== documentNumber) {
      throw new NotTaken('container and document name different numbers');
    }
  }

  /** The documents as they may be read over HTTP, in the order in which they came. */
  list(): sandboxApi.FiscalDocument[] {
    return [...this.#documents.values()].map((document) => {
      const facts = orThrow(
        documentFacts(document.code, orThrow(decodeFields(Buffer.from(document.body, 'hex')))),
      );
      return {
        driveNumber: document.driveNumber,
        documentNumber: document.documentNumber,
        kind: documentKind(document.code),
        signedAt: new Date(instantOfLocal(facts.madeAtLocal, timeZone)).toISOString(),
        receivedAt: new Date(document.receivedAtMs).toISOString(),
        fiscalSign: facts.fiscalSign,
        totalMinor: facts.totalMinor,
        cardMinor: facts.cardMinor,
        cashMinor: facts.cashMinor,
        saleId: facts.saleId,
      };
    });
  }
}

/** The confirmation of a document (tag 7): the operator's sign (1078) stands over everything else in it. */
function confirmation(driveNumber: string, documentNumber: number, nowMs: number): Buffer {
  const fields: Field[] = [
    { tag: 1022, value: 0 },
    { tag: 1041, value: driveNumber },
    { tag: 1040, value: documentNumber },
    { tag: 1012, value: localSecondsAt(nowMs, timeZone) },
  ];
  const sign = operatorSign(driveNumber, orThrow(encodeFields(fields)));
  const body = orThrow(encodeFields([...fields, { tag: 1078, value: sign }]));
  const document = { code: documentTags.confirmation, body };
  return orThrow(
    encodeContainer(
      containerOf({
        type: containerTypes.fromOperator,
        driveNumber,
        documentNumber,
        document,
        messageSign: null,
      }),
    ),
  );
}
