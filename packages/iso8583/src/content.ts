import { type FieldSpec, Iso8583Error } from './specification.ts';

/** How content of a given length (in the specification's own units) stands in the bytes. */
export interface Content {
  bytesFor(length: number): number;
  lengthOf(value: string): number;
  /** The value made as long as a fixed field wants it. */
  fill(value: string, length: number): string;
  write(value: string, into: Buffer, offset: number): void;
  /** There are enough bytes. */
  read(bytes: Buffer, offset: number, length: number): string;
}

/** The content of field `number`. Throws an Error if its encoding is not known. */
export function contentOf(number: number, spec: FieldSpec): Content {
  switch (spec.enc) {
    case 'ascii-n':
      return digits(number, spec);
    case 'ascii-an':
      return characters(number, spec);
    case 'bcd-left':
    case 'bcd-right':
      return packedDigits(number, spec, spec.enc === 'bcd-left');
    case 'raw':
      return rawBytes(number, spec);
    case 'hex':
      return hexCharacters(number, spec);
    case 'amount-ascii':
      return signed(number, spec, digits(number, spec));
    case 'amount-bcd':
      return signed(number, spec, packedDigits(number, spec, spec.left === true));
    default:
      throw new Error(`field ${number} (${spec.name}): there is no encoding "${String(spec.enc)}"`);
  }
}

/** Track 2 and 3 count as digits, though a separator stands between them. */
const trackFields: readonly number[] = [35, 36];
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
/** `=`, or D as some write it. */
const isSeparator = (code: number): boolean => code === 0x3d || code === 0x44;

function notDigits(number: number, spec: FieldSpec, offset: number): Iso8583Error {
  return new Iso8583Error(number, offset, `${spec.name} has to be digits`);
}

/** Digits, one a byte. */
function digits(number: number, spec: FieldSpec): Content {
  const isTrack = trackFields.includes(number);
  const isRight = (code: number): boolean => isDigit(code) || (isTrack && isSeparator(code));
  return {
    bytesFor: (length) => length,
    lengthOf: (value) => value.length,
    fill: (value, length) => value.padStart(length, '0'),
    write(value, into, offset) {
      for (let index = 0; index < value.length; index++) {
        const code = value.charCodeAt(index);
        if (!isRight(code)) throw notDigits(number, spec, 0);
        into[offset + index] = code;
      }
    },
    read(bytes, offset, length) {
      for (let at = offset; at < offset + length; at++)
        if (!isRight(bytes[at]!)) throw notDigits(number, spec, at);
      return bytes.toString('latin1', offset, offset + length);
    },
  };
}

/** Characters (Latin-1), one a byte. */
function characters(number: number, spec: FieldSpec): Content {
  return {
    bytesFor: (length) => length,
    lengthOf: (value) => value.length,
    fill: (value, length) => value.padEnd(length, ' '),
    write(value, into, offset) {
      for (let index = 0; index < value.length; index++) {
        const code = value.charCodeAt(index);
        if (code > 0xff) throw new Iso8583Error(number, 0, `${spec.name} has to be Latin-1 characters`);
        into[offset + index] = code;
      }
    },
    read: (bytes, offset, length) => bytes.toString('latin1', offset, offset + length),
  };
}

const nibbleOf = (code: number): number => {
  if (isDigit(code)) return code - 0x30;
  return isSeparator(code) ? 0xd : -1;
};
const nibbleCharacters = '0123456789   =  ';

/**
 * Digits, two a byte; an odd number is filled with a zero on the left or on the right; nibble D is the separator. Another
 * digit in the place of the zero would be lost, so it is refused; on the right some senders fill with F.
 */
