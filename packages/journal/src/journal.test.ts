import { generateKeyPairSync, sign } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attach,
  attachmentFault,
  type ChainPlace,
  commitmentTo,
  decodeBatch,
  type EntryDraft,
  encodeBatch,
  genesisHash,
  intentAttachments,
  readBody,
  readContent,
  readEntry,
  readEnvelope,
  type SealedEntry,
  type SignedEntry,
  sealEntry,
  verifyNext,
} from './index.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const till = { tillId: 'till-1', publicKey };
const when = { tillId: 'till-1', at: '2026-11-24T09:00:00.000Z', timeZone: 'Europe/Moscow' };
const start: ChainPlace = { seq: 0, hash: genesisHash };

function chain(drafts: readonly EntryDraft[]): SealedEntry[] {
  let place = start;
  return drafts.map((draft) => {
    const sealed = sealEntry(draft, place, when, privateKey);
    place = sealed.place;
    return { payload: sealed.payload, signature: sealed.signature, attachments: {} };
  });
}

/** How many entries are taken before the first that is refused, and why. */
function take(entries: readonly SealedEntry[]): { taken: number; error: string | null } {
  let place = start;
  for (const [index, entry] of entries.entries()) {
    const result = verifyNext(place, entry, till);
    if (!result.ok) return { taken: index, error: result.fault };
    place = result.place;
  }
  return { taken: entries.length, error: null };
}

const draft = fc.oneof(
  fc.nat(1_000).map((version): EntryDraft => ({ kind: 'stop-list.applied', body: { version } })),
  fc.string().map((softwareVersion): EntryDraft => ({ kind: 'till.started', body: { softwareVersion } })),
);
const drafts = fc.array(draft, { minLength: 2, maxLength: 8 });

describe('a chain', () => {
  it('is taken whole', () => {
    fc.assert(
      fc.property(drafts, (list) => {
        expect(take(chain(list))).toEqual({ taken: list.length, error: null });
      }),
    );
  });

  it('is taken up to the first entry that was changed', () => {
    fc.assert(
      fc.property(drafts, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 127 }), (list, at, position, by) => {
        const entries = chain(list);
        const index = at % entries.length;
        const bytes = Buffer.from(entries[index]!.payload);
        bytes[position % bytes.length]! ^= by;
        entries[index] = { ...entries[index]!, payload: bytes.toString() };
        const { taken, error } = take(entries);
        expect(taken).toBe(index);
        expect(error).not.toBeNull();
      }),
    );
  });

  it('is taken up to the first signature that was changed', () => {
    fc.assert(
      fc.property(
        drafts,
        fc.nat(),
        fc.nat(63),
        fc.integer({ min: 1, max: 255 }),
        (list, at, position, by) => {
          const entries = chain(list);
          const index = at % entries.length;
          const bytes = Buffer.from(entries[index]!.signature, 'base64');
          bytes[position]! ^= by;
          entries[index] = { ...entries[index]!, signature: bytes.toString('base64') };
          expect(take(entries)).toEqual({ taken: index, error: 'bad-signature' });
        },
      ),
    );
  });

  it('is taken up to where two of its entries changed places', () => {
    fc.assert(
      fc.property(drafts, fc.nat(), (list, at) => {
        const entries = chain(list);
        const index = at % (entries.length - 1);
        const swapped = entries.with(index, entries[index + 1]!).with(index + 1, entries[index]!);
        expect(take(swapped)).toEqual({ taken: index, error: 'gap' });
      }),
    );
  });

  it('is taken up to a gap, a swap or a repetition', () => {
    const entries = chain([1, 2, 3, 4].map((version) => ({ kind: 'stop-list.applied', body: { version } })));
    expect(take(entries.toSpliced(1, 1))).toEqual({ taken: 1, error: 'gap' });
    expect(take([entries[0]!, entries[0]!])).toEqual({ taken: 1, error: 'repeated' });
    expect(take([entries[1]!, entries[0]!])).toEqual({ taken: 0, error: 'gap' });
  });

  it('is not continued by another history of the same till', () => {
    const other = chain([
      { kind: 'till.started', body: { softwareVersion: 'x' } },
      { kind: 'till.started', body: { softwareVersion: 'y' } },
    ]);
    const first = chain([{ kind: 'till.started', body: { softwareVersion: 'a' } }]);
    expect(take([first[0]!, other[1]!])).toEqual({ taken: 1, error: 'broken-chain' });
  });

  it('takes nothing that another key has signed, and no other till’s entry', () => {
    const stranger = generateKeyPairSync('ed25519');
    const forged = sealEntry(
      { kind: 'till.started', body: { softwareVersion: '1' } },
      start,
      when,
      stranger.privateKey,
    );
    expect(verifyNext(start, forged, till)).toEqual({ ok: false, fault: 'bad-signature' });
    const other = sealEntry(
      { kind: 'till.started', body: { softwareVersion: '1' } },
      start,
      { ...when, tillId: 'till-2' },
      privateKey,
    );
    expect(verifyNext(start, other, till)).toEqual({ ok: false, fault: 'wrong-till' });
  });

  it.each([
    ['half a character', '"\\ud800"'],
    ['a number that no double holds', '1e999'],
  ])('refuses %s, which has no canonical form', (_, value) => {
    const { payload: whole } = sealAny(start, { kind: 'till.started', body: { softwareVersion: '@' } });
    const payload = whole.replace('"@"', value);
    const signature = sign(null, Buffer.from(payload), privateKey).toString('base64');
    expect(verifyNext(start, { payload, signature }, till)).toEqual({ ok: false, fault: 'malformed' });
  });

  it('reads no entry of another form', () => {
    expect(readEntry('{}')).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => readEntry(text) === undefined));
  });
});

