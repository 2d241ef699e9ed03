/** For each code or byte 1 if it is allowed, else 0. The fields share these tables, which so stay in the processor's cache. */
export type Allowed = Uint8Array;

const codes = (pattern: RegExp): Allowed =>
  Uint8Array.from({ length: 256 }, (_, code) => (pattern.test(String.fromCharCode(code)) ? 1 : 0));

/** Latin-1 codes that a value may hold. Between the digits of a track stands `=`, or D as some write it. */
export const allowedCodes = {
  digits: codes(/[0-9]/),
  track: codes(/[0-9=D]/),
  characters: codes(/./s),
  hex: codes(/[0-9A-Fa-f]/),
  sign: codes(/[CD]/),
};

const bytesOfNibbles = (isAllowed: (nibble: number) => boolean): Allowed =>
  Uint8Array.from({ length: 256 }, (_, byte) => (isAllowed(byte >> 4) && isAllowed(byte & 15) ? 1 : 0));

/** Bytes of packed digits; nibble D is a track's separator. */
export const allowedPairs = {
  digits: bytesOfNibbles((nibble) => nibble <= 9),
  track: bytesOfNibbles((nibble) => nibble <= 9 || nibble === 0xd),
};

const nibbles = (allowed: Allowed): Int8Array =>
  Int8Array.from(allowed, (isAllowed, code) => {
    if (isAllowed !== 1) return -1;
    return code <= 0x39 ? code - 0x30 : 0xd;
  });

/** The nibble of each Latin-1 code; elsewhere -1. */
export const nibblesOfCodes = { digits: nibbles(allowedCodes.digits), track: nibbles(allowedCodes.track) };
