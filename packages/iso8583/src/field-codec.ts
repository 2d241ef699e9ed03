import { type FieldSpec, Iso8583Error } from './specification.ts';

/** One field, ready to write and read: what its specification says, turned into code once. */
export interface FieldCodec {
  write(value: string): Buffer;
  read(bytes: Buffer, offset: number): { value: string; next: number };
}

/** Makes the codec of field `number`. */
export function compileField(number: number, spec: FieldSpec): FieldCodec {
  const content = contentOf(number, spec);
  return spec.type === 'fixed' ? fixedField(number, spec, content) : variableField(number, spec, content);
}

/** How content of a given length (in the specification's own units) stands in the bytes. */
interface Content {
  bytesFor(length: number): number;
  lengthOf(value: string): number;
  encode(value: string): Buffer;
  decode(bytes: Buffer, length: number, offset: number): string;
  fill(value: string, length: number): string;
}

function fixedField(number: number, spec: FieldSpec, content: Content): FieldCodec {
  const size = content.bytesFor(spec.max);
  return {
    write(value) {
      const filled = content.fill(value, spec.max);
      if (content.lengthOf(filled) !== spec.max) {
        throw new Iso8583Error(
          number,
          0,
          `${spec.name} has length ${content.lengthOf(filled)}, not ${spec.max}`,
        );
      }
      return content.encode(filled);
    },
    read(bytes, offset) {
      return {
        value: content.decode(slice(number, bytes, offset, size), spec.max, offset),
        next: offset + size,
      };
    },
  };
}

function variableField(number: number, spec: FieldSpec, content: Content): FieldCodec {
  const digits = spec.digits ?? 2;
  const prefixSize = spec.lenEnc === 'bcd' ? Math.ceil(digits / 2) : digits;
  return {
    write(value) {
      const length = content.lengthOf(value);
      if (length > spec.max)
        throw new Iso8583Error(number, 0, `${spec.name} has length ${length}, more than ${spec.max}`);
      const prefix = String(length).padStart(prefixSize * (spec.lenEnc === 'bcd' ? 2 : 1), '0');
      return Buffer.concat([
        Buffer.from(prefix, spec.lenEnc === 'bcd' ? 'hex' : 'latin1'),
        content.encode(value),
      ]);
    },
    read(bytes, offset) {
      const prefix = slice(number, bytes, offset, prefixSize).toString(
        spec.lenEnc === 'bcd' ? 'hex' : 'latin1',
      );
      if (!/^\d+$/.test(prefix))
        throw new Iso8583Error(number, offset, `the length of ${spec.name} is not a number`);
      const length = Number(prefix);
      if (length > spec.max)
        throw new Iso8583Error(number, offset, `${spec.name} says length ${length}, more than ${spec.max}`);
      const start = offset + prefixSize;
      const size = content.bytesFor(length);
      return { value: content.decode(slice(number, bytes, start, size), length, start), next: start + size };
    },
  };
}

function slice(number: number, bytes: Buffer, offset: number, size: number): Buffer {
  if (offset + size > bytes.length) {
    throw new Iso8583Error(
      number,
      offset,
      `needs ${size} bytes, ${Math.max(0, bytes.length - offset)} are left`,
    );
  }
  return bytes.subarray(offset, offset + size);
}

function contentOf(number: number, spec: FieldSpec): Content {
  switch (spec.enc) {
    case 'ascii-n':
      // Real captures hold letters and spaces where the standard has digits: what is read is given back as it is.
      return characters((value, length) => value.padStart(length, '0'));
    case 'ascii-an':
      return characters((value, length) => value.padEnd(length, ' '));
    case 'bcd-left':
    case 'bcd-right':
      return packedDigits(number, spec);
    case 'raw':
      return rawBytes(number, spec);
    case 'hex':
      return hexCharacters(number, spec);
    case 'amount-ascii':
      return { ...characters(fillAmount) };
    case 'amount-bcd':
      return signedAmount(number, spec);
  }
}

