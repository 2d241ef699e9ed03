/** DE 90, original data elements: which message a reversal undoes. */
export interface OriginalData {
  messageType: string;
  stan: string;
  /** MMDDhhmmss, as DE 7 of the original. */
  transmittedAt: string;
}

/** n42: message type (4), STAN (6), transmission time (10), acquirer (11) and forwarder (11), both unknown here: zeros. */
export function packOriginalData({ messageType, stan, transmittedAt }: OriginalData): string {
  return `${messageType}${stan}${transmittedAt}${'0'.repeat(22)}`;
}

/** Undefined if the value is not 42 digits. */
export function unpackOriginalData(value: string | undefined): OriginalData | undefined {
  const [, messageType, stan, transmittedAt] = /^(\d{4})(\d{6})(\d{10})\d{22}$/.exec(value ?? '') ?? [];
  if (messageType === undefined || stan === undefined || transmittedAt === undefined) return undefined;
  return { messageType, stan, transmittedAt };
}
