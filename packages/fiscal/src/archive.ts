import { decodeDateTime, encodeDateTime, type LocalSeconds } from './local-time.ts';
import { fail, ok, type Result } from './result.ts';
import { documentTags } from './tags.ts';

/** What every document has in the drive's archive (drive protocol, section 5.1). */
interface Common {
  /** Whether the fiscal operator has confirmed it. */
  confirmed: boolean;
  /** Whole minutes. */
  madeAtLocal: LocalSeconds;
  documentNumber: number;
  /** The printed fiscal sign. */
  fiscalSign: number;
}
interface RegistrationData {
  inn: string;
  registrationNumber: string;
  taxSystems: number;
  modes: number;
}

/** A document in the short form of the archive (command 40h). */
export type ArchivedDocument = Common &
  (
    | ({ code: typeof documentTags.registration } & RegistrationData)
    | ({ code: typeof documentTags.registrationChange; reason: number } & RegistrationData)
    | {
        code:
          | typeof documentTags.receipt
          | typeof documentTags.strictForm
          | typeof documentTags.receiptCorrection
          | typeof documentTags.strictFormCorrection;
        operation: number;
        totalMinor: number;
      }
    | { code: typeof documentTags.openShift | typeof documentTags.closeShift; shiftNumber: number }
    | { code: typeof documentTags.closeArchive; inn: string; registrationNumber: string }
    | {
        code: typeof documentTags.stateReport;
        unconfirmed: number;
        /** Null if every document is confirmed. */
        oldestUnconfirmedLocal: LocalSeconds | null;
      }
  );

const COMMON_BYTES = 15;
const bodyBytes: Readonly<Record<number, number>> = {
  [documentTags.registration]: 34,
  [documentTags.registrationChange]: 35,
  [documentTags.receipt]: 6,
  [documentTags.strictForm]: 6,
  [documentTags.receiptCorrection]: 6,
  [documentTags.strictFormCorrection]: 6,
  [documentTags.openShift]: 2,
  [documentTags.closeShift]: 2,
  [documentTags.closeArchive]: 32,
  [documentTags.stateReport]: 9,
};

export function decodeArchived(bytes: Uint8Array): Result<ArchivedDocument> {
  const view = Buffer.from(bytes);
  if (view.length < COMMON_BYTES)
    return fail('truncated', view.length, 'an archived document has 15 bytes or more');
  const code = view[0]!;
  const expected = bodyBytes[code];
  if (expected === undefined) return fail('bad-value', 0, `there is no document of type ${code}`);
  if (view[1]! > 1) return fail('bad-value', 1, `${view[1]} says neither confirmed (1) nor unconfirmed (0)`);
  if (view.length !== COMMON_BYTES + expected) {
    const at = Math.min(view.length, COMMON_BYTES + expected);
    return fail(
      'bad-length',
      at,
      `a document of type ${code} has ${COMMON_BYTES + expected} bytes, not ${view.length}`,
    );
  }
  const madeAt = decodeDateTime(view, 2);
  if (!madeAt.ok) return madeAt;
  const common: Common = {
    confirmed: view[1] === 1,
    madeAtLocal: madeAt.value,
    documentNumber: view.readUInt32LE(7),
    fiscalSign: view.readUInt32LE(11),
  };
  return decodeBody(code as ArchivedDocument['code'], common, view);
}

function decodeBody(code: ArchivedDocument['code'], common: Common, view: Buffer): Result<ArchivedDocument> {
  const body = view.subarray(COMMON_BYTES);
  switch (code) {
    case documentTags.registration:
      return ok({ ...common, code, ...registrationData(body) });
    case documentTags.registrationChange:
      return ok({ ...common, code, ...registrationData(body), reason: body[34]! });
    case documentTags.closeArchive:
      return ok({ ...common, code, ...identity(body) });
    case documentTags.openShift:
    case documentTags.closeShift:
      return ok({ ...common, code, shiftNumber: body.readUInt16LE(0) });
    case documentTags.stateReport: {
      const none = body.subarray(4).every((byte) => byte === 0);
      const oldest = none ? ok(null) : decodeDateTime(view, COMMON_BYTES + 4);
      if (!oldest.ok) return oldest;
      return ok({ ...common, code, unconfirmed: body.readUInt32LE(0), oldestUnconfirmedLocal: oldest.value });
    }
    default:
      return ok({ ...common, code, operation: body[0]!, totalMinor: body.readUIntLE(1, 5) });
  }
}

function identity(body: Buffer): { inn: string; registrationNumber: string } {
  return { inn: unpad(body.subarray(0, 12)), registrationNumber: unpad(body.subarray(12, 32)) };
}

function registrationData(body: Buffer): RegistrationData {
  return { ...identity(body), taxSystems: body[32]!, modes: body[33]! };
}

function unpad(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/ +$/, '');
}

/** ASCII text, blanks on the right: INN (12) and registration number (20). */
export function padAscii(text: string, width: number): Buffer {
  return Buffer.from(text.padEnd(width, ' ').slice(0, width), 'latin1');
}

export function encodeArchived(document: ArchivedDocument): Buffer {
  const head = Buffer.alloc(COMMON_BYTES);
  head[0] = document.code;
  head[1] = document.confirmed ? 1 : 0;
  head.set(encodeDateTime(document.madeAtLocal), 2);
  head.writeUInt32LE(document.documentNumber, 7);
  head.writeUInt32LE(document.fiscalSign, 11);
  return Buffer.concat([head, encodeBody(document)]);
}

function encodeBody(document: ArchivedDocument): Buffer {
  if ('shiftNumber' in document) {
    const body = Buffer.alloc(2);
    body.writeUInt16LE(document.shiftNumber);
    return body;
  }
  if ('operation' in document) {
    const body = Buffer.alloc(6);
    body[0] = document.operation;
    body.writeUIntLE(document.totalMinor, 1, 5);
    return body;
  }
  if ('unconfirmed' in document) {
    const body = Buffer.alloc(9);
    body.writeUInt32LE(document.unconfirmed);
    if (document.oldestUnconfirmedLocal !== null)
      body.set(encodeDateTime(document.oldestUnconfirmedLocal), 4);
    return body;
  }
  const who = [padAscii(document.inn, 12), padAscii(document.registrationNumber, 20)];
  if ('taxSystems' in document) who.push(Buffer.of(document.taxSystems, document.modes));
  if ('reason' in document) who.push(Buffer.of(document.reason));
  return Buffer.concat(who);
}

/** The operator's confirmation in the archive (command 41h, section 5.1.8). */
export interface ArchivedConfirmation {
  confirmedAtLocal: LocalSeconds;
  /** 18 bytes. */
  operatorSign: Uint8Array;
  documentNumber: number;
}

export function encodeArchivedConfirmation(confirmation: ArchivedConfirmation): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32LE(confirmation.documentNumber);
  return Buffer.concat([encodeDateTime(confirmation.confirmedAtLocal), confirmation.operatorSign, number]);
}

export function decodeArchivedConfirmation(bytes: Uint8Array): Result<ArchivedConfirmation> {
  if (bytes.length !== 27)
    return fail('bad-length', Math.min(27, bytes.length), 'an archived confirmation has 27 bytes');
  const at = decodeDateTime(bytes);
  if (!at.ok) return at;
  const view = Buffer.from(bytes);
  return ok({
    confirmedAtLocal: at.value,
    operatorSign: view.subarray(5, 23),
    documentNumber: view.readUInt32LE(23),
  });
}
