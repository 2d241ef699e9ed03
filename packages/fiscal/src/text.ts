import iconv from 'iconv-lite';
import { fail, ok, type Result } from './result.ts';

/** Text of fiscal documents is in code page 866; each of its 256 bytes is a character. */
export function decodeText(bytes: Uint8Array): string {
  return iconv.decode(Buffer.from(bytes), 'cp866');
}

/** A character that the code page lacks is an error, not a question mark. */
export function encodeText(text: string): Result<Buffer> {
  const bytes = iconv.encode(text, 'cp866');
  if (decodeText(bytes) === text) return ok(bytes);
  const wrong = [...text].find((character) => decodeText(iconv.encode(character, 'cp866')) !== character);
  return fail('bad-text', 0, `code page 866 has no "${wrong}"`);
}

/** Characters of print that the code page lacks, and what a receipt has in their place. */
const substitutes: ReadonlyMap<string, string> = new Map([
  ['«', '"'],
  ['»', '"'],
  ['“', '"'],
  ['”', '"'],
  ['„', '"'],
  ['’', "'"],
  ['‘', "'"],
  ['–', '-'],
  ['—', '-'],
  ['−', '-'],
  ['…', '...'],
  ['×', 'x'],
]);

/** Line ends, tabs and what steers a printer: the code page has them, a name has not. */
const control = /\p{Cc}+/gu;

/**
 * The text as code page 866 can hold it, cut to `maxLength` characters: for names that people typed. Control characters are
 * blanks.
 */
export function printableText(text: string, maxLength: number): string {
  let printable = '';
  for (const character of text.normalize('NFC').replaceAll(control, ' ')) {
    const substitute = substitutes.get(character) ?? character;
    printable += encodeText(substitute).ok ? substitute : '?';
  }
  return printable.slice(0, maxLength);
}
