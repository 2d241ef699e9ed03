export {
  type DescribedField,
  type DescribedMessage,
  describeMessage,
  type MessageFormat,
} from './describe.ts';
export { deframe, FramingError, frame, type LengthHeader } from './framing.ts';
export { iso87 } from './iso87.ts';
export { messageTypeMeaning, networkCodes } from './meanings.ts';
export { compileSpec, type MessageCodec } from './message.ts';
export { type OriginalData, packOriginalData, unpackOriginalData } from './original-data.ts';
export {
  type FieldEncoding,
  type FieldSpec,
  type Fields,
  Iso8583Error,
  type MessageSpec,
} from './specification.ts';
export { readTlv, type Tlv } from './tlv.ts';
