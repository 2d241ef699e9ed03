import { encodeSms } from './sms.ts';

/** What a centre has been found to take, so far in this session. */
export interface CentreTakes {
  /** A long text whole, as `message_payload`: the centre makes its parts. */
  payload: boolean;
  /** `user_message_reference`, by which it knows a message again. */
  reference: boolean;
  /** How the parts of a long text are numbered: by a header in the text itself, or by the fields sar_… beside it. */
  numbering: 'header' | 'fields';
}
export const takesAll: CentreTakes = { payload: true, reference: true, numbering: 'header' };

/** What is asked of the centre by one message; the fields of each `submit_sm`. */
export interface Submission {
  uses: { payload: boolean; reference: boolean; numbering: CentreTakes['numbering'] | null };
  pdus: Record<string, unknown>[];
}

/** esm_class: the text begins with a user data header (SMPP 3.4, 5.2.12). */
const withHeader = 0x40;
/** An information element of 3 octets that numbers the parts of a text (3GPP TS 23.040, 9.2.3.24.1). */
const concatenation = [0x05, 0x00, 0x03] as const;

/**
 * The ways of one text to a centre: in `short_message` if it fits in one SMS; longer, as `message_payload` if the centre takes
 * that, else in parts. Each part has a reference of its own, the same in every try.
 */
export function submissionOf(
  { text, reference }: { text: string; reference: number },
  takes: CentreTakes,
): Submission {
  const { dataCoding: data_coding, octets, parts } = encodeSms(text);
  const referenced = (part: number): Record<string, unknown> =>
    takes.reference ? { user_message_reference: (reference + part) & 0xffff } : {};
  const uses = { payload: false, reference: takes.reference, numbering: null };
  if (parts.length === 1) return { uses, pdus: [{ data_coding, short_message: octets, ...referenced(0) }] };
  if (takes.payload)
    return {
      uses: { ...uses, payload: true },
      pdus: [{ data_coding, message_payload: octets, ...referenced(0) }],
    };
  const { numbering } = takes;
  const pdus = parts.map((part, index) => {
    const numbered =
      numbering === 'header'
        ? {
            esm_class: withHeader,
            short_message: Buffer.concat([
              Buffer.of(...concatenation, reference & 0xff, parts.length, index + 1),
              part,
            ]),
          }
        : {
            short_message: part,
            sar_msg_ref_num: reference,
            sar_total_segments: parts.length,
            sar_segment_seqnum: index + 1,
          };
    return { data_coding, ...numbered, ...referenced(index) };
  });
  return { uses: { ...uses, numbering }, pdus };
}

/** Statuses by which centres refuse optional fields (SMPP 3.4, 5.1.3). */
const fieldStatuses: ReadonlySet<number> = new Set([
  0xc0, // ESME_RINVOPTPARSTREAM: an error in the optional part
  0xc1, // ESME_ROPTPARNOTALLWD: a field that is not allowed
  0xc2, // ESME_RINVPARLEN: the length of a field
  0xc3, // ESME_RMISSINGOPTPARAM: a field that it expects is missing
  0xc4, // ESME_RINVOPTPARAMVAL: the value of a field
]);
/** ESME_RINVMSGLEN: so answers also a centre that knows no `message_payload`, and finds no text. */
const badLength = 0x01;
/** ESME_RINVCMDLEN: it does not expect the optional part at all. */
const badCommandLength = 0x02;
/** ESME_RINVESMCLASS: it takes no headers. */
const badEsmClass = 0x43;

/**
 * What the centre takes after it has refused a submission with `status`: less than before; undefined if the refusal is about
 * the message, and another way would not help.
 */
export function takesLess(
  takes: CentreTakes,
  { payload, reference, numbering }: Submission['uses'],
  status: number,
): CentreTakes | undefined {
  const isField = fieldStatuses.has(status) || status === badCommandLength;
  if (payload && (isField || status === badLength)) return { ...takes, payload: false };
  if (numbering === 'header' && (status === badEsmClass || status === badLength))
    return { ...takes, numbering: 'fields' };
  if (reference && isField) return { ...takes, reference: false };
  return undefined;
}
