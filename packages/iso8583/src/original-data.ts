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

/** DE 56 of 1993: which message a reversal undoes. */
export interface OriginalData93 {
  messageType: string;
  stan: string;
  /** YYMMDDhhmmss, as DE 12 of the original. */
  localTime: string;
}

/** n..35: message type (4), STAN (6), local time (12), length (2) and code (11) of the acquirer, unknown here: zeros. */
export function packOriginalData93({ messageType, stan, localTime }: OriginalData93): string {
  return `${messageType}${stan}${localTime}11${'0'.repeat(11)}`;
}

/** Undefined if the value does not begin with 22 digits and go on with an acquirer. */
export function unpackOriginalData93(value: string | undefined): OriginalData93 | undefined {
  const [, messageType, stan, localTime] = /^(\d{4})(\d{6})(\d{12})(?:\d{2,13})?$/.exec(value ?? '') ?? [];
  if (messageType === undefined || stan === undefined || localTime === undefined) return undefined;
  return { messageType, stan, localTime };
}
