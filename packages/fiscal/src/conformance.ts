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
/** Throws if the case does not hold; {@link IncompleteCase} if it cannot be tried at all. */
type Runner = (testCase: Case) => void;

/** A case that lacks what it would be tried with: failed also if it has to be refused. */
class IncompleteCase extends Error {}
/** Read, and something else than expected: no refusal. */
class Mismatch extends Error {}

function textIn(testCase: Case, name: string): string {
  const text = testCase[name];
  if (typeof text !== 'string') throw new IncompleteCase(`the case has no text "${name}"`);
  return text;
}

function hexOf(testCase: Case, name = 'hex'): Buffer {
  return orThrow(parseHex(textIn(testCase, name)));
}

function same(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Mismatch(`${what}: ${String(found)}, expected ${String(expected)}`);
}

function sameBytes(what: string, found: Uint8Array, expected: Uint8Array): void {
  same(what, Buffer.from(found).toString('hex'), Buffer.from(expected).toString('hex'));
}

const runners: Readonly<Record<string, Runner>> = {
  crc16_ccitt_false(testCase) {
    const input = hexOf(testCase, 'input_hex');
    const crc = crc16(input);
    if (testCase.crc === undefined && testCase.frame_hex === undefined)
      throw new IncompleteCase('the case has neither "crc" nor "frame_hex"');
    if (testCase.crc !== undefined && crc !== testCase.crc)
      throw new Error(`crc: ${crc}, expected ${String(testCase.crc)}`);
    if (testCase.frame_hex !== undefined) {
      const tail = Buffer.from([...input, crc & 0xff, crc >> 8]);
      const frame = hexOf(testCase, 'frame_hex');
      if (!frame.subarray(-tail.length).equals(tail))
        throw new Error(`the frame ends otherwise than in ${tail.toString('hex')}`);
    }
  },
  kkt_registration_number(testCase) {
    const [rn, inn, serial] = ['rn', 'inn', 'serial'].map((name) => textIn(testCase, name).trim());
    same('valid', registrationNumberValid(rn!, inn!, serial!), !mustBeRefused(testCase));
  },
  inn(testCase) {
    same('valid', innValid(textIn(testCase, 'inn').trim()), !mustBeRefused(testCase));
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
    else same('value', shortest(formatDecimal(decimal)), shortest(textIn(testCase, 'value')));
    const again = orThrow(encodeFvln(orThrow(parseDecimal(formatDecimal(decimal)))));
    const isShortest = bytes.length === 2 || (bytes.length > 2 && bytes.at(-1) !== 0);
    if (isShortest) sameBytes('written again', again, bytes);
  },
  string_cp866(testCase) {
    const written = orThrow(encodeText(textIn(testCase, 'value')));
    const bytes = hexOf(testCase);
    same('value', decodeText(bytes), testCase.value);
    sameBytes('written', written, bytes);
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
    if (testCase.tag1077 === undefined && testCase.archive_u32le_hex === undefined)
      throw new IncompleteCase('the case has neither "tag1077" nor "archive_u32le_hex"');
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
  qr(testCase) {
    // The numbers of document and sign stand with zeros before them on some receipts.
    const s = textIn(testCase, 's');
    same('written again', formatQr(orThrow(parseQr(s))), s.replaceAll(/&(i|fp)=0+(?=\d)/g, '&$1='));
  },
};

/** A decimal number without zeros at its end: "1.50" is 1.5. */
function shortest(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}

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
    testCase.negative === true ||
    testCase.decodeError !== undefined ||
    testCase.error !== undefined ||
    testCase.value === null
  );
}

/** The kinds of cases that such a file may hold. */
export const caseKinds: readonly string[] = Object.keys(runners);

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
  } catch (error) {
    if (error instanceof IncompleteCase) return error.message;
    if (!(error instanceof Mismatch)) return undefined;
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
    if (!Array.isArray(cases)) {
      if (Object.hasOwn(runners, key)) failed.push(`${key}: has to be a list of cases`);
      continue;
    }
    for (const [index, raw] of cases.entries()) {
      const testCase: unknown = typeof raw === 'string' ? { hex: raw, s: raw, inn: raw } : raw;
      const run = Object.hasOwn(runners, key) ? runners[key] : undefined;
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
