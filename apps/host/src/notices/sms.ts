/** SMPP data coding 0: the centre's default alphabet, an octet for each character. */
const defaultCoding = 0;
/** Data coding 8: UCS-2, big-endian, which has Cyrillic. */
const ucs2Coding = 8;

/**
 * Characters that have one code in all default alphabets that centres have: GSM 03.38 (3GPP TS 23.038, 6.2.1), ASCII, Latin-1.
 * "@", "_", "$" and brackets are not among them: a link with such a character would be broken at some centres.
 */
const inAnyAlphabet = new Set(
  '\n\r !"#%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
);

/** Octets that one SMS holds, alone or as one of several behind a header of six octets (3GPP TS 23.040, 9.2.3.24.1). */
const maxOctets = {
  [defaultCoding]: { alone: 160, joined: 153 },
  [ucs2Coding]: { alone: 140, joined: 134 },
} as const;

/** A text as SMPP carries it. */
export interface SmsText {
  dataCoding: typeof defaultCoding | typeof ucs2Coding;
  octets: Buffer;
  /** Of one SMS each; no character is cut in two. */
  parts: Buffer[];
}

/** Encodes a text in seven bits if every centre has its characters, else in UCS-2, and cuts it where one SMS ends. */
export function encodeSms(text: string): SmsText {
  const characters = [...text];
  const dataCoding = characters.every((one) => inAnyAlphabet.has(one)) ? defaultCoding : ucs2Coding;
  const encoded = characters.map((one) =>
    dataCoding === defaultCoding ? Buffer.from(one, 'latin1') : Buffer.from(one, 'utf16le').swap16(),
  );
  const { alone, joined } = maxOctets[dataCoding];
  const octets = Buffer.concat(encoded);
  return { dataCoding, octets, parts: octets.length <= alone ? [octets] : cut(encoded, joined) };
}

function cut(characters: readonly Buffer[], maxLength: number): Buffer[] {
  const parts: Buffer[][] = [[]];
  let length = 0;
  for (const character of characters) {
    if (length + character.length > maxLength) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)!.push(character);
    length += character.length;
  }
  return parts.map((part) => Buffer.concat(part));
}
