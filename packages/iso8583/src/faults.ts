/** What can be wrong with a message or a value: a code, with the facts that belong to it. */
export type FaultFacts =
  // A field does not hold what its format promises: the fields behind it can be read all the same.
  | { code: 'not-digits' | 'not-characters' | 'not-hex' | 'no-sign' }
  /** An odd number of packed digits, and another digit in the place of the filling. */
  | { code: 'not-filled'; length: number }
  /** What a composite field holds cannot be told apart; `tag` is the subfield. */
  | { code: 'subfield-cut-off' | 'subfield-length' | 'subfield-left-over'; tag: string }
  | { code: 'subfield-content'; tag: string; cause: FaultFacts['code'] }
  // Nobody knows where the next field begins: reading ends.
  | { code: 'length-not-digits' }
  | { code: 'length-over-max'; length: number; max: number }
  | { code: 'cut-off' | 'bitmap-cut-off'; needBytes: number; leftBytes: number }
  | { code: 'bitmap-not-hex' }
  | { code: 'unknown-field'; format: string }
  | { code: 'left-over'; leftBytes: number }
  // A value cannot be packed.
  | { code: 'too-long'; length: number; max: number }
  | { code: 'wrong-length'; length: number; max: number }
  | { code: 'unknown-subfield'; tag: string }
  | { code: 'no-type' | 'no-field-number' | 'not-composite' };

export type FaultCode = FaultFacts['code'];

/** A fault with its place: the field, its name in the specification, and the byte (of a value to be packed: 0). */
export type Fault = { field: number; name: string; offset: number } & FaultFacts;

const contentCodes: ReadonlySet<FaultCode> = new Set([
  'not-digits',
  'not-characters',
  'not-hex',
  'no-sign',
  'not-filled',
]);

/** True if the fault lies within one field, whose end is known nevertheless. */
export const isContentFault = (fault: Fault): boolean => contentCodes.has(fault.code);

/** Bytes that are no message of the format, or values that do not fit it. Never holds what stood in the field. */
export class Iso8583Error extends Error {
  readonly fault: Fault;

  constructor(field: number, name: string, offset: number, facts: FaultFacts) {
    const fault = { ...facts, field, name, offset };
    super(`field ${field}, byte ${offset}: ${textOf(fault)}`);
    this.fault = fault;
  }

  get field(): number {
    return this.fault.field;
  }

  get offset(): number {
    return this.fault.offset;
  }
}

/** For logs; screens say a fault from its code. */
function textOf(fault: Fault): string {
  const { name } = fault;
  switch (fault.code) {
    case 'not-digits':
      return `${name} has to be digits`;
    case 'not-characters':
      return `${name} has to be characters of its code page`;
    case 'not-hex':
      return `${name} has to be bytes in hex`;
    case 'no-sign':
      return `${name} has to begin with its sign, C or D`;
    case 'not-filled':
      return `${name} has ${fault.length} digits and is not filled with 0`;
    case 'subfield-content':
      return `subfield ${fault.tag} of ${name}: ${fault.cause}`;
    case 'subfield-cut-off':
    case 'subfield-length':
    case 'subfield-left-over':
    case 'unknown-subfield':
      return `subfield ${fault.tag} of ${name}: ${fault.code}`;
    case 'length-not-digits':
      return `the length of ${name} is not a number`;
    case 'length-over-max':
      return `${name} says length ${fault.length}, more than ${fault.max}`;
    case 'cut-off':
      return `needs ${fault.needBytes} bytes, ${fault.leftBytes} are left`;
    case 'too-long':
      return `${name} has length ${fault.length}, more than ${fault.max}`;
    case 'wrong-length':
      return `${name} has length ${fault.length}, not ${fault.max}`;
    case 'not-composite':
      return `${name} has no subfields`;
    default:
      return messageTextOf(fault);
  }
}

function messageTextOf(fault: Fault): string {
  switch (fault.code) {
    case 'bitmap-cut-off':
      return `the bitmap needs ${fault.needBytes} bytes, ${fault.leftBytes} are left`;
    case 'bitmap-not-hex':
      return 'the bitmap has to be hex digits';
    case 'unknown-field':
      return `${fault.format} has no such field`;
    case 'left-over':
      return `${fault.leftBytes} bytes are left over after the last field`;
    case 'no-type':
      return 'a message needs its type indicator';
    case 'no-field-number':
      return 'fields are numbered up to 128';
    default:
      return fault.code;
  }
}
