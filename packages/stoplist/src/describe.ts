import { readBody, readEnvelope } from './message.ts';

/** What a stop-list message holds, as JSON for `bivak inspect stoplist`. The signature is shown, not checked. Throws an Error if it is none. */
export function describeStopList(message: string): Record<string, unknown> {
  const sealed = readEnvelope(message.trim());
  const content = sealed === undefined ? undefined : readBody(sealed.body);
  if (sealed === undefined || content === undefined)
    throw new Error('this is no stop-list message: base64 of a signed snapshot or delta');
  return { ...content, issuedAt: new Date(content.issuedAtMs).toISOString(), signature: sealed.signature };
}
