import type { DriveCommand } from '@bivak/fiscal';

/** Bytes of a command's parameters, if they are fixed (section 4); any other length is answered 01h. */
const parameterBytes: Readonly<Partial<Record<DriveCommand, readonly number[]>>> = {
  beginRegistration: [0, 1],
  finishRegistration: [39],
  beginOpenShift: [5],
  beginCloseShift: [5],
  beginReceipt: [5],
  finishReceipt: [11],
  setTransport: [1],
  readMessage: [4],
  findDocument: [4],
  findConfirmation: [4],
  beginDocumentRead: [4],
};
const withData: readonly DriveCommand[] = ['passData', 'passConfirmation'];

/** Whether a command's parameters have the length which the protocol gives them. */
export function hasRightLength(command: DriveCommand, data: Buffer): boolean {
  return withData.includes(command) || (parameterBytes[command] ?? [0]).includes(data.length);
}