function packedDigits(number: number, spec: FieldSpec, isLeft: boolean): Content {
  const isTrack = trackFields.includes(number);
  const isRight = (nibble: number): boolean => nibble <= 9 || (isTrack && nibble === 0xd);
  return {
    bytesFor: (length) => (length + 1) >> 1,
    lengthOf: (value) => value.length,
    fill: (value, length) => value.padStart(length, '0'),
    write(value, into, offset) {
      const size = (value.length + 1) >> 1;
      into.fill(0, offset, offset + size);
      const shift = isLeft ? value.length & 1 : 0;
      for (let index = 0; index < value.length; index++) {
        const nibble = nibbleOf(value.charCodeAt(index));
        if (nibble < 0 || !isRight(nibble)) throw notDigits(number, spec, 0);
        const place = index + shift;
        into[offset + (place >> 1)]! |= (place & 1) === 0 ? nibble << 4 : nibble;
      }
    },
    read(bytes, offset, length) {
      const shift = isLeft ? length & 1 : 0;
      if ((length & 1) === 1) {
        const at = isLeft ? offset : offset + (length >> 1);
        const filling = isLeft ? bytes[at]! >> 4 : bytes[at]! & 15;
        if (filling !== 0 && (isLeft || filling !== 0xf))
          throw new Iso8583Error(number, at, `${spec.name} has ${length} digits and is not filled with 0`);
      }
      let value = '';
      for (let place = shift; place < length + shift; place++) {
        const byte = bytes[offset + (place >> 1)]!;
        const nibble = (place & 1) === 0 ? byte >> 4 : byte & 15;
        if (!isRight(nibble)) throw notDigits(number, spec, offset + (place >> 1));
        value += nibbleCharacters[nibble];
      }
      return value;
    },
  };
}

const isHex = (value: string): boolean => value.length % 2 === 0 && !/[^0-9A-Fa-f]/.test(value);

function notHex(number: number, spec: FieldSpec): Iso8583Error {
  return new Iso8583Error(number, 0, `${spec.name} has to be bytes in hex`);
}

/** Bytes as they are; the value is their hex. */
function rawBytes(number: number, spec: FieldSpec): Content {
  return {
    bytesFor: (length) => length,
    lengthOf: (value) => value.length / 2,
    fill: (value) => value,
    write(value, into, offset) {
      if (!isHex(value)) throw notHex(number, spec);
      into.write(value, offset, value.length / 2, 'hex');
    },
    read: (bytes, offset, length) => bytes.toString('hex', offset, offset + length).toUpperCase(),
  };
}

/** Bytes, each written as two hex digits. */
function hexCharacters(number: number, spec: FieldSpec): Content {
  return {
    bytesFor: (length) => length * 2,
    lengthOf: (value) => value.length / 2,
    fill: (value) => value,
    write(value, into, offset) {
      if (!isHex(value)) throw notHex(number, spec);
      into.write(value.toUpperCase(), offset, 'latin1');
    },
    read(bytes, offset, length) {
      const text = bytes.toString('latin1', offset, offset + length * 2);
      if (!isHex(text)) throw new Iso8583Error(number, offset, `${spec.name} has to be hex digits`);
      return text.toUpperCase();
    },
  };
}

/** A sign, C for credit or D for debit, before an amount. */
function signed(number: number, spec: FieldSpec, amount: Content): Content {
  const isSign = (code: number): boolean => code === 0x43 || code === 0x44;
  const wrong = (offset: number): Iso8583Error =>
    new Iso8583Error(number, offset, `${spec.name} has to begin with its sign, C or D`);
  return {
    bytesFor: (length) => 1 + amount.bytesFor(Math.max(0, length - 1)),
    lengthOf: (value) => value.length,
    fill: (value, length) => value.slice(0, 1) + amount.fill(value.slice(1), length - 1),
    write(value, into, offset) {
      const sign = value.charCodeAt(0);
      if (!isSign(sign)) throw wrong(0);
      into[offset] = sign;
      amount.write(value.slice(1), into, offset + 1);
    },
    read(bytes, offset, length) {
      const sign = bytes[offset]!;
      if (!isSign(sign)) throw wrong(offset);
      return (sign === 0x43 ? 'C' : 'D') + amount.read(bytes, offset + 1, length - 1);
    },
  };
}
