import { crc16 } from './crc16.ts';
import { fail, ok, type Result, shifted } from './result.ts';
import { parseTlvList, TLV_HEADER_BYTES } from './tlv.ts';

/**
 * What a session message carries: a header of 32 bytes, one document (a list that its kind's code encloses) and,
 * from the drive, the message's own sign. The layout of the service part of the header and of the sign's field
 * (81h, 06h, six bytes, two of padding) is that of captured messages; the protocol (section 4.2, table 3) leaves
 * both open. As in the captures the length counts the whole container.
 */
export interface Container {
  /** A5h from the drive, 5Ah from the operator. */
  type: number;
  /** Code of the document. */
  dataType: number;
  version: number;
  driveNumber: string;
  documentNumber: number;
  /** The document: its code and the bytes of its list. */
  document: { code: number; body: Buffer };
  /** The sign of the message, 6 bytes; null if there is none. */
  messageSign: Buffer | null;
}

export const CONTAINER_HEADER_BYTES = 32;
export const containerTypes = { fromDrive: 0xa5, fromOperator: 0x5a } as const;
const VERSION = 0x01;
const SERVICE = Buffer.from('1009', 'hex');
const SIGN_FIELD_BYTES = 10;
const LONGEST_DOCUMENT_NUMBER = 0xff_ffff;

export function encodeContainer(container: Container): Result<Buffer> {
  const { driveNumber, documentNumber, document, messageSign } = container;
  if (!/^\d{16}$/.test(driveNumber)) return fail('bad-value', 9, 'a drive number has 16 digits');
  if (!Number.isInteger(documentNumber) || documentNumber < 0 || documentNumber > LONGEST_DOCUMENT_NUMBER) {
    return fail('too-large', 17, `document number ${documentNumber} does not fit 3 bytes`);
  }
  const tail = messageSign === null ? 0 : SIGN_FIELD_BYTES;
  const length = CONTAINER_HEADER_BYTES + TLV_HEADER_BYTES + document.body.length + tail;
  if (document.body.length > 32 * 1024)
    return fail('too-large', 32, `a document of ${document.body.length} bytes`);
  const view = Buffer.alloc(length);
  view.writeUInt16LE(length, 0);
  view.set([container.type, container.dataType, container.version], 4);
  view.set(SERVICE, 7);
  view.write(driveNumber, 9, 'hex');
  view.writeUIntBE(documentNumber, 17, 3);
  view.writeUInt16LE(document.code, CONTAINER_HEADER_BYTES);
  view.writeUInt16LE(document.body.length, CONTAINER_HEADER_BYTES + 2);
  view.set(document.body, CONTAINER_HEADER_BYTES + TLV_HEADER_BYTES);
  if (messageSign !== null) view.set([0x81, 0x06, ...messageSign.subarray(0, 6)], length - SIGN_FIELD_BYTES);
  view.writeUInt16LE(crc16(view.subarray(0, 2), view.subarray(4)), 2);
  return ok(view);
}

export function decodeContainer(bytes: Uint8Array): Result<Container> {
  const view = Buffer.from(bytes);
  if (view.length < CONTAINER_HEADER_BYTES)
    return fail('truncated', view.length, 'a container’s header has 32 bytes');
  const length = view.readUInt16LE(0);
  if (length !== view.length) return fail('bad-length', 0, `says ${length} bytes, has ${view.length}`);
  if (crc16(view.subarray(0, 2), view.subarray(4)) !== view.readUInt16LE(2)) {
    return fail('bad-crc', 2, 'the CRC does not fit the container');
  }
  const type = view[4]!;
  if (type !== containerTypes.fromDrive && type !== containerTypes.fromOperator) {
    return fail('bad-value', 4, `container type ${type.toString(16)}h; A5h and 5Ah exist`);
  }
  const version = view[6]!;
  if (version >> 4 !== 0)
    return fail('bad-version', 6, `container version ${version.toString(16)}h; 0xh is known`);
  const driveNumber = view.toString('hex', 9, 17);
  if (!/^\d{16}$/.test(driveNumber)) return fail('bad-value', 9, 'the drive number is no BCD');
  const body = decodeContainerBody(view.subarray(CONTAINER_HEADER_BYTES));
  if (!body.ok) return shifted(body, CONTAINER_HEADER_BYTES);
  const documentNumber = view.readUIntBE(17, 3);
  return ok({ type, dataType: view[5]!, version, driveNumber, documentNumber, ...body.value });
}

function decodeContainerBody(body: Buffer): Result<Pick<Container, 'document' | 'messageSign'>> {
  if (body.length < TLV_HEADER_BYTES)
    return fail('truncated', body.length, 'there is no document in the container');
  const code = body.readUInt16LE(0);
  const end = TLV_HEADER_BYTES + body.readUInt16LE(2);
  if (end > body.length) return fail('truncated', body.length, `the document has ${end} bytes`);
  const document = { code, body: Buffer.from(body.subarray(TLV_HEADER_BYTES, end)) };
  const list = parseTlvList(document.body);
  if (!list.ok) return shifted(list, TLV_HEADER_BYTES);
  if (end === body.length) return ok({ document, messageSign: null });
  const tail = body.subarray(end);
  if (tail.length !== SIGN_FIELD_BYTES || tail[0] !== 0x81 || tail[1] !== 0x06) {
    return fail('trailing-bytes', end, 'after the document only the message’s sign may follow');
  }
  return ok({ document, messageSign: Buffer.from(tail.subarray(2, 8)) });
}

/** A container of version 01h. */
export function containerOf(options: Omit<Container, 'version' | 'dataType'>): Container {
  return { ...options, version: VERSION, dataType: options.document.code };
}
