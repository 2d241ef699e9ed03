import { type AnswerName, decodeDateTime, type LocalSeconds } from '@bivak/fiscal';

/** The drive says no, with one of the protocol's answer codes. */
export class Refusal extends Error {
  readonly answer: AnswerName;
  readonly data: Buffer;
  constructor(answer: AnswerName, data: Buffer = Buffer.alloc(0)) {
    super(answer);
    this.answer = answer;
    this.data = data;
  }
}

export const none = Buffer.alloc(0);
export const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};
export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** Documents are dated to the minute by commands; what was kept with seconds is compared by its minute. */
export const minuteOf = (local: LocalSeconds): LocalSeconds => local - (local % 60);

/** The date and time that a command's data begins with. */
export function timeOf(data: Buffer): LocalSeconds {
  const time = decodeDateTime(data);
  if (!time.ok) throw new Refusal('wrong-date-time');
  return time.value;
}