/** An entry as another program of the till would write it: canonical JSON, chained and signed. */
function sealAny(place: ChainPlace, rest: Record<string, unknown>): SignedEntry {
  const envelope = { ...when, version: 1, seq: place.seq + 1, prevHash: place.hash, ...rest };
  const payload = canonicalize(envelope)!;
  return { payload, signature: sign(null, Buffer.from(payload), privateKey).toString('base64') };
}

describe('an entry of a newer till', () => {
  it('of a new kind is verified, and not read', () => {
    const entry = sealAny(start, { kind: 'sale.returned', body: { saleId: 'till-1-000001' } });
    const result = verifyNext(start, entry, till);
    expect(result).toMatchObject({ ok: true, place: { seq: 1 } });
    expect(readBody(readEnvelope(entry.payload)!)).toEqual({
      ok: false,
      reason: { kind: 'unknown-kind', entryKind: 'sale.returned' },
    });
    expect(readEntry(entry.payload)).toBeUndefined();
  });

  it('of a newer version is verified, and not read', () => {
    const entry = sealAny(start, { version: 2, kind: 'till.started', body: { softwareVersion: '9' } });
    expect(verifyNext(start, entry, till).ok).toBe(true);
    expect(readBody(readEnvelope(entry.payload)!)).toEqual({
      ok: false,
      reason: { kind: 'newer-version', entryKind: 'till.started', version: 2 },
    });
  });

  it.each([
    ['kind has more than 60 characters', { kind: 'k'.repeat(61) }],
    ['kind is no kind', { kind: 'sale returned' }],
    ['version no double counts on', { version: 2 ** 53 }],
    ['version is below 1', { version: 0 }],
    ['body is none', { body: [] }],
  ])('is malformed if its %s', (_, member) => {
    const entry = sealAny(start, { kind: 'sale.returned', body: {}, ...member });
    expect(verifyNext(start, entry, till)).toEqual({ ok: false, fault: 'malformed' });
  });

  it('is verified whatever its body holds', () => {
    const deep = JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`) as unknown;
    const body = JSON.parse('{"__proto__":{"saleId":1},"saleId":{"a":[]},"constructor":null}') as object;
    const entry = sealAny(start, { kind: 'sale.returned', body: { ...body, deep } });
    expect(verifyNext(start, entry, till).ok).toBe(true);
    expect(({} as { saleId?: unknown }).saleId).toBeUndefined();
  });

  it('with members that nobody here knows is read without them, and its text keeps them', () => {
    const entry = sealAny(start, {
      carriage: 7,
      kind: 'till.started',
      body: { softwareVersion: '9', model: 'x' },
    });
    expect(verifyNext(start, entry, till).ok).toBe(true);
    expect(readEntry(entry.payload)).toMatchObject({ kind: 'till.started', body: { softwareVersion: '9' } });
    expect(entry.payload).toContain('"model":"x"');
  });

  it('names a check or a refusal reason that nobody here knows, and is read without it', () => {
    const known = { name: 'stop-list', isListed: false, passed: true };
    const unknown = { name: 'weather', valueMm: 3, passed: true };
    const fiscal = {
      driveNumber: '1',
      registrationNumber: '1',
      documentNumber: 1,
      fiscalSign: 1,
      shiftNumber: 1,
      receiptNumber: 1,
      signedAt: when.at,
      qr: '',
    };
    const body = { saleId: 'till-1-000001', mode: 'offline', fiscal, checks: [known, unknown] };
    const accepted = sealAny(start, { kind: 'sale.accepted', body });
    expect(readEntry(accepted.payload)?.body).toEqual({ ...body, checks: [known] });
    expect(accepted.payload).toContain('weather');
    const ended = { saleId: 'till-1-000001', reason: 'drawer-stuck' };
    const abandoned = sealAny(start, { kind: 'sale.abandoned', body: ended });
    expect(readEntry(abandoned.payload)?.body).toEqual({ ...ended, reason: null });
  });

  it('with a body that its kind cannot have is verified, and not read', () => {
    const entry = sealAny(start, { kind: 'till.started', body: {} });
    expect(verifyNext(start, entry, till).ok).toBe(true);
    expect(readBody(readEnvelope(entry.payload)!)).toEqual({
      ok: false,
      reason: { kind: 'malformed-body', entryKind: 'till.started' },
    });
  });
});

describe('what lies beside an entry', () => {
  const [cardSalt, contactSalt] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const phone = '+79001234567';
  const attachments = {
    card: attach({ ciphertext: 'aabb' }, cardSalt),
    contact: attach({ phone }, contactSalt),
  };
  const sealed = sealEntry(
    { kind: 'stop-list.applied', body: { version: 1 } },
    start,
    when,
    privateKey,
    attachments,
  );
  const envelope = readEnvelope(sealed.payload)!;

  it('is named by commitments, and the chain verifies without it', () => {
    expect(envelope.attachments).toEqual({
      card: commitmentTo('card', attachments.card),
      contact: commitmentTo('contact', attachments.contact),
    });
    expect(sealed.payload).not.toContain('aabb');
    expect(sealed.payload).not.toContain(phone);
    expect(verifyNext(start, { payload: sealed.payload, signature: sealed.signature }, till).ok).toBe(true);
    const [plain] = chain([{ kind: 'stop-list.applied', body: { version: 1 } }]);
    expect(plain!.payload).not.toContain('attachments');
  });

  it('is taken if it is what the entry commits to, or said to be destroyed', () => {
    const commitments = envelope.attachments!;
    expect(attachmentFault(commitments, attachments)).toBeUndefined();
    expect(attachmentFault(commitments, { card: null, contact: null })).toBeUndefined();
    expect(attachmentFault({}, {})).toBeUndefined();
  });

  it('is not taken if it was lost on the way, changed, exchanged or added', () => {
    const commitments = envelope.attachments!;
    const { card, contact } = attachments;
    expect(attachmentFault(commitments, { card })).toBe('attachment-missing');
    expect(attachmentFault(commitments, Object.create({ card, contact }))).toBe('attachment-missing');
    for (const wrong of [
      { card: attach({ ciphertext: 'aabc' }, cardSalt), contact },
      { card: { ...card, salt: contact.salt }, contact },
      { card: contact, contact: card },
      { card, contact, third: card },
    ])
      expect(attachmentFault(commitments, wrong)).toBe('attachment-differs');
  });

  it('cannot be found by trying: without the salt each telephone number has any commitment', () => {
    const other = attach({ phone }, Buffer.alloc(32, 3));
    expect(commitmentTo('contact', other)).not.toBe(envelope.attachments!.contact);
    expect(() => attach({ phone }, Buffer.alloc(4))).toThrow('32 bytes');
  });

  it('is unambiguous: two attachments have one commitment only if they are the same', () => {
    const any = fc.record({
      name: fc.stringMatching(/^[a-z0-9]{1,4}$/),
      salt: fc.constantFrom('00'.repeat(32), '01'.repeat(32)),
      content: fc.string({ maxLength: 4 }),
    });
    fc.assert(
      fc.property(any, any, (one, other) => {
        const isSame = commitmentTo(one.name, one) === commitmentTo(other.name, other);
        // Half a character has no UTF-8 of its own.
        fc.pre(one.content.isWellFormed() && other.content.isWellFormed());
        expect(isSame).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  it('goes over the wire beside its entry, and is read by its schema', () => {
    const destroyed = { ...sealed, attachments: { card: null, contact: attachments.contact } };
    const { payload, signature } = sealed;
    const wire = encodeBatch([sealed, destroyed]);
    expect(decodeBatch(wire).entries).toEqual([
      { payload, signature, attachments },
      { payload, signature, attachments: destroyed.attachments },
    ]);
    expect(readContent(intentAttachments.card, attachments.card)).toEqual({ ciphertext: 'aabb' });
    expect(readContent(intentAttachments.card, attachments.contact)).toBeUndefined();
    expect(readContent(intentAttachments.card, { content: '{' })).toBeUndefined();
    for (const wrong of [[], 'x', { card: 5 }, { card: { salt: '00', content: '' } }, { 'No Name': null }])
      expect(decodeBatch(`${JSON.stringify({ payload, signature, attachments: wrong })}\n`).error).toEqual({
        line: 1,
        fault: 'bad-attachments',
      });
  });
});

describe('a batch on the wire', () => {
  it('gives its whole entries wherever it is cut', () => {
    const entries = chain([1, 2, 3].map((version) => ({ kind: 'stop-list.applied', body: { version } })));
    const text = encodeBatch(entries);
    for (let length = 0; length <= text.length; length++) {
      const { entries: read, error, isCut } = decodeBatch(text.slice(0, length));
      expect(error).toBeNull();
      expect(read).toEqual(entries.slice(0, read.length));
      expect(isCut).toBe(length > 0 && text[length - 1] !== '\n');
    }
    expect(decodeBatch(text).entries).toEqual(entries);
  });

  it('names the first bad line and keeps the good ones before it', () => {
    const [first] = chain([{ kind: 'stop-list.applied', body: { version: 1 } }]);
    const reading = decodeBatch(`${encodeBatch([first!])}{"payload":5}\n`);
    expect(reading).toEqual({
      entries: [first],
      error: { line: 2, fault: 'no-payload' },
      isCut: false,
    });
  });

  it('survives any text', () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(decodeBatch(text).entries)));
  });
});
