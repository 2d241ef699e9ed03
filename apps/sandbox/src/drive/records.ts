import { z } from 'zod';

/** A signed document as the drive keeps it for ever. */
export const documentRecord = z.object({
  kind: z.literal('document'),
  /** Tag of the document's kind. */
  code: z.number().int(),
  number: z.number().int(),
  madeAtLocal: z.number().int(),
  /** The drive's own timer when it signed. */
  timerMs: z.number(),
  fiscalSign: z.number().int(),
  /** Its list of requisites, hex. */
  body: z.string(),
  shiftNumber: z.number().int(),
  receiptNumber: z.number().int(),
  operation: z.number().int(),
  totalMinor: z.number().int(),
});
export type DocumentRecord = z.infer<typeof documentRecord>;

/** The operator has confirmed a document. */
export const confirmationRecord = z.object({
  kind: z.literal('confirmation'),
  number: z.number().int(),
  atLocal: z.number().int(),
  sign: z.string(),
});

/** What the registration has fixed for the drive's life. */
export const registrationRecord = z.object({
  kind: z.literal('registration'),
  inn: z.string(),
  registrationNumber: z.string(),
  taxSystems: z.number().int(),
  modes: z.number().int(),
  madeAtLocal: z.number().int(),
  documentNumber: z.number().int(),
});
export type RegistrationRecord = z.infer<typeof registrationRecord>;

export const driveRecord = z.discriminatedUnion('kind', [
  documentRecord,
  confirmationRecord,
  registrationRecord,
]);
export type DriveRecord = z.infer<typeof driveRecord>;