function characters(fill: (value: string, length: number) => string): Content {
  return {
    bytesFor: (length) => length,
    lengthOf: (value) => value.length,
    encode: (value) => Buffer.from(value, 'latin1'),
    decode: (bytes) => bytes.toString('latin1'),
    fill,
  };
}

const fillAmount = (value: string, length: number): string =>
  `${value.slice(0, 1)}${value.slice(1).padStart(length - 1, '0')}`;

function packedDigits(number: number, spec: FieldSpec): Content {
  const isLeft = spec.enc === 'bcd-left';
  return {
    bytesFor: (length) => Math.ceil(length / 2),
    lengthOf: (value) => value.length,
    encode: (value) => Buffer.from(toNibbles(number, spec, value, isLeft), 'hex'),
    decode: (bytes, length, offset) => fromNibbles(number, spec, bytes, length, offset, isLeft),
    fill: (value, length) => value.padStart(length, '0'),
  };
}

function toNibbles(number: number, spec: FieldSpec, value: string, isLeft: boolean): string {
  if (!/^[\d=]*$/.test(value)) throw new Iso8583Error(number, 0, `${spec.name} has to be digits`);
  const nibbles = value.replaceAll('=', 'd');
  if (nibbles.length % 2 === 0) return nibbles;
  return isLeft ? `0${nibbles}` : `${nibbles}0`;
}

function fromNibbles(
  number: number,
  spec: FieldSpec,
  bytes: Buffer,
  length: number,
  offset: number,
  isLeft: boolean,
): string {
  const nibbles = bytes.toString('hex');
  const digits = (isLeft ? nibbles.slice(nibbles.length - length) : nibbles.slice(0, length)).replaceAll(
    'd',
    '=',
  );
  if (!/^[\d=]*$/.test(digits)) throw new Iso8583Error(number, offset, `${spec.name} has to be digits`);
  return digits;
}

const isHex = (value: string): boolean => /^(?:[0-9A-Fa-f]{2})*$/.test(value);

function rawBytes(number: number, spec: FieldSpec): Content {
  return {
    bytesFor: (length) => length,
    lengthOf: (value) => value.length / 2,
    encode: (value) => {
      if (!isHex(value)) throw new Iso8583Error(number, 0, `${spec.name} has to be bytes in hex`);
      return Buffer.from(value, 'hex');
    },
    decode: (bytes) => bytes.toString('hex').toUpperCase(),
    fill: (value) => value,
  };
}

function hexCharacters(number: number, spec: FieldSpec): Content {
  return {
    bytesFor: (length) => length * 2,
    lengthOf: (value) => value.length / 2,
    encode: (value) => {
      if (!isHex(value)) throw new Iso8583Error(number, 0, `${spec.name} has to be bytes in hex`);
      return Buffer.from(value.toUpperCase(), 'latin1');
    },
    decode: (bytes, _, offset) => {
      const text = bytes.toString('latin1');
      if (!isHex(text)) throw new Iso8583Error(number, offset, `${spec.name} has to be hex digits`);
      return text.toUpperCase();
    },
    fill: (value) => value,
  };
}

function signedAmount(number: number, spec: FieldSpec): Content {
  const isLeft = spec.left === true;
  return {
    bytesFor: (length) => 1 + Math.ceil((length - 1) / 2),
    lengthOf: (value) => value.length,
    encode: (value) =>
      Buffer.concat([
        Buffer.from(value.slice(0, 1), 'latin1'),
        Buffer.from(toNibbles(number, spec, value.slice(1), isLeft), 'hex'),
      ]),
    decode: (bytes, length, offset) =>
      bytes.subarray(0, 1).toString('latin1') +
      fromNibbles(number, spec, bytes.subarray(1), length - 1, offset + 1, isLeft),
    fill: fillAmount,
  };
}
