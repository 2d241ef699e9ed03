import { decodeArchived, encodeArchived } from './archive.ts';
import { innValid, registrationNumberValid } from './checks.ts';
import { crc16 } from './crc16.ts';
import { decodeFields, encodeFields } from './fields.ts';
import { decodeFvln, decodeVln, encodeFvln, encodeVln, formatDecimal, parseDecimal } from './numbers.ts';
import { formatQr, parseQr } from './qr.ts';
import { orThrow, parseHex } from './result.ts';
import { decodeSessionHeader, encodeSessionHeader, type SessionHeader } from './session.ts';
import { signFromArchive, signFromTag1077 } from './sign.ts';
import { decodeText, encodeText } from './text.ts';
import { encodeTlvList, parseTlvList } from './tlv.ts';

type Case = Readonly<Record<string, unknown>>;
/** Throws where the case does not hold. */
type Runner = (testCase: Case) => void;

function hexOf(testCase: Case, name = 'hex'): Buffer {
  const text = testCase[name];
  if (typeof text !== 'string') throw new Error(`the case has no ${name}`);
  return orThrow(parseHex(text));
}

function same(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${what}: ${String(found)}, expected ${String(expected)}`);
}

function sameBytes(what: string, found: Uint8Array, expected: Uint8Array): void {
  same(what, Buffer.from(found).toString('hex'), Buffer.from(expected).toString('hex'));
}

const runners: Readonly<Record<string, Runner>> = {
  crc16_ccitt_false(testCase) {
    const input = hexOf(testCase, 'input_hex');
    const crc = crc16(input);
    same('crc', crc, testCase.crc);
    if (testCase.frame_hex !== undefined) {
      const tail = Buffer.from([...input, crc & 0xff, crc >> 8]);
      const frame = hexOf(testCase, 'frame_hex');
      sameBytes('end of the frame', frame.subarray(frame.length - tail.length), tail);
    }
  },
  kkt_registration_number({ rn, inn, serial, valid }) {
    same('valid', registrationNumberValid(String(rn), String(inn), String(serial)), valid ?? true);
  },
  inn({ inn, valid }) {
    same('valid', innValid(String(inn)), valid ?? true);
  },
  vln(testCase) {
    const bytes = hexOf(testCase);
    const value = orThrow(decodeVln(bytes));
    sameNumber(value, testCase.value);
    const isShortest = bytes.length === 1 || (bytes.length > 1 && bytes.at(-1) !== 0);
    if (isShortest) sameBytes('written again', orThrow(encodeVln(value)), bytes);
  },
  fvln(testCase) {
    const bytes = hexOf(testCase);
    const decimal = orThrow(decodeFvln(bytes));
    if (typeof testCase.value === 'number') same('value', Number(formatDecimal(decimal)), testCase.value);
    else same('value', formatDecimal(decimal), testCase.value);
    const again = orThrow(encodeFvln(orThrow(parseDecimal(formatDecimal(decimal)))));
    const isShortest = bytes.length === 2 || (bytes.length > 2 && bytes.at(-1) !== 0);
    if (isShortest) sameBytes('written again', again, bytes);
  },
  string_cp866(testCase) {
    const bytes = hexOf(testCase);
    same('value', decodeText(bytes), testCase.value);
    sameBytes('written again', orThrow(encodeText(String(testCase.value))), bytes);
  },
  unixtime(testCase) {
    const bytes = hexOf(testCase);
    if (bytes.length !== 4) throw new Error(`a time has 4 bytes, not ${bytes.length}`);
    const tlv = orThrow(encodeTlvList([{ tag: 1012, value: bytes }]));
    same('value', orThrow(decodeFields(tlv))[0]?.value, testCase.value);
    sameBytes('written again', orThrow(encodeFields([{ tag: 1012, value: Number(testCase.value) }])), tlv);
  },
  session_header(testCase) {
    const bytes = hexOf(testCase);
    const header = orThrow(decodeSessionHeader(bytes));
    const expected: [string, unknown, keyof SessionHeader][] = [
      ['sVersion', testCase.sVersion, 'sessionVersion'],
      ['pVersion', testCase.pVersion, 'formatVersion'],
      ['fn', testCase.fn, 'driveNumber'],
      ['bodyLen', testCase.bodyLen, 'bodyLength'],
      ['flags', testCase.flags, 'flags'],
      ['crc', testCase.crc, 'crc'],
    ];
    for (const [name, value, field] of expected) if (value !== undefined) same(name, header[field], value);
    if (testCase.signature !== undefined) same('signature', bytes.toString('hex', 0, 4), testCase.signature);
    sameBytes('written again', encodeSessionHeader(header), bytes);
  },
  fiscal_sign(testCase) {
    const printed = testCase.printed;
    if (testCase.tag1077 !== undefined)
      same('tag 1077', orThrow(signFromTag1077(hexOf(testCase, 'tag1077'))), printed);
    if (testCase.archive_u32le_hex !== undefined) {
      same('archive', orThrow(signFromArchive(hexOf(testCase, 'archive_u32le_hex'))), printed);
    }
  },
  tlv_documents(testCase) {
    const bytes = hexOf(testCase);
    sameBytes('split and joined', orThrow(encodeTlvList(orThrow(parseTlvList(bytes)))), bytes);
    const fields = orThrow(decodeFields(bytes));
    const again = orThrow(encodeFields(fields));
    same(
      'read, written and read',
      JSON.stringify(orThrow(decodeFields(again)), plain),
      JSON.stringify(fields, plain),
    );
  },
  archive_short_documents(testCase) {
    const bytes = hexOf(testCase);
    sameBytes('written again', encodeArchived(orThrow(decodeArchived(bytes))), bytes);
  },
  qr({ s }) {
    same('written again', formatQr(orThrow(parseQr(String(s)))), s);
  },
};

/** A number that JSON may have given as text, or rounded to a double. */
function sameNumber(found: bigint, expected: unknown): void {
  if (typeof expected === 'string') same('value', found.toString(), expected);
  else same('value', Number(found), expected);
}

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** Cases whose bytes have to be refused say so in one of these ways. */
function mustBeRefused(testCase: Case): boolean {
  return (
    testCase.valid === false ||
    testCase.invalid === true ||
    testCase.error !== undefined ||
    testCase.value === null
  );
}

/** These say whether something is valid; all others decode. */
const judges = new Set(['kkt_registration_number', 'inn']);

function runCase(key: string, run: Runner, testCase: Case): string | undefined {
  if (judges.has(key) || !mustBeRefused(testCase)) {
    try {
      run(testCase);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }
  try {
    run(testCase);
  } catch {
    return undefined;
  }
  return 'was accepted and has to be refused';
}

/**
 * Runs a vector file of the shape of `fiscal.json`: an object whose arrays hold cases by kind. A kind that is not
 * known counts as failed, so that a misspelt one is noticed.
 */
export function runCases(vectorFile: unknown): { passed: number; failed: string[] } {
  if (typeof vectorFile !== 'object' || vectorFile === null) return { passed: 0, failed: ['no JSON object'] };
  let passed = 0;
  const failed: string[] = [];
  for (const [key, cases] of Object.entries(vectorFile)) {
    if (!Array.isArray(cases)) continue;
    for (const [index, raw] of cases.entries()) {
      const testCase: unknown = typeof raw === 'string' ? { hex: raw, s: raw, inn: raw } : raw;
      const run = runners[key];
      const isCase = typeof testCase === 'object' && testCase !== null;
      const why =
        run === undefined
          ? 'no runner for this kind'
          : isCase
            ? runCase(key, run, testCase as Case)
            : 'no object';
      if (why === undefined) passed += 1;
      else failed.push(`${key}[${index}]: ${why}`);
    }
  }
  return { passed, failed };
}
