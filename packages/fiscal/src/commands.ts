/** Commands of the drive protocol v1.1 (section 4), by what they do. */
export const driveCommands = {
  beginRegistration: 0x02,
  finishRegistration: 0x03,
  beginCloseArchive: 0x04,
  finishCloseArchive: 0x05,
  cancelDocument: 0x06,
  passData: 0x07,
  readShift: 0x10,
  beginOpenShift: 0x11,
  finishOpenShift: 0x12,
  beginCloseShift: 0x13,
  finishCloseShift: 0x14,
  beginReceipt: 0x15,
  finishReceipt: 0x16,
  beginCorrection: 0x17,
  beginStateReport: 0x18,
  finishStateReport: 0x19,
  readExchange: 0x20,
  setTransport: 0x21,
  beginMessage: 0x22,
  readMessage: 0x23,
  cancelMessage: 0x24,
  finishMessage: 0x25,
  passConfirmation: 0x26,
  readStatus: 0x30,
  readDriveNumber: 0x31,
  readLifetime: 0x32,
  readVersion: 0x33,
  readLastErrors: 0x35,
  findDocument: 0x40,
  findConfirmation: 0x41,
  countUnconfirmed: 0x42,
  readRegistration: 0x43,
  readRegistrationField: 0x44,
  beginDocumentRead: 0x45,
  readDocumentField: 0x46,
  readRegistrationFields: 0x47,
} as const;
export type DriveCommand = keyof typeof driveCommands;

/** The command's name by its code, or undefined if the protocol has none. */
export function commandName(code: number): DriveCommand | undefined {
  return (Object.keys(driveCommands) as DriveCommand[]).find((name) => driveCommands[name] === code);
}

/** Data of a document at most, for each command that begins one (in bytes; sections 4.4 and 4.5). */
export const documentLimitsBytes: Readonly<Partial<Record<DriveCommand, number>>> = {
  beginRegistration: 2 * 1024,
  beginCloseArchive: 2 * 1024,
  beginOpenShift: 1024,
  beginCloseShift: 1024,
  beginReceipt: 30 * 1024,
  beginCorrection: 30 * 1024,
  beginStateReport: 2 * 1024,
};
