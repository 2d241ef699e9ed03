import { answerName, WARNING_BIT } from './answers.ts';
import { decodeArchived } from './archive.ts';
import { commandName } from './commands.ts';
import { CONTAINER_HEADER_BYTES, decodeContainer } from './container.ts';
import { documentFacts, documentKind } from './documents.ts';
import { decodeFields, type Field } from './fields.ts';
import { createDeframer } from './frame.ts';
import { decodeDateTime, isoLocal } from './local-time.ts';
import { type CodecError, parseHex, type Result } from './result.ts';
import { decodeSessionMessage, SESSION_HEADER_BYTES } from './session.ts';
import { documentName, documentTags, tagTable } from './tags.ts';
import { parseTlvList } from './tlv.ts';

/** What `bivak inspect` prints: plain JSON. */
export type Description = { [name: string]: unknown } | { error: CodecError };

function toBytes(input: string | Uint8Array): Result<Uint8Array> {
  return typeof input === 'string' ? parseHex(input) : { ok: true, value: input };
}

/**
 * Says what bytes of a fiscal document hold, whatever form they are in: a message to or from the fiscal operator,
 * a container, a document with its code, a bare list of tags, or the short form of the drive's archive.
 */
export function describeDocument(input: string | Uint8Array): Description {
  const bytes = toBytes(input);
  if (!bytes.ok) return { error: bytes.error };
  const view = Buffer.from(bytes.value);
  if (view.length === 0) return { error: { code: 'truncated', offset: 0, message: 'there are no bytes' } };
  if (view.subarray(0, 4).toString('hex') === '2a08410a') return describeMessage(view);
  const isContainer =
    view.length >= CONTAINER_HEADER_BYTES &&
    (view[4] === 0xa5 || view[4] === 0x5a) &&
    view.readUInt16LE(0) === view.length;
  if (isContainer) return describeContainer(view);
  const archived = decodeArchived(view);
  if (archived.ok) {
    const { code, madeAtLocal, ...rest } = archived.value;
    return { form: 'archived', document: documentName(code), code, madeAt: isoLocal(madeAtLocal), ...rest };
  }
  return describeList(view);
}

function describeMessage(view: Buffer): Description {
  const message = decodeSessionMessage(view);
  if (!message.ok) return { error: message.error };
  const { header, body } = message.value;
  if (body.length === 0) return { form: 'message', header };
  const container = describeContainer(body);
  if ('error' in container) {
    const error = container.error as CodecError;
    return { form: 'message', header, error: { ...error, offset: error.offset + SESSION_HEADER_BYTES } };
  }
  return { form: 'message', header, container };
}

function describeContainer(view: Buffer): Description {
  const container = decodeContainer(view);
  if (!container.ok) return { error: container.error };
  const { document, messageSign, ...header } = container.value;
  return {
    form: 'container',
    ...header,
    messageSign: messageSign?.toString('hex') ?? null,
    ...describeBody(document.code, document.body),
  };
}

function describeList(view: Buffer): Description {
  const list = parseTlvList(view);
  if (!list.ok) return { error: list.error };
  const only = list.value.length === 1 ? list.value[0] : undefined;
  const isDocument = only !== undefined && documentName(only.tag) !== undefined;
  if (isDocument) return { form: 'document', ...describeBody(only.tag, only.value) };
  return { form: 'tags', ...describeBody(guessCode(list.value.map(({ tag }) => tag)), view) };
}

/** A bare list does not say what it is; these tags stand in one kind of document only. */
function guessCode(tags: readonly number[]): number | undefined {
  const has = (tag: number): boolean => tags.includes(tag);
  if (has(1078)) return documentTags.confirmation;
  if (has(1013) || has(1189)) return has(1101) ? documentTags.registrationChange : documentTags.registration;
  if (has(1173)) return documentTags.receiptCorrection;
  if (has(1054)) return documentTags.receipt;
  if (has(1118) || has(1111)) return documentTags.closeShift;
  return has(1038) ? documentTags.openShift : undefined;
}

function describeBody(code: number | undefined, body: Uint8Array): Description {
  const fields = decodeFields(body);
  if (!fields.ok) return { error: fields.error };
  const facts = code === undefined ? undefined : documentFacts(code, fields.value);
  return {
    document: code === undefined ? null : (documentName(code) ?? null),
    code: code ?? null,
    kind: code === undefined ? null : documentKind(code),
    ...(facts?.ok === true ? { fiscalSign: facts.value.fiscalSign } : {}),
    fields: describeFields(fields.value),
  };
}

/** Requisites as JSON: tag, name, value (bytes as hex, times as local ISO). */
export function describeFields(fields: readonly Field[]): unknown[] {
  return fields.map(({ tag, value }) => ({
    tag,
    name: tagTable.get(tag)?.name ?? null,
    value: describeValue(tag, value),
  }));
}

function describeValue(tag: number, value: Field['value']): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return describeFields(value);
  if (typeof value === 'bigint') return value.toString();
  return tagTable.get(tag)?.type === 'time' && typeof value === 'number' ? isoLocal(value) : value;
}

/**
 * Says what bytes of the drive protocol hold: one or more frames and ENQs. A frame does not say whether it is a
 * command or an answer, so both readings are given where both exist.
 */
export function describeFrame(input: string | Uint8Array): Description {
  const bytes = toBytes(input);
  if (!bytes.ok) return { error: bytes.error };
  const deframer = createDeframer();
  const items = deframer.push(bytes.value);
  const described = items.map((item) => {
    if (item.kind === 'enq') return { enq: true };
    if (item.kind === 'error') return { error: item.error };
    return describeOne(item.frame.code, item.frame.data);
  });
  const used = items.reduce((sum, item) => sum + (item.kind === 'frame' ? item.frame.data.length + 6 : 1), 0);
  const failed = items.some((item) => item.kind === 'error');
  if (!failed && used < bytes.value.length) {
    const error: CodecError = { code: 'truncated', offset: used, message: 'the bytes end within a frame' };
    return items.length === 0 ? { error } : { form: 'frames', frames: [...described, { error }] };
  }
  if (items.length === 0) return { error: { code: 'truncated', offset: 0, message: 'there are no bytes' } };
  return { form: 'frames', frames: described };
}

function describeOne(code: number, data: Buffer): Description {
  const command = commandName(code);
  const answer = answerName(code & ~WARNING_BIT);
  return {
    code: `${code.toString(16).padStart(2, '0')}h`,
    asCommand: command === undefined ? null : { name: command, ...describeCommandData(command, data) },
    asAnswer: answer === undefined ? null : { name: answer, warning: (code & WARNING_BIT) !== 0 },
    data: data.toString('hex'),
  };
}

function describeCommandData(command: string, data: Buffer): Description {
  if (command === 'passData') {
    const fields = decodeFields(data);
    return fields.ok ? { fields: describeFields(fields.value) } : { error: fields.error };
  }
  const startsWithTime = /^(begin(OpenShift|CloseShift|Receipt|Correction|StateReport)|finishReceipt)$/.test(
    command,
  );
  const at = startsWithTime ? decodeDateTime(data) : undefined;
  if (at?.ok !== true) return {};
  if (command !== 'finishReceipt' || data.length !== 11) return { at: isoLocal(at.value) };
  return { at: isoLocal(at.value), operation: data[5], totalMinor: data.readUIntLE(6, 5) };
}
