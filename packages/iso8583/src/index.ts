export { isAuthentic, type MessageAuthenticator, packAuthenticated } from './authentication.ts';
export type { Subfield, SubfieldFault, SubfieldsRead, SubfieldToWrite } from './composite.ts';
export {
  type DescribedField,
  type DescribedMessage,
  describeMessage,
  type MessageFormat,
} from './describe.ts';
export { type Fault, type FaultCode, type FaultFacts, Iso8583Error } from './faults.ts';
export { FieldValues } from './field-values.ts';
export { deframe, FramingError, frame, type LengthHeader } from './framing.ts';
export { iso87 } from './iso87.ts';
export { iso93 } from './iso93.ts';
export { messageTypeMeaning, networkCodes, networkFunctions } from './meanings.ts';
export { compileSpec, type FieldFault, type MessageCodec, type Secrets } from './message.ts';
export {
  type OriginalData,
  type OriginalData93,
  packOriginalData,
  packOriginalData93,
  unpackOriginalData,
  unpackOriginalData93,
} from './original-data.ts';
export type { Composite, FieldEncoding, FieldSpec, Fields, MessageSpec, Padding } from './specification.ts';
export { readTlv, type Tlv } from './tlv.ts';
export { answering, type Tpdu, withoutTpdu, withTpdu } from './tpdu.ts';
